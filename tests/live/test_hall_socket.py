"""A hall over real sockets: each viewer's scene, the server killed in the middle, everything seen after coming back."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import websockets

from bidding.opening import services as halls
from bidding.opening.queries import Viewer
from bidding.opening.tickets import seal
from commons.domain.actor import ANONYMOUS
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import LISTED
from tests.live.servers import Server, running

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]
WAIT_S = 30


class Watcher:
    """A socket of a hall that remembers the scene told last."""

    def __init__(self, server: Server, hall_id: int, ticket: str) -> None:
        self._address = f"ws://localhost:{server.port}/ws/halls/{hall_id}/?ticket={ticket}"
        self.scene: dict[str, Any] = {}
        self.seqs: list[int] = []

    async def until(self, state: str) -> None:
        """Open the socket and read on until the hall is in that state."""
        async with asyncio.timeout(WAIT_S), websockets.connect(self._address, compression=None, max_size=2**22) as line:
            while self.scene.get("state") != state:
                message = json.loads(await line.recv())
                if message["type"] == "scene":
                    self.scene = message["scene"]
                    self.seqs.append(self.scene["seq"])

    async def close_code(self) -> int:
        async with asyncio.timeout(WAIT_S), websockets.connect(self._address, compression=None) as line:
            await line.wait_closed()
        assert line.close_code is not None
        return line.close_code


def ticket(found: stories.Opening, viewer: Viewer, person: str = "") -> str:
    actor = cast.actor(person) if person else ANONYMOUS
    return seal(actor=actor, hall_id=found.hall_id, viewer=viewer, language="en")


async def told(watchers: list[Watcher], state: str) -> None:
    await asyncio.gather(*(watcher.until(state) for watcher in watchers))


def test_a_hall_goes_on_before_its_watchers_when_its_server_dies(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    vault = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "vault")}}
    settings.STORAGES = {**settings.STORAGES, "vault": vault}
    found, server = stories.opening(), Server(DATA_DIR=str(tmp_path), SIGNING_KEYS_DIR=str(tmp_path / "keys"))
    for key in stories.PRICES:
        stories.hand_in(found, key)
    public, bidder, host = (
        Watcher(server, found.hall_id, ticket(found, viewer, person))
        for viewer, person in ((Viewer.PUBLIC, ""), (Viewer.BIDDER, "buyer1"), (Viewer.HOST, "host"))
    )
    everybody = [public, bidder, host]
    with running(server):
        asyncio.run(told(everybody, "WAITING"))
        assert [watcher.scene["bids"] for watcher in everybody] == [[], [], []]
        halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
        asyncio.run(told(everybody, "DECRYPTING"))
        server.kill()
        at = stories.drawn(found, stories.decrypted(found, *stories.PRICES))
        server.restart()
        asyncio.run(told(everybody, "READING"))
        assert all(bid["price"] == "" for watcher in everybody for bid in watcher.scene["bids"])
        halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)
        asyncio.run(told(everybody, "CONFIRMING"))
        log = json.loads(server.get(f"/halls/{found.hall_id}/log.json")[1])
        forged = asyncio.run(Watcher(server, found.hall_id, "forged").close_code())

    prices = sorted(stories.PRICES.values())
    for watcher in everybody:
        assert sorted(bid["price"] for bid in watcher.scene["bids"]) == prices
        assert watcher.seqs == sorted(watcher.seqs)
    assert "officers" in host.scene
    assert "officers" not in public.scene
    assert bidder.scene["mine"]["price"] == stories.PRICES["buyer1"]
    assert public.scene["mine"] is None
    assert [line["seq"] for line in log["lines"]] == list(range(1, public.scene["seq"] + 1))
    assert log["holds"]
    assert forged == 4401
