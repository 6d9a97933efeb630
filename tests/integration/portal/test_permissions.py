"""Who gets in where: every address of the house × every party of the cast. What is not in the table fails.

A letter says what a request without any input comes to:
`o` shown or taken up (also when the empty form is then refused) · `s` led to the sign-in · `f` forbidden ·
`n` not there for this reader · `m` no such method.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from bidding.opening.models import Hall
from commons.approvals.models import Approval
from commons.domain.actor import Assurance
from commons.inbox.models import InboxMessage
from commons.people.models import Membership
from commons.secrecy.fields import Party
from commons.vault.models import Document
from exchange.auctions.models import Registration
from exchange.auctions.services.papers import CONTRACT
from exchange.contracts.models import Deal
from exchange.deposits.models import BankEntry, BankFile, MoneyExpectation, PayeeAccount
from signatures.documents.domain.papers import Mode, PaperState
from signatures.documents.models import Paper, PaperParty
from signatures.draws import services as draws
from signatures.draws.queries import DrawView
from signatures.pki.queries import certificates_of
from signatures.signing.domain.sessions import Signer
from signatures.signing.kinds import register_kind
from signatures.signing.services import request_signature
from tests import cast
from tests.integration.bidding.opening import story as tenders
from tests.integration.exchange.auctions import story
from tests.integration.signatures.draws.story import holder as held_by
from tests.integration.signatures.draws.story import plan
from tests.pki import bound

pytestmark = pytest.mark.django_db

PARTIES = ("", "seller", "buyer1", "buyer2", "staff", "host", "finance", "treasury", "regulator", "auditor")
"""The columns; the first one is not signed in. What has an owner is buyer1's; buyer2 is its rival."""
TABLE = Path(__file__).with_name("permissions.txt")
OTHERS_TESTED_ELSEWHERE = ("admin/", "account/")
"""Django's and allauth's own addresses: tests/integration/portal/test_admin.py and test_lock_out.py."""
WHOLE_REGISTER = ("registry/", "people/members/", "people/organisations/", "people/persons/")
"""Registers of every company of the city, whether it bids or not."""
NOT_THERE = 999_999
PART = re.compile(r"<(?:\w+:)?(\w+)>")
AS_JSON = {"accept": "application/json"}
STEP = "finance/accounts/<account_id>/<step>/"


def addresses(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every address that the house answers, with the names of its parts."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(one.pattern)
        if address.startswith(OTHERS_TESTED_ELSEWHERE):
            continue
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, address)
        else:
            yield address


def table() -> dict[tuple[str, str], str]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {(method, address[1:]): letters for method, address, letters in rows}


def city(*, secret: bool = False) -> dict[str, Any]:
    """A lot whose room is about to open, with everything of buyer1 around it, and a deal unless all is `secret` yet.

    Gives a value for each part of an address.
    """
    now = timezone.now()
    lot = story.qualified_lot({"buyer1": "1.680", "buyer2": "1.680"})
    own = story.company("buyer1")
    deal = not secret and Deal.objects.create(
        lot=lot, buyer=own, alias="01", origin="ROOM", quantity=lot.quantity, price=lot.start_price, amount=1,
        hammered_at=now, notified_at=now,
    )  # fmt: skip
    approval = Approval.objects.create(
        kind="deposits.payout", subject="batch:1", reason="…", payload={}, requested_by=cast.person("finance"),
        requested_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    draw = a_draw(now)
    return {
        "project_id": lot.project_id,
        "lot_id": lot.pk,
        "room_id": lot.room_id,
        "registration_id": Registration.objects.get(party=Party(lot.pk, own.pk)).pk,
        "expectation_id": MoneyExpectation.objects.get(party=Party(lot.pk, own.pk)).pk,
        "document_id": Document.objects.filter(subject="bank-file").latest("pk").pk,
        "file_id": BankFile.objects.latest("pk").pk,
        "entry_id": BankEntry.objects.latest("pk").pk,
        "account_id": PayeeAccount.objects.get(organisation=own).pk,
        "message_id": InboxMessage.objects.filter(party=Party(0, own.pk)).latest("pk").pk,
        "membership_id": Membership.objects.filter(person=cast.person("buyer1")).latest("pk").pk,
        "person_id": cast.person("buyer1").pk,
        "approval_id": approval.pk,
        "draw_id": draw.id,
        "stream": f"draw:{draw.id}",
        "seq": 1,
        "complaint_id": NOT_THERE,
        "deal_id": deal.pk if deal else NOT_THERE,
        "organisation_id": own.pk,
        "number": story.permit_no("buyer1"),
        "key": "registration.days",
        "kind": "permits",
        "code": "NONE",
        "year": 2027,
        "step": "vet",
        "session": signing_session(),
        **opening_hall(now),
        "binding_id": bound_certificate(),
        "paper": contract(deal, now) if deal else NOT_THERE,
        "side": "buyer",
    }


def a_draw(at: datetime) -> DrawView:
    """A draw in which the regulator holds a secret and that nobody has decided yet."""
    moments = {"reveal_from": at + timedelta(hours=1), "reveal_until": at + timedelta(hours=2), "beacon": None}
    holders = (draws.PLATFORM, held_by("regulator"))
    return draws.announce(actor=cast.actor("staff"), plan=plan(**moments), custodians=holders, at=at)


def opening_hall(at: datetime) -> dict[str, int]:
    """The hall of a section that takes bids, and its project; its owner is the seller's house, no tenderee here."""
    section = tenders.section()
    hall = Hall.objects.create(section=section, sign_in_opens_at=at)
    return {"hall_id": hall.pk, "section_id": section.pk, "tender_project_id": section.tender.project_id}


def signing_session() -> str:
    """What the centre asks buyer1 to sign; open to any browser of buyer1, and to nobody else."""
    signer = cast.actor("buyer1")
    register_kind("permissions", label="Sign", done=lambda signed: None)
    return request_signature(
        actor=cast.actor("staff"), kind="permissions", subject="lot:1", title="…", content=b"{}",
        signer=Signer(signer.person_id or 0, signer.organisation_id), role="Buyer", return_url="/workspace/",
        at=timezone.now(),
    ).number  # fmt: skip


def contract(deal: Deal, at: datetime) -> str:
    """The number of a contract that waits for the signatures of seller and buyer1."""
    paper = Paper.objects.create(
        number="PERMISSIONSPERMI", kind=CONTRACT, subject=f"deal:{deal.pk}", guard=f"deal:{deal.pk}", title="出让合同",
        state=PaperState.PREPARED, document=Document.objects.filter(subject="bank-file").latest("pk"), drawn_at=at,
    )  # fmt: skip
    sides = (("seller", deal.lot.project.seller_id), ("buyer", deal.buyer_id))
    for place, (field, organisation_id) in enumerate(sides):
        PaperParty.objects.create(
            paper=paper, place=place, field=field, role=field, mode=Mode.IN_TURN, organisation_id=organisation_id
        )
    return paper.number


def bound_certificate() -> int:
    """The certificate of buyer1, bound to its login."""
    bound("buyer1")
    return certificates_of(cast.person("buyer1").pk)[0].id


def filled(address: str, facts: dict[str, Any]) -> str:
    """The address with real parts; what the city lacks has a number that nobody has."""
    address = address.replace(r"^finance/accounts/(?P<account_id>\d+)/(?P<step>vet|list|end)/$", STEP)
    address = address.replace("tender-projects/<int:project_id>", "tender-projects/<tender_project_id>")
    return "/" + PART.sub(lambda part: str(facts.get(part[1], NOT_THERE)), address)


def letter(client: Client, method: str, address: str) -> str:
    """What the request comes to; whatever it changed is taken back."""
    with transaction.atomic():
        response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    status = response.status_code
    if status == 302 and response.headers["Location"].startswith("/account/login/"):
        return "s"
    return {403: "f", 401: "f", 404: "n", 405: "m"}.get(status, "!" if status >= 500 else "o")


def browser(key: str) -> Client:
    client = Client()
    if key:
        client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def walker(key: str) -> Client:
    """A browser for `letter`: who is signed in hears refusals as JSON, with no page drawn around each of thousands."""
    client = browser(key)
    if key:
        client.defaults["HTTP_ACCEPT"] = AS_JSON["accept"]
    return client


def walk() -> dict[tuple[str, str], str]:
    facts, rows = city(), {}
    clients = [walker(key) for key in PARTIES]
    for address in sorted(set(addresses())):
        for method in ("GET", "POST"):
            letters = [letter(client, method, filled(address, facts)) for client in clients]
            rows[method, address] = "".join(letters)
    return rows


def test_every_address_opens_to_those_in_the_table_and_to_nobody_else(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value

    assert walk() == table()


@pytest.mark.parametrize("key", ["", "buyer2", "staff", "host", "treasury", "regulator", "auditor", "finance"])
def test_no_page_names_a_bidder_before_the_room_is_over(key: str, settings: Any) -> None:
    """Everything that can be read, as page, table and data: neither name, code nor account of buyer1; finance knows."""
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    facts, client, own = city(secret=True), browser(key), story.company("buyer1")
    secrets = (own.name, own.uscc, story.account_of("buyer1"))
    found = []
    for address in sorted(set(addresses())):
        if address.startswith(WHOLE_REGISTER):
            continue
        told: dict[str, str] = {}
        for asked in ("", "?format=csv"):
            there = filled(address, facts) + asked
            answer = client.get(there, headers=told)
            text = answer.getvalue().decode(errors="replace")
            # A page that says back what was asked for tells nothing.
            found += [(address + asked, secret) for secret in secrets if secret in text and secret not in there]
            told = {} if answer.status_code == 200 else AS_JSON  # the same refusal for a program

    assert found == [] or key == "finance"
    assert found or key != "finance"


def test_every_address_is_in_the_table() -> None:
    assert {address for _method, address in table()} == set(addresses())
