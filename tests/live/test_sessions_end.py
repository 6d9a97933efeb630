"""Whose session ends is out of every room and hall within a second, though Redis is away and nobody can be told."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets
from django.db import connection
from django.test import Client
from django.utils import timezone

from bidding.opening import tickets
from bidding.opening.queries import Viewer
from commons.people.services import end_sessions
from scripts import with_services
from tests import cast
from tests.integration.bidding.opening import story as halls
from tests.live.rooms import open_room
from tests.live.servers import Server, running

pytestmark = [
    pytest.mark.live,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("LUOCHUI_SERVICES"), reason="needs Redis, to take it away"),
    pytest.mark.django_db(transaction=True),
]
WITHIN = timedelta(seconds=1)
CLOSED = 4401


@pytest.fixture
def own_redis() -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    """A Redis of the server's own, which the test does not speak to and may take away."""
    with tempfile.TemporaryDirectory(prefix="lc-") as folder:
        place = Path(folder) / "s" / "redis"
        place.parent.mkdir()
        process = with_services.start_redis(Path(folder))
        while not with_services.answers(place):
            time.sleep(0.02)
        yield f"unix://{place}", process
        process.kill()
        process.wait()


def in_a_thread(change: Callable[[], object]) -> None:
    """A change with a connection of its own."""
    try:
        change()
    finally:
        connection.close()


async def closed_after(socket: Any, began: float) -> tuple[int, timedelta]:
    async with asyncio.timeout(10):
        await socket.wait_closed()
    return socket.close_code, timedelta(seconds=time.monotonic() - began)


def test_sockets_of_one_who_signs_out_and_of_one_who_loses_a_role_close_without_redis(
    own_redis: "tuple[str, subprocess.Popen[bytes]]", tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    url, redis = own_redis
    room, hall_id, server = open_room(), halls.opening().hall_id, Server(REDIS_URL=url)
    browser = Client()
    browser.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")
    leaves, dismissed, stays = (room.client(server, name) for name in ("buyer1", "buyer2", "buyer3"))
    ticket = tickets.seal(actor=halls.bidder("buyer1"), hall_id=hall_id, viewer=Viewer.BIDDER, language="en")
    address = server.ws(room.room_id).partition("/ws/")[0] + f"/ws/halls/{hall_id}/?ticket={ticket}"

    def dismiss() -> None:
        end_sessions(person_id=cast.person("buyer2").pk, reason="ROLE_ENDED", at=timezone.now())

    async def story() -> list[tuple[int, timedelta]]:
        async with leaves, dismissed, stays, websockets.connect(address) as hall:
            await hall.recv()
            renewed = await leaves.ask({"type": "renew", "ticket": leaves.ticket}, "ticket")
            assert renewed["ticket"], "who is signed in goes on"
            redis.send_signal(signal.SIGKILL)
            await asyncio.to_thread(in_a_thread, lambda: browser.post("/account/logout/"))
            left = time.monotonic()
            await asyncio.to_thread(in_a_thread, dismiss)
            out = time.monotonic()
            return [
                *await asyncio.gather(
                    closed_after(leaves.socket, left), closed_after(hall, left), closed_after(dismissed.socket, out)
                ),
                (stays.close_code or 0, timedelta()),
            ]

    with running(server):
        seen = asyncio.run(story())

    assert [code for code, _ in seen] == [CLOSED, CLOSED, CLOSED, 0]
    assert max(after for _, after in seen) < WITHIN
