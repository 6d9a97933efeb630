"""A revoked certificate ends what its holder has open: the platform learns of it, and the sockets close."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.utils import timezone

from bidding.opening import tickets
from bidding.opening.queries import Viewer
from commons.domain.actor import Assurance
from commons.people.accounts import CERTIFICATE
from commons.people.sessions import SessionStore
from exchange.rooms.models import RoomKey
from signatures.crypto.answers import CertificateRevoked
from signatures.pki import queries as certificates
from signatures.pki import services as pki
from tests import cast
from tests.integration.bidding.opening import story as halls
from tests.live.rooms import open_room
from tests.live.servers import Server, running
from tests.pki import authority, bound

pytestmark = [
    pytest.mark.live,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("LUOCHUI_SERVICES"), reason="needs Redis to tell another process"),
    pytest.mark.django_db(transaction=True),
]
WITHIN_S = 1.0
CLOSED = 4401


def signed_in_by_certificate(fingerprint: str) -> None:
    """A session of buyer1 that began with the certificate, as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(cast.person("buyer1").pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": CERTIFICATE, "fingerprint": fingerprint}]
    session.create()


def learn_of_the_revocation(fingerprint: str) -> None:
    """The holder wants to sign, and the authority says no; in a thread, with a connection of its own."""
    one = certificates.binding_by_fingerprint(fingerprint)
    assert one is not None
    authority().revoke("buyer1", at=timezone.now() - timedelta(minutes=1))
    try:
        with pytest.raises(CertificateRevoked):
            pki.require_usable(bound=one, at=timezone.now())
    finally:
        authority().restore("buyer1")
        connection.close()


async def until_closed(socket: Any, since: float) -> tuple[int, float]:
    """The code with which it closed, and after how many seconds."""
    async with asyncio.timeout(10):
        await socket.wait_closed()
    return socket.close_code, time.monotonic() - since


def end_key(room_id: int) -> None:
    """As the watch ends it; in a thread, with a connection of its own."""
    try:
        assert RoomKey.objects.filter(room_id=room_id).update(ended_at=timezone.now()) == 1
    finally:
        connection.close()


def test_a_key_that_has_ended_bids_no_more_though_its_socket_stays_open() -> None:
    room, server = open_room(), Server()
    bidder = room.client(server, "buyer1")

    async def story() -> list[str]:
        async with bidder, asyncio.timeout(20):
            codes = [(await bidder.bid("20000.00")).get("code", "")]
            await asyncio.to_thread(end_key, room.room_id)
            while codes[-1] != "ROOM_SIGNATURE_WRONG":  # the process looks at the rows once a second
                await asyncio.sleep(0.2)
                codes.append((await bidder.bid("20100.00")).get("code", ""))
            return codes

    with running(server):
        codes = asyncio.run(story())

    assert codes[0] == ""
    assert set(codes[1:-1]) <= {"", "ROOM_BELOW_STEP"}
    assert len(codes) < 15


def test_the_sockets_of_a_room_and_of_a_hall_close_within_a_second(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    bound("buyer1")
    (one,) = certificates.certificates_of(cast.person("buyer1").pk)
    room, hall_id, server = open_room(), halls.opening().hall_id, Server()
    bidder, watcher = room.client(server, "buyer1"), room.client(server)
    actor = replace(cast.actor("buyer1"), assurance=Assurance.CERTIFICATE)
    ticket = tickets.seal(actor=actor, hall_id=hall_id, viewer=Viewer.BIDDER, language="en")
    others = tickets.seal(actor=cast.actor("buyer2"), hall_id=hall_id, viewer=Viewer.BIDDER, language="en")
    signed_in_by_certificate(one.fingerprint)
    address = server.ws(room.room_id).partition("/ws/")[0] + f"/ws/halls/{hall_id}/?ticket="

    async def story() -> Sequence[tuple[int, float]]:
        connect = websockets.connect
        async with bidder, watcher, connect(address + ticket) as hall, connect(address + others) as other:
            await hall.recv()
            await other.recv()
            await asyncio.to_thread(learn_of_the_revocation, one.fingerprint)
            learned = time.monotonic()
            closed = await asyncio.gather(until_closed(bidder.socket, learned), until_closed(hall, learned))
            assert (watcher.close_code, other.close_code) == (None, None)
            return closed

    with running(server):
        closed = asyncio.run(story())

    assert [code for code, _ in closed] == [CLOSED, CLOSED]
    assert max(seconds for _, seconds in closed) < WITHIN_S
