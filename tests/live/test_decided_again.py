"""A room that really ran, exported and decided again offline, by the rules alone."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from commons.evidence.services.exporting import export
from exchange.rooms.client import RoomClient
from exchange.rooms.domain import log
from exchange.rooms.models import Room
from exchange.verify import verify
from tests.live.rooms import english_rules, open_room
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]


async def play(one: RoomClient, two: RoomClient) -> None:
    """Bids that are accepted, refused and unreadable, until the hammer."""
    async with one, two:
        await one.until(lambda: one.state["state"]["phase"] == "OPEN")
        for price in (20000, 20100, 20150, 20300):
            await one.bid(f"{price}.00")
            await two.bid(f"{price + 100}.00")
        await two.bid("20 900")
        await one.until(lambda: one.state["state"]["phase"] == "ENDED", timeout_s=20)


def test_exported_log_of_a_real_room_is_decided_again_to_the_same_verdicts(tmp_path: Path) -> None:
    server, keeper = Server(), timekeeper()

    with running(server, keeper):
        room = open_room(english_rules(session_ms=5_000, extension_ms=2_000))
        one, two = room.client(server, "buyer1"), room.client(server, "buyer2")
        asyncio.run(play(one, two))

    text = b"".join(export([Room.objects.get(pk=room.room_id).stream], at=timezone.now())).decode()
    found = verify(log.from_text(text))
    assert found.holds, found.difference
    assert (found.accepted, found.refused, found.phase) == (5, 4, "ENDED")

    file = tmp_path / "room.log.jsonl"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "exchange.verify", str(file)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
