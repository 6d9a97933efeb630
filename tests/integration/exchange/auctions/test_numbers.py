"""Bidder numbers: fixed with the notice, secret while they are bid under, computed again by everybody afterwards."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from commons.evidence import queries as evidence
from commons.evidence import services as log
from exchange import verify_numbers
from exchange.auctions import services as auctions
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.domain.numbers import faults
from exchange.auctions.models import NumberDraw, Registration
from exchange.projects.models import Lot
from exchange.rooms.models import RoomParticipant
from signatures.verify import command
from tests.cast import actor, person
from tests.integration.exchange.auctions import story

pytestmark = pytest.mark.django_db

TWO = {"buyer1": "1.680", "buyer2": "1.680"}


def over(lot: Lot) -> None:
    """The room opens, two bid, the hammer falls."""
    at = lot.opens_at + timedelta(minutes=1)
    story.run_room(lot, lot.opens_at)
    assert story.bid(lot, "buyer1", "20000.00", at=at) == ""
    ended = lot.opens_at + timedelta(hours=2)
    story.run_room(lot, ended)
    auctions.advance_due(ended)


def told(lot: Lot) -> list[dict[str, Any]]:
    links = evidence.entries(f"numbers:{lot.pk}")
    return [{"type": link.type, "ts": link.ts, "payload": json.loads(link.payload)} for link in links]


def record(client: Client, lot: Lot, folder: Path) -> Path:
    answer = client.get(f"/lots/{lot.pk}/numbers/record.jsonl")
    file = folder / "numbers.jsonl"
    file.write_bytes(b"".join(answer))
    return file


def test_what_fixes_the_numbers_is_published_with_the_notice_and_nothing_more_until_the_room_is_over(
    client: Client,
) -> None:
    lot = story.qualified_lot(TWO)
    draw = NumberDraw.objects.get(lot=lot)

    (committed,) = told(lot)
    assert committed["type"] == "NumbersCommitted"
    assert committed["payload"]["commitment"] == draw.commitment
    page = client.get(f"/lots/{lot.pk}/numbers/").content.decode()
    sent = page + str(committed) + b"".join(client.get(f"/lots/{lot.pk}/numbers/record.jsonl")).decode()
    assert draw.commitment in sent
    assert draw.secret not in sent
    for row in Registration.objects.filter(lot=lot):
        assert blinded_ref(row.organisation_id, row.salt) not in sent
    auctions.advance_due(lot.opens_at - timedelta(minutes=10))
    assert len(told(lot)) == 1


def test_after_the_room_anybody_computes_the_numbers_again(client: Client, tmp_path: Path, capsys: Any) -> None:
    lot = story.qualified_lot(TWO)
    over(lot)
    log.checkpoint(lot.opens_at + timedelta(hours=3))

    file = record(client, lot, tmp_path)
    assert verify_numbers.main([str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == {"holds": True, "faults": []}
    assert command.main(["log", str(file)]) == 0
    assert lot.room_id is not None
    numbers = told(lot)[1]["payload"]["numbers"]
    assert set(numbers.values()) == set(
        RoomParticipant.objects.filter(room_id=lot.room_id).values_list("alias", flat=True)
    )
    client.force_login(person("buyer2"), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/lots/{lot.pk}/numbers/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "<strong>you</strong>" in page
    assert all(f"<strong>{number}</strong>" in page for number in numbers.values())
    auctions.advance_due(lot.opens_at + timedelta(hours=3))
    assert len(told(lot)) == 2


def test_a_number_that_was_picked_shows(client: Client, tmp_path: Path, capsys: Any) -> None:
    lot = story.qualified_lot(TWO)
    over(lot)
    committed, revealed = told(lot)
    first, second = revealed["payload"]["numbers"].items()

    def with_(**changes: Any) -> list[dict[str, Any]]:
        return [committed, {**revealed, "payload": {**revealed["payload"], **changes}}]

    assert faults(with_()) == []
    assert len(faults(with_(numbers={first[0]: second[1], second[0]: first[1]}))) == 2
    assert len(faults(with_(numbers={**dict([first]), "buyer:0": "100"}))) == 1
    assert "committed" in faults(with_(secret="00" * 32))[0]
    assert faults(with_(submissions=revealed["payload"]["submissions"][::-1]))[0].endswith("order of the log")
    (tmp_path / "short").write_text(json.dumps(committed))
    assert verify_numbers.main([str(tmp_path / "short")]) == 2
    assert "no record" in capsys.readouterr().err


def test_the_number_follows_the_order_of_first_submission_so_that_nobody_uses_numbers_up() -> None:
    story.bank(*TWO)
    lot, registrations = story.registered_lot(TWO)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    auctions.withdraw_registration(
        actor=actor("buyer1"),
        registration_id=registrations["buyer1"],
        at=lot.registration_starts_at + timedelta(hours=2),
    )
    story.register(lot, "buyer1", at=lot.registration_starts_at + timedelta(hours=3))
    for key in TWO:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(lot.registration_ends_at)
    for key in TWO:
        auctions.qualify_buyer(
            actor=actor("seller"),
            registration_id=registrations[key],
            at=lot.registration_ends_at + timedelta(minutes=5),
        )

    places = {key: Registration.objects.get(pk=pk).place for key, pk in registrations.items()}
    assert places == {"buyer1": 1, "buyer2": 2}
    auctions.advance_due(lot.registration_ends_at + timedelta(minutes=6))
    lot.refresh_from_db()
    over(lot)
    assert faults(told(lot)) == []
