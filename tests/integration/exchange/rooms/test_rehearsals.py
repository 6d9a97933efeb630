"""Rehearsals: robots bid by the rules, through the same engine, and the log holds."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commons.domain.refusals import NotPermitted
from exchange.rooms.models import Bid, Room
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.rehearsing import advance_rehearsals, begin
from exchange.rooms.services.timekeeping import Timekeeper
from tests import cast
from tests.live.rooms import check_room, english_rules, open_room

pytestmark = pytest.mark.django_db(transaction=True)


def play(at: datetime, *, seconds: int) -> datetime:
    """Time passes, second by second."""
    clock = [at]
    keeper = Timekeeper(Engine(clock=lambda: clock[0]))
    for _ in range(seconds):
        clock[0] += timedelta(seconds=1)
        keeper.advance(at=clock[0])
        advance_rehearsals(clock[0])
    return clock[0]


@pytest.mark.parametrize("format", ["ENGLISH", "DIVISIBLE", "LIMITED_QUOTES", "SEALED_CALL", "DESCENDING"])
def test_robots_bid_validly_in_every_format(format: str) -> None:
    at = timezone.now()
    room_id = begin(actor=cast.actor("buyer1"), format=format, robots=3, at=at)

    play(at, seconds=60)

    bids = Bid.objects.filter(room_id=room_id)
    assert bids.count() >= 2
    assert not bids.filter(verdict="REFUSED").exists(), list(bids.values_list("code", "fields"))
    assert set(bids.values_list("participant__alias", flat=True)) <= {"R1", "R2", "R3"}
    check_room(room_id)


def test_a_rehearsal_ends_by_itself_and_the_next_is_a_new_one() -> None:
    at = timezone.now()
    room_id = begin(actor=cast.actor("buyer1"), format="LIMITED_QUOTES", robots=1, at=at)
    assert begin(actor=cast.actor("buyer1"), format="ENGLISH", robots=2, at=at) == room_id

    at = play(at, seconds=150)

    assert Room.objects.get(pk=room_id).ended_at is not None
    assert begin(actor=cast.actor("buyer1"), format="ENGLISH", robots=2, at=at) != room_id


def test_the_replay_of_a_rehearsal_says_that_it_was_one_and_that_of_a_sale_does_not(client: Client) -> None:
    at = timezone.now()
    room_id = begin(actor=cast.actor("buyer1"), format="LIMITED_QUOTES", robots=1, at=at)
    play(at, seconds=150)
    sale = open_room(english_rules(session_ms=60_000), subject="sale:1")
    Timekeeper(Engine(clock=lambda: at + timedelta(days=1))).advance(at=at + timedelta(days=1))

    def replay(room: int) -> str:
        return client.get(f"/rooms/{room}/replay/", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    told = "<strong>Rehearsal</strong> You bid against robots. Nothing here is binding."
    assert told in replay(room_id)
    assert "<h1>Replay</h1>" in replay(sale.room_id)
    assert told not in replay(sale.room_id)


def test_only_bidders_rehearse() -> None:
    with pytest.raises(NotPermitted):
        begin(actor=cast.actor("seller"), format="ENGLISH", robots=1, at=timezone.now())
