"""Robots bid over the same sockets as everybody, until the hammer."""

import asyncio
from decimal import Decimal

import pytest
from django.utils import timezone

from commons.domain.refusals import NotPermitted
from exchange.rooms import queries
from exchange.rooms.services.robots import enter_robots, play
from tests.live.rooms import check_room, english_rules, open_room
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def test_robots_bid_against_each_other_until_the_hammer_falls() -> None:
    server = Server()
    with running(server, timekeeper()):
        room = open_room(english_rules(session_ms=6_000, extension_ms=2_000, closing_grace_ms=200))
        robots = enter_robots(
            room_id=room.room_id, aliases=["01", "02"], limit_steps=5, patience_s=(0.05, 0.2), at=timezone.now()
        )

        asyncio.run(asyncio.wait_for(play(robots, url=server.ws(room.room_id)), 60))

    result = queries.result(room.room_id)
    assert result is not None
    assert result.price == Decimal("20500.00")
    check_room(room.room_id)


def test_robots_are_not_let_into_a_real_room() -> None:
    room = open_room(subject="lot:1")

    with pytest.raises(NotPermitted):
        enter_robots(room_id=room.room_id, aliases=["01"], at=timezone.now())
