"""Canaries: what a bid says, whose it is and that there is one, looked for in everything that leaves a trace.

Before the opening none is found: in no page or answer for any role, no export, no line of a log, no metric, no mail or
message, no key, value or message of Redis, no file on the disk, no row of the database. After it everything is there.
"""

import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bidding.bids.services import ask_for_bond_guarantee
from bidding.bids.services.bonds import expect_bond
from bidding.opening import services as halls
from bidding.opening.queries import Viewer, mask, scene
from bidding.tenders.models import TenderProject
from commons.domain.actor import Assurance
from commons.evidence import services as evidence
from commons.outbox import services as outbox
from exchange.deposits.models import BankFile
from signatures.envelopes import services as sealing
from signatures.envelopes import store
from signatures.guarantees import queries as guarantee_queries
from signatures.guarantees.domain.terms import GuaranteeKind
from tests import cast
from tests.dumps import dump, found_in
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import LISTED, SIGNING_IN
from tests.integration.exchange.deposits import money
from tests.integration.portal import test_permissions as permissions
from tests.integration.signatures.envelopes import story as envelopes
from tests.integration.signatures.guarantees import story as issuers

pytestmark = pytest.mark.django_db

PRICE = "8237461.53"
WORDS = "捌佰贰拾叁万柒仟肆佰陆拾壹元伍角叁分"
CONTENT = "canary-4f1d7c-content"
FILE_NAME = "canary-9b2e-volume.pdf"
AUTHOR = "canary-author-c3d0"
DEVICE = "canary-device-77aa"
SIZE = 187_643
"""Bytes of the volume."""
GUARANTEE = "canary-guarantee-51ee"
NOTE = "canary-guarantee-note-0b6f"
ACCOUNT = money.ACCOUNTS["jinma"]
SECRETS = (PRICE, "8,237,461.53", WORDS, CONTENT, FILE_NAME, AUTHOR, DEVICE, str(SIZE), f"{SIZE:,}", GUARANTEE, NOTE)
ROLES = ("", "buyer2", "seller", "tenderee", "staff", "host", "officer1", "finance", "regulator", "auditor", "treasury")
EVERYWHERE = ("", "buyer2", "tenderee", "host", "regulator")
"""Who reads every page of the house; the others read those about this section and the common ones."""
COMMON = (
    "workspace/",
    "inbox/",
    "operations/",
    "metrics",
    "tenders/",
    "halls/",
    "openings/",
    "guarantees/",
    "finance/",
)
BY_NATURE = ("finance",)
"""Finance claims payments, whoever they are from."""
LIBRARY = ("commons_organisation:", "commons_person", "commons_membership:", "exchange_payeeaccount:", "stream=payee:")
"""Known companies with their accounts stand in the tables whether they bid or not."""


@dataclass
class Planted:
    """Where the canaries were put, and what was there before."""

    found: stories.Opening
    guarantee: str = ""
    before: set[str] = field(default_factory=set)
    redis: str = ""


def volume() -> bytes:
    """A file whose metadata and content are canaries."""
    start = stories.pdf() + f"\n% /Author ({AUTHOR}) {CONTENT}\n".encode()
    return start + b"7" * (SIZE - len(start))


def files_with_canaries(found: stories.Opening) -> list[tuple[str, bytes]]:
    made = stories.bid_of(found, "buyer1", price={"figures": PRICE, "words": WORDS}, note=CONTENT)
    return [*made, (FILE_NAME, volume())]


def identity() -> tuple[str, ...]:
    organisation = cast.organisation("jinma")
    return (
        organisation.name,
        organisation.uscc,
        f"organisation:{organisation.pk}",
        f"person:{cast.person('buyer1').pk}@",
    )


def plant(planted: Planted) -> None:
    """A bid is handed in, replaced and begun once more; its bidder has a guarantee, pays a bond too and signs in."""
    found, at = planted.found, timezone.now()
    planted.guarantee = ask_for_bond_guarantee(
        actor=cast.actor("buyer1"),
        section_id=found.section.pk,
        issuer_id=issuers.city()["bank"],
        kind=GuaranteeKind.INDEPENDENT,
        note=NOTE,
        at=at,
    )
    issuers.assessed(planted.guarantee, number=GUARANTEE, at=at)
    issuers.signed(planted.guarantee, at=at)
    money.listed("jinma")
    expected = expect_bond(actor=cast.actor("buyer1"), section_id=found.section.pk, at=at)
    money.bank(money.line(expected, amount="180000.00", ref="canary-entry"), at=at)
    for _ in range(2):
        stories.hand_in(found, "buyer1", at=at, files=files_with_canaries(found))
    left_unfinished(found)
    face = stories.face(found, "buyer1", device=DEVICE)
    halls.sign_in(actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=face, at=at)
    outbox.deliver_due(timezone.now() + timedelta(minutes=1))


def left_unfinished(found: stories.Opening) -> None:
    """Another upload that stops half way."""
    data = envelopes.sealed(found.sealed, "buyer1", files_with_canaries(found))
    at = timezone.now()
    token = sealing.authorise_upload(actor=cast.actor("buyer1"), intake_id=found.sealed.intake_id, at=at)
    upload = sealing.begin_upload(token=token, length=len(data), at=at)
    store.upload_path(upload.ref).write_bytes(data[: len(data) // 2])


@pytest.fixture
def planted(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Planted:
    """A section of today, the tenderee's, with one bid; and every row of the database before it."""
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for key in (*filter(None, ROLES), "buyer1", "underwriter", "manager"):
        cast.actor(key)
    planted = Planted(stories.opening(bond=Decimal("180000")))
    TenderProject.objects.update(owner=cast.organisation("chengjian"))
    stories.move_deadline(planted.found, timezone.now() + timedelta(hours=2))
    evidence.checkpoint(stories.AT)  # what the story before left in the log is gathered
    planted.before = set(dump().splitlines())
    with caplog.at_level(logging.DEBUG), listening() as hear:
        plant(planted)
        planted.redis = hear()
    return planted


@contextmanager
def listening() -> Iterator[Callable[[], str]]:
    """Gives the way to what was published over Redis since, and to every key and value that is left in it."""
    if not django_settings.REDIS_URL:
        yield lambda: ""
        return
    with redis.Redis.from_url(django_settings.REDIS_URL) as client, client.pubsub() as pubsub:
        pubsub.psubscribe("*")

        def hear() -> str:
            told = []
            while (message := pubsub.get_message(timeout=0.1)) is not None:
                told.append(str(message))
            for key in client.scan_iter():
                told.append(f"{key!r} {client.get(key) if client.type(key) == b'string' else client.dump(key)!r}")
            return "\n".join(told)

        yield hear


def test_the_database_tells_nothing_of_a_bid(planted: Planted) -> None:
    found = planted.found
    fresh = [line for line in dump().splitlines() if line not in planted.before and not found_in(line, LIBRARY)]

    places = (f"section:{found.section.pk}", f"hall:{found.hall_id}")
    words = (*SECRETS, *identity(), ACCOUNT, *places)
    assert fresh, "the bid left its sealed rows"
    for line in fresh:
        assert found_in(line, words) == [], line


def test_no_log_line_mail_or_message_tells_of_it(planted: Planted, caplog: pytest.LogCaptureFixture) -> None:
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    told += "\n".join(f"{one.to} {one.subject} {one.body}" for one in mail.outbox)
    told += planted.redis

    assert found_in(told, (*SECRETS, *identity()[:2], ACCOUNT)) == []


def test_no_file_on_the_disk_tells_of_it(planted: Planted) -> None:
    """Sealed bids, the unfinished upload, keys, temporary files: neither words nor the size of anything."""
    words = [word.encode().decode("latin-1") for word in (*SECRETS, *identity()[:2], ACCOUNT)]
    statement = BankFile.objects.get().document  # what the bank sends lies as it came, for finance alone
    assert statement is not None
    files = [
        path
        for path in Path(django_settings.DATA_DIR).rglob("*")
        if path.is_file() and path.name != statement.content_id
    ]
    for path in files:
        assert not found_in(str(path), (*SECRETS, *identity()[:2]))
        assert not found_in(path.read_bytes().decode("latin-1"), words), path

    assert [path for path in files if path.stat().st_size > SIZE], "the sealed bids lie there"
    assert not [path for path in files if "temporary" in path.parts]


def asked_for(planted: Planted, role: str) -> list[str]:
    """The addresses of the house that the role may read and whose parts the story has."""
    found = planted.found
    facts = {
        "hall_id": found.hall_id,
        "section_id": found.section.pk,
        "tender_id": found.section.tender_id,
        "project_id": found.section.tender.project_id,
        "intake_id": found.sealed.intake_id,
        "roster_id": found.sealed.roster_id,
        "ref": planted.guarantee,
        "organisation_id": cast.organisation("jinma").pk,
        "person_id": cast.person("buyer1").pk,
        "year": 2027,
    }
    column = permissions.PARTIES.index(role) if role in permissions.PARTIES else None
    for_reading = {address: letters for (method, address), letters in permissions.table().items() if method == "GET"}
    return [
        permissions.filled(address, facts)
        for address, letters in sorted(for_reading.items())
        if set(letters) != {"m"} and (column is None or letters[column] in "on")
        if not address.startswith(permissions.WHOLE_REGISTER) and set(permissions.PART.findall(address)) <= set(facts)
        if role in EVERYWHERE or "<" in address or address in COMMON
    ]


def test_no_page_answer_export_or_metric_tells_any_role(planted: Planted) -> None:
    leaks, names = [], (*identity()[:2], ACCOUNT)
    for role in ROLES:
        client = permissions.browser(role)
        client.raise_request_exception = False
        shown = 0
        for address in asked_for(planted, role):
            answer = client.get(address)
            assert answer.status_code < 500, address
            shown += answer.status_code == 200
            text = answer.getvalue().decode("utf-8", "replace") + str(dict(answer.headers))
            secrets = SECRETS if role in BY_NATURE else (*SECRETS, *names)
            leaks += [(role, address, word) for word in found_in(text, secrets) if word not in address]
        assert shown > 15, role

    assert leaks == []


def test_the_exported_log_tells_nothing_not_even_that_somebody_signed_in(planted: Planted) -> None:
    text = b"".join(evidence.export(at=timezone.now())).decode()

    assert found_in(text, (*SECRETS, ACCOUNT, f"hall:{planted.found.hall_id}")) == []


def test_after_the_opening_everything_is_there() -> None:
    found = stories.opening(bond=Decimal("180000"))
    guarantee = ask_for_bond_guarantee(
        actor=cast.actor("buyer1"), section_id=found.section.pk, issuer_id=issuers.city()["bank"],
        kind=GuaranteeKind.INDEPENDENT, note=NOTE, at=SIGNING_IN,
    )  # fmt: skip
    issuers.assessed(guarantee, number=GUARANTEE, at=SIGNING_IN)
    issuers.signed(guarantee, at=SIGNING_IN)
    stories.hand_in(found, "buyer1", files=files_with_canaries(found))
    for key in ("buyer2", "buyer3"):
        stories.hand_in(found, key)
    halls.sign_in(
        actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN
    )
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
    at = stories.drawn(found, stories.decrypted(found, *stories.PRICES))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)

    told = json.dumps(mask(scene(found.hall_id), Viewer.PUBLIC), ensure_ascii=False)
    assert found_in(told, (PRICE, cast.organisation("jinma").name, guarantee)) == [
        PRICE, cast.organisation("jinma").name, guarantee,
    ]  # fmt: skip
    assert found_in(dump(), (FILE_NAME, str(SIZE), CONTENT)) == [FILE_NAME, str(SIZE), CONTENT]
    assert PRICE in Client().get(reverse("opening:scene", args=[found.hall_id])).content.decode()
    assert GUARANTEE in str(guarantee_queries.one(cast.actor("seller"), guarantee))
