"""A room over real sockets: bids, verdicts, what everybody sees."""

import asyncio
from typing import Any

import pytest

from exchange.rooms.models import Bid
from tests.live.rooms import check_room, open_room
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def test_bid_is_receipted_and_everybody_sees_it() -> None:
    room, server, keeper = open_room(), Server(), timekeeper()
    bidder, watcher = room.client(server, "buyer1"), room.client(server)

    async def story() -> dict[str, Any]:
        async with bidder, watcher:
            await bidder.until(lambda: bidder.state["state"]["phase"] == "OPEN")
            receipt = await bidder.bid("20000.00")
            await watcher.until(lambda: watcher.state["seq"] >= receipt["seq"])
            return receipt

    with running(server, keeper):
        receipt = asyncio.run(story())

    assert receipt["verdict"] == "ACCEPTED"
    assert watcher.state["state"]["price"] == "20000.00"
    assert watcher.state["state"]["leader"] == "01"
    assert Bid.objects.count() == 1
    check_room(room.room_id)
