"""Robots of the demo city leave when they are told to, and when there is nothing to leave."""

import asyncio
from decimal import Decimal

import pytest

from portal.demo import robots
from portal.demo.authority.city import CityAuthority
from portal.demo.robots import Robot, Robots
from tests.pki import authority


def playing(monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> Robots:
    async def play(robot: Robot, base_url: str, authority: CityAuthority) -> None:
        await asyncio.sleep(seconds)

    monkeypatch.setattr(robots, "_play", play)
    return Robots([Robot("robot1", 1, Decimal(1))], base_url="ws://nowhere", authority=authority()).start()


def test_robots_leave_a_running_room_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    three = playing(monkeypatch, seconds=3600)

    three.stop()

    assert not three._thread.is_alive()


def test_robots_whose_room_is_over_can_still_be_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    three = playing(monkeypatch, seconds=0)
    three._thread.join(timeout=10)

    three.stop()

    assert not three._thread.is_alive()
