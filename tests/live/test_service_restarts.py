"""PostgreSQL and Redis restart in the middle of a room: nothing acknowledged is lost, and bidding goes on."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from exchange.rooms.client import RoomClient, new_bid_id, signed_bid
from exchange.rooms.models import Bid
from scripts import with_services
from tests.live.rooms import check_room, english_rules, open_room
from tests.live.servers import Server, running

pytestmark = [
    pytest.mark.live,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("LUOCHUI_SERVICES"), reason="needs PostgreSQL for real"),
]


class OwnServices:
    """A PostgreSQL and a Redis of this test's own, which it may stop and start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start_postgres()
        self.start_redis()

    def start_postgres(self) -> None:
        self.postgres = with_services.start_postgres(self.folder, durable=True)

    def start_redis(self) -> None:
        self.redis = with_services.start_redis(self.folder)

    def wait(self) -> None:
        with_services.wait_until_ready(self.folder, [self.postgres, self.redis])

    def stop(self, process: "subprocess.Popen[bytes]", number: int) -> None:
        process.send_signal(number)
        process.wait(timeout=20)

    @property
    def redis_url(self) -> str:
        return f"unix://{self.folder / 's' / 'redis'}"


@pytest.fixture
def own_services(django_db_blocker: Any) -> Iterator[OwnServices]:
    folder = Path(tempfile.mkdtemp(prefix="lc-"))
    services = OwnServices(folder)
    services.wait()
    was = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict |= {"NAME": "postgres", "HOST": str(folder / "s")}
        try:
            call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
            yield services
        finally:
            connection.close()
            connection.settings_dict |= {"NAME": was["NAME"], "HOST": was["HOST"]}
            with_services.stop([services.postgres, services.redis])
            shutil.rmtree(folder, ignore_errors=True)


async def insist(client: RoomClient, bid_id: str, frame: bytes) -> dict[str, Any]:
    """Send the same bid until there is a verdict, as the protocol asks of clients."""
    while True:
        verdict = await client.place(bid_id, frame)
        if verdict["type"] == "receipt":
            return verdict
        assert verdict["retryable"], verdict
        await asyncio.sleep(0.2)


def test_room_goes_on_through_restarts_of_postgresql_and_redis(own_services: OwnServices) -> None:
    servers = [Server(REDIS_URL=own_services.redis_url) for _ in range(2)]
    room = open_room(english_rules(session_ms=600_000))
    bidder, watcher = room.client(servers[0], "buyer1"), room.client(servers[1])
    key = room.keys["buyer1"]
    frames = {}
    for step in range(30):
        bid_id = new_bid_id()
        frames[bid_id] = signed_bid(room.room_id, key, price=f"{20_000 + 100 * step}.00", bid_id=bid_id)

    async def restarts() -> None:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(own_services.stop, own_services.redis, signal.SIGKILL)
        await asyncio.sleep(0.5)
        own_services.start_redis()
        await asyncio.to_thread(own_services.stop, own_services.postgres, signal.SIGINT)
        await asyncio.sleep(0.5)
        own_services.start_postgres()
        await asyncio.to_thread(own_services.wait)

    async def story() -> list[dict[str, Any]]:
        async with bidder, watcher:
            breaking = asyncio.create_task(restarts())
            verdicts = []
            for bid_id, frame in frames.items():
                verdicts.append(await insist(bidder, bid_id, frame))
                await asyncio.sleep(0.1)
            await breaking
            last = verdicts[-1]["seq"]
            await watcher.until(lambda: watcher.state["seq"] >= last)
            return verdicts

    with running(*servers):
        verdicts = asyncio.run(story())

    connection.close()
    assert [verdict["verdict"] for verdict in verdicts] == ["ACCEPTED"] * len(frames)
    stored = dict(Bid.objects.filter(room_id=room.room_id).values_list("bid_id", "seq"))
    assert stored == {verdict["bid_id"]: verdict["seq"] for verdict in verdicts}
    assert watcher.state["state"]["price"] == "22900.00"
    check_room(room.room_id)
