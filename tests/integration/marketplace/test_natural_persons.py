"""A citizen buys a survey: enters by identity number, and stands nowhere in public by name or number."""

import subprocess
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import InvalidCode, citizen_id
from commons.domain.refusals import AssuranceTooLow, Malformed
from commons.evidence.models import EvidenceEntry
from commons.identity import embedded as identity
from commons.identity.services import IdentityNotConfirmed
from commons.intake import services as intake
from commons.intake.domain import Case
from commons.people import queries as people
from commons.people.domain.natural import PersonRegistered
from commons.people.domain.roles import RolesExclude
from commons.people.models import Membership, Organisation, Person
from commons.registration.services import register_natural_person
from commons.vault import services as vault
from marketplace.entry import queries as entry
from marketplace.entry import services as entries
from marketplace.entry.domain.eligibility import NotEligible
from marketplace.entry.domain.entrants import CheckFailed, CheckKind, EntrantKind
from marketplace.entry.models import Entrant
from marketplace.entry.port import list_person
from marketplace.entry.services import EntryFacts
from marketplace.fulfilment import services as fulfilling
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.services import MilestonePlan
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.views import need_of
from marketplace.statistics import queries as statistics
from signatures.documents import queries as papers
from tests import cast
from tests.integration.marketplace import selecting, story

pytestmark = pytest.mark.django_db
NUMBER, NAME, SHOWN, PHONE = "440602198805150027", "陈家宝", "陈某某", "13800139911"
AT = story.AT


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = 3
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(days=7))


def account(username: str = "chenjiabao", assurance: Assurance = Assurance.FACE_OR_LICENCE) -> Actor:
    """Somebody with a confirmed name whom the identity system knows, without any role."""
    identity.enrol_person(citizen_id=citizen_id(NUMBER), name=NAME, assurance=Assurance.FACE_OR_LICENCE, at=AT)
    person = Person.objects.create_user(username, name=NAME, assurance=assurance.value)
    return Actor(person.pk, None, frozenset(), assurance)


def citizen() -> Actor:
    """The same, acting for themself."""
    who = account()
    party = register_natural_person(actor=who, number=NUMBER, at=AT)
    return Actor(who.person_id, party, frozenset({Role.OWNER}), Assurance.FACE_OR_LICENCE)


def entered(who: Actor) -> int:
    """Handed in; not checked yet."""
    number = entries.open_entry(actor=who, kind=EntrantKind.OWNER, at=AT)
    entries.save_entry(actor=who, entrant_id=number, facts=EntryFacts(NAME, PHONE), at=AT)
    entries.submit_entry(actor=who, entrant_id=number, at=AT)
    return number


def published(who: Actor) -> int:
    number = entered(who)
    entries.take_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)
    entries.publish_entry(actor=cast.actor("staff2"), entrant_id=number, at=AT)
    return number


def client_of(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(number: str) -> str:
    """The words of a paper, as the platform keeps it."""
    paper = papers.paper(Actor(None, None, frozenset(), system="test"), number)
    opened = vault.open_document(
        actor=Actor(None, None, frozenset(), system="test"), document_id=paper.document_id, at=AT
    )
    content = b"".join(opened.chunks)
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_citizen_enters_by_identity_number_on_the_pages_and_the_number_is_nowhere() -> None:
    account()
    client = client_of(Person.objects.get(username="chenjiabao"))

    wrong = client.post("/register/person/", {"number": NUMBER[:-1] + "X"})
    done = client.post("/register/person/", {"number": NUMBER}, follow=True)
    client.post("/supermarket/owner/entry/", {"contact_name": NAME, "contact_phone": PHONE})
    entry_id = Entrant.objects.get().pk
    client.post(f"/supermarket/entries/{entry_id}/submit/")
    checks = entries.take_entry(actor=cast.actor("staff"), entrant_id=entry_id, at=AT)
    desk = client_of(cast.person("staff2")).get(f"/supermarket/desk/entries/{entry_id}/").text
    own = client.get("/supermarket/owner/entry/").text

    assert wrong.status_code == 400
    assert done.status_code == 200
    assert [one.kind for one in checks] == [CheckKind.IDENTITY, CheckKind.DISHONESTY, CheckKind.RESTRICTION]
    assert NAME in desk
    assert SHOWN in own
    row = Organisation.objects.get(kind="NATURAL_PERSON")
    assert (row.name, row.identity) == (SHOWN, {"name": NAME, "number": NUMBER})
    stored = Organisation.objects.filter(pk=row.pk).extra(select={"raw": "identity"}).values_list("raw", flat=True)[0]
    assert NAME not in stored
    for said in (desk, own, str(list(EvidenceEntry.objects.values_list("payload", flat=True)))):
        assert NUMBER not in said


def test_who_registers_is_the_confirmed_person_of_the_number_and_nobody_else() -> None:
    with pytest.raises(AssuranceTooLow):
        register_natural_person(actor=account("by-telephone", Assurance.PHONE), number=NUMBER, at=AT)
    who = citizen()
    again = register_natural_person(actor=who, number=NUMBER.lower(), at=AT)
    with pytest.raises(PersonRegistered):
        register_natural_person(actor=account("second"), number=NUMBER, at=AT)
    with pytest.raises(InvalidCode):
        register_natural_person(actor=who, number="440602198805150028", at=AT)
    with pytest.raises(IdentityNotConfirmed):
        register_natural_person(actor=who, number="11010519491231002X", at=AT)

    assert again == who.organisation_id
    assert Membership.objects.filter(organisation_id=again, ended_at__isnull=True).count() == 1
    staff = cast.person("staff")
    identity.enrol_person(
        citizen_id=citizen_id("11010519491231002X"), name=staff.name, assurance=Assurance.FACE_OR_LICENCE, at=AT
    )
    with pytest.raises(RolesExclude):
        register_natural_person(actor=cast.actor("staff"), number="11010519491231002X", at=AT)


def test_the_database_knows_no_person_without_sealed_identity_and_no_company_with_one() -> None:
    for facts in (
        {"kind": "NATURAL_PERSON", "uscc": "ZRRAAAAAAAAAAAAAAA"},
        {"kind": "NATURAL_PERSON", "uscc": cast.uscc("water"), "identity": {"name": NAME, "number": NUMBER}},
        {"kind": "ENTERPRISE", "uscc": cast.uscc("water"), "identity": {"name": NAME, "number": NUMBER}},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(name="x", region="440600", registered_at=AT, **facts)


def test_a_person_on_the_list_of_dishonesty_is_not_published() -> None:
    list_person(citizen_id=citizen_id(NUMBER), number="粤0604执2号", since=date(2026, 1, 1))
    number = entered(citizen())
    entries.take_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)

    with pytest.raises(CheckFailed):
        entries.publish_entry(actor=cast.actor("staff2"), entrant_id=number, at=AT)


def test_a_person_buys_with_money_of_their_own_and_from_no_company_of_their_own() -> None:
    who = citizen()
    item = story.item()
    published(who)
    fiscal = procurements.start_draft(actor=who, need=story.need(item, fund=FundSource.FISCAL), at=AT)
    with pytest.raises(Malformed):
        procurements.submit(actor=who, procurement_id=fiscal, at=AT)
    own = story.agency("agency1", item)
    Organisation.objects.filter(pk=Entrant.objects.get(pk=own).organisation_id).update(legal_representative=NAME)
    story.agency("agency2", item)
    need = bought(who, item)

    with pytest.raises(NotEligible):
        story.sign("agency1", need)
    story.sign("agency2", need)


def bought(who: Actor, item: int, **changes: Any) -> int:
    """A published need of the person."""
    facts = story.need(item, title="自建房宗地测量", contact_name=NAME, contact_phone=PHONE, **changes)
    made = procurements.start_draft(actor=who, need=facts, at=AT)
    procurements.submit(actor=who, procurement_id=made, at=AT)
    procurements.publish(actor=cast.actor("staff"), procurement_id=made, at=AT)
    return made


def test_from_the_case_to_the_contract_the_public_reads_the_surname_alone() -> None:
    who = citizen()
    item, agencies = selecting.market(3)
    published(who)
    case = Case("SL-9", "建设工程规划放线测量", NAME, NUMBER, natural_person=True)
    intake.receive_case(actor=selecting.CLERK, case=case, at=AT)
    assert intake.receive_case(actor=selecting.CLERK, case=case, at=AT), "the same case again is the first"
    need = procurements.draft_from_case(actor=who, case_number="SL-9", at=AT)
    facts = story.need(item, title=need_of(Procurement.objects.get(pk=need)).title, case_number="SL-9",
                       contact_name=NAME, contact_phone=PHONE)  # fmt: skip
    procurements.save_draft(actor=who, procurement_id=need, need=facts, at=AT)
    procurements.submit(actor=who, procurement_id=need, at=AT)
    procurements.publish(actor=cast.actor("staff"), procurement_id=need, at=AT)
    selecting.signed_up(need, agencies, "150000", "120000", "130000")
    found, at = selecting.decided(need)
    deal = selecting.published(found.id, at)
    award = fulfilling.award_notice(actor=agencies[1], engagement_id=deal, at=at)
    contract = fulfilling.compose_contract(
        actor=who, engagement_id=deal, number="HT-9", ends_on=date(2027, 1, 31),
        milestones=[MilestonePlan("成果", Decimal(100), date(2027, 1, 20))], at=at,
    )  # fmt: skip
    fulfilling.contract_signed(actor=who, engagement_id=deal, sha256="0" * 64, at=at)
    fulfilling.put_on_record(actor=who, engagement_id=deal, disclosed=True, at=at)
    result, copy = (
        fulfilling.result_notice(engagement_id=deal, at=at),
        fulfilling.public_contract(engagement_id=deal, at=at),
    )

    assert NAME in text_of(award)
    assert NAME in text_of(contract)
    assert (SHOWN in text_of(result), SHOWN in text_of(copy)) == (True, True)
    read_by_all = [text_of(result), text_of(copy), *public_pages(need, found.id, who)]
    assert any(SHOWN in page for page in read_by_all[2:])
    for page in read_by_all:
        assert NAME not in page
        assert NUMBER not in page
        assert PHONE not in page
        assert "ZRR" not in page
    for paper in (award, contract):
        assert client_of(None).get(f"/papers/{paper}/").status_code == 404
    assert client_of(None).get(f"/papers/{copy}/").status_code == 200
    service = f"/supermarket/services/{deal}/"
    assert NAME in client_of(cast.person("agency2")).get(service).text
    assert client_of(cast.person("agency1")).get(service).status_code == 404
    assert NAME not in str(list(EvidenceEntry.objects.values_list("payload", flat=True)))
    assert Engagement.objects.get().owner.name == SHOWN


def public_pages(need: int, selection: int, who: Actor) -> list[str]:
    """What somebody without an account reads of it, also as data."""
    client, pages = client_of(None), []
    for address in (
        "/supermarket/", "/supermarket/?format=csv", f"/supermarket/notices/{need}/",
        f"/supermarket/notices/{need}/data.json", f"/supermarket/selections/{selection}/",
        f"/supermarket/selections/{selection}/record.json",
        "/supermarket/results/", "/supermarket/results/?format=csv", "/supermarket/standing/",
        "/supermarket/standing.json", f"/supermarket/credit/{who.organisation_id}/", "/results/", "/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        pages.append(answer.getvalue().decode())
    return pages


def test_statistics_count_persons_among_the_owners() -> None:
    story.item()
    story.owner()
    published(citizen())

    found = statistics.overview(AT.date(), AT.date())

    assert (found.owners, found.owners_in_person) == (2, 1)
    assert found.as_json()["owners_in_person"] == "1"


def test_the_feed_that_other_cities_read_leaves_persons_out() -> None:
    number = published(citizen())

    assert [line.kind for line in entry.history(entry.entrant_of(number).uscc)] == ["ENTERED"]
    assert list(entry.public_feed()) == []
    assert people.natural_person(entry.entrant_of(number).organisation_id) is not None
