"""An agency enters, is checked by one and published by another; then lapses, is banned, returns."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from commons.domain.actor import system_actor
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.licences.domain import Licence, LicenceKind
from commons.licences.embedded import report
from commons.vault import services as vault
from exchange.notices.services import DecisionMissing, NumberedDecision
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry import queries, services
from marketplace.entry.domain.eligibility import Bar, Demand, NotEligible
from marketplace.entry.domain.entrants import (
    CheckedByYourself,
    CheckFailed,
    CheckKind,
    EntrantKind,
    EntrantState,
    EntryIncomplete,
    StatusKind,
)
from marketplace.entry.models import AgencyQualification, Entrant, StatusEntry
from marketplace.entry.port import list_organisation
from marketplace.entry.services import EntryFacts
from tests import cast
from tests.integration.marketplace import story
from tests.integration.marketplace.story import AT
from tests.papers import paper
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)

CODE = cast.uscc("hengxin")
DECISION = NumberedDecision("佛山市市场监督管理局", "佛市监罚〔2026〕9号", None)


def licence(kind: LicenceKind, number: str, *, until: date | None = date(2027, 6, 30), **facts: object) -> Licence:
    name = cast.ORGANISATIONS["hengxin"].name
    return Licence(kind, number, "发证机关", name, CODE, date(2020, 1, 1), until, **facts)  # type: ignore[arg-type]


def licences() -> None:
    report(licence(LicenceKind.BUSINESS_LICENCE, CODE, until=None), at=AT)
    report(licence(LicenceKind.QUALIFICATION, "S-1", scope="SURVEY", grade=2), at=AT)


def handed_in() -> int:
    """agency3's entry, complete and handed in."""
    item = story.item()
    licences()
    who = cast.actor("agency3")
    number = services.open_entry(actor=who, kind=EntrantKind.AGENCY, at=AT)
    services.save_entry(actor=who, entrant_id=number, facts=EntryFacts("关三", "0757-83000333"), at=AT)
    services.offer_items(actor=who, entrant_id=number, item_ids=[item], at=AT)
    with pytest.raises(EntryIncomplete):
        services.submit_entry(actor=who, entrant_id=number, at=AT)
    sign_as("agency3", services.request_commitment(actor=who, entrant_id=number, at=AT), at=AT)
    services.submit_entry(actor=who, entrant_id=number, at=AT)
    return number


def published() -> int:
    number = handed_in()
    services.take_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)
    services.publish_entry(actor=cast.actor("staff2"), entrant_id=number, at=AT)
    return number


def eligible(number: int, at: datetime) -> list[Bar]:
    facts = queries.agency_facts(number)
    demand = Demand(next(iter(facts.item_ids)), parse("SURVEY@2"))
    found = [one.bar for one in queries.eligibility(number, demand, at=at).bars]
    as_a_set = [row.pk for row in queries.eligible_agencies(demand, at=at)]
    assert (number in as_a_set) == (not found), "one by one and as a set the rule is the same"
    return found


def test_one_checks_another_publishes_and_the_certificates_are_those_of_the_library():
    number = handed_in()
    checks = services.take_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)

    assert all(check.passed for check in checks)
    with pytest.raises(CheckedByYourself):
        services.publish_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)
    services.publish_entry(actor=cast.actor("staff2"), entrant_id=number, at=AT)

    assert eligible(number, AT) == []
    assert [row.number for row in AgencyQualification.objects.all()] == ["S-1"]
    assert StatusEntry.objects.get().kind == StatusKind.ENTERED


def test_a_listed_organisation_is_not_published_until_the_list_forgets_it():
    number = handed_in()
    list_organisation(uscc=CODE, kind=CheckKind.DISHONESTY, number="粤0604执1号", since=date(2026, 1, 1))
    services.take_entry(actor=cast.actor("staff"), entrant_id=number, at=AT)

    with pytest.raises(CheckFailed) as refused:
        services.publish_entry(actor=cast.actor("staff2"), entrant_id=number, at=AT)
    assert refused.value.fields["kind"] == "DISHONESTY"
    services.return_entry(actor=cast.actor("staff"), entrant_id=number, reason="先履行法定义务", at=AT)
    assert queries.entrant_of(number).state is EntrantState.RETURNED


def test_an_expired_certificate_bars_at_once_and_says_so():
    number = published()
    last, over = datetime(2027, 6, 30, 15, 59, tzinfo=UTC), datetime(2027, 6, 30, 16, 0, tzinfo=UTC)

    assert eligible(number, last) == []
    assert eligible(number, over) == [Bar.QUALIFICATION_EXPIRED]


def test_a_revoked_certificate_bars_with_the_next_pull():
    number = published()
    report(licence(LicenceKind.QUALIFICATION, "S-1", scope="SURVEY", grade=2, revoked=True), at=AT)

    assert services.refresh_due(AT + timedelta(hours=23)) == 0
    assert services.refresh_due(AT + timedelta(hours=25)) == 1
    assert eligible(number, AT + timedelta(days=2)) == [Bar.QUALIFICATION_EXPIRED]


def test_the_yearly_recheck_lapses_and_is_made_up_for():
    number = published()
    late = AT + timedelta(days=362)
    report(licence(LicenceKind.QUALIFICATION, "S-1", scope="SURVEY", grade=2, until=None), at=AT)
    services.refresh_credentials(actor=cast.actor("agency3"), entrant_id=number, at=AT)

    assert eligible(number, late) == [Bar.RECHECK_OVERDUE]
    assert services.advance_due(late) == 1
    assert services.advance_due(late) == 0
    services.recheck(actor=cast.actor("agency3"), entrant_id=number, at=late)

    assert eligible(number, late) == []


def test_bans_are_the_regulator_s_with_number_and_document_and_hold_until_their_end():
    number = published()
    at, until = AT + timedelta(days=1), AT + timedelta(days=30)
    ban = partial(services.restrict, entrant_id=number, reason="提供虚假材料", until=until, at=at)
    with pytest.raises(NotPermitted):
        ban(actor=cast.actor("staff"), decision=DECISION)
    with pytest.raises(DecisionMissing):
        ban(actor=cast.actor("warden"), decision=DECISION)
    paper = NumberedDecision(DECISION.body, DECISION.number, a_document())

    ban(actor=cast.actor("warden"), decision=paper)
    assert eligible(number, at) == [Bar.RESTRICTED]
    assert eligible(number, until) == []
    services.lift(actor=cast.actor("warden"), decision=paper, entrant_id=number, reason="信用修复", at=at)
    assert eligible(number, at) == []

    services.suspend(
        actor=cast.actor("warden"), decision=paper, entrant_id=number, reason="提供虚假材料", until=until, at=at
    )
    assert eligible(number, at) == [Bar.NOT_PUBLISHED]
    with pytest.raises(NotPermitted):
        services.cancel_entry(actor=cast.actor("agency3"), entrant_id=number, at=at)
    assert services.advance_due(until) == 1
    assert eligible(number, until) == []
    kinds = list(StatusEntry.objects.values_list("kind", flat=True))
    assert kinds == ["ENTERED", "RESTRICTED", "LIFTED", "SUSPENDED", "RESTORED"]


def test_a_restriction_of_another_city_holds_here():
    number = published()
    take_over = partial(
        services.take_over_restriction, uscc=CODE, authority="广州市某局", number="穗〔2026〕1号", reason="失信",
        until=None, source="广州", at=AT,
    )  # fmt: skip

    assert take_over(actor=system_actor("province")) == 1

    assert eligible(number, AT + timedelta(days=3_000))[:2] == [Bar.RECHECK_OVERDUE, Bar.RESTRICTED]
    with pytest.raises(NotPermitted):
        take_over(actor=cast.actor("staff"))
    with pytest.raises(NotEligible):
        queries.eligibility(number, Demand(0, parse("")), at=AT).require()


def test_an_entry_is_not_changed_while_it_is_checked():
    number = handed_in()

    with pytest.raises(NotAllowedNow):
        services.save_entry(actor=cast.actor("agency3"), entrant_id=number, facts=EntryFacts("X", "1"), at=AT)
    assert Entrant.objects.get(pk=number).contact_name == "关三"


def a_document() -> int:
    stored = vault.store(
        actor=cast.actor("warden"), stream=[paper()], name="d.pdf", media_type="application/pdf", at=AT
    )
    return stored.id
