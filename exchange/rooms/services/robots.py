"""Robots that bid over real websockets with keys of their own: for rehearsals, the demo city and load.

They know no more than any bidder: the frames of docs/protocol.md. Only rehearsals take them, and rooms that the caller
names as a demonstration; a robot never bids for an organisation in a real room.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.money import as_text
from commons.domain.refusals import NotFound, NotPermitted
from exchange.rooms.client import KeyPair, RoomClient
from exchange.rooms.domain.phases import BIDDABLE, OVER
from exchange.rooms.models import Room, RoomParticipant
from exchange.rooms.services.entering import admit, enter_room

logger = logging.getLogger(__name__)
TICKET_RENEWED_EVERY_S = 35.0


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot that has entered a room: its key and its ticket, and how it bids."""

    room_id: int
    alias: str
    key: KeyPair
    ticket: str
    limit: Decimal
    """The price at which it gives up."""
    quantity: str | None
    patience_s: tuple[float, float]


def enter_robots(
    *,
    room_id: int,
    aliases: Sequence[str],
    limit_steps: int = 30,
    patience_s: tuple[float, float] = (1.0, 6.0),
    demonstration: bool = False,
    at: datetime,
) -> list[Robot]:
    """Enter robots for the participants `aliases`. Refuses `NotFound`, and `NotPermitted` for a real room."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    if not (demonstration or room.subject.startswith("rehearsal:")):
        raise NotPermitted()
    rows = RoomParticipant.objects.filter(room=room, alias__in=aliases).order_by("alias")
    return [_enter(room, row, limit_steps, patience_s, at) for row in rows]


def _enter(room: Room, row: RoomParticipant, limit_steps: int, patience_s: tuple[float, float], at: datetime) -> Robot:
    actor = Actor(
        organisation_id=row.organisation_id,
        roles=frozenset({Role.BIDDER}),
        assurance=Assurance.FACE_OR_LICENCE,
        system="robot",
    )
    key = KeyPair.generate()
    statement = key.statement(room.pk, row.alias)
    enter_room(actor=actor, room_id=room.pk, public_key_spki=key.spki, statement=statement, at=at)
    start, step = Decimal(room.rules["start_price"]), Decimal(room.rules["step"]) or Decimal(1)
    sign = -1 if room.rules["format"] == "DESCENDING" else 1
    quantity = row.maximum_quantity if room.rules["divisible"] else None
    return Robot(
        room_id=room.pk,
        alias=row.alias,
        key=key,
        ticket=admit(actor=actor, room_id=room.pk, at=at).ticket,
        limit=start + sign * step * limit_steps,
        quantity=None if quantity is None else as_text(quantity),
        patience_s=patience_s,
    )


async def play(robots: Sequence[Robot], *, url: str) -> None:
    """Let `robots` bid at `url` (`ws://host/ws/rooms/<id>/`) until the room is over."""
    await asyncio.gather(*(_play(robot, url) for robot in robots))


async def _play(robot: Robot, url: str) -> None:
    ticket = robot.ticket
    while True:
        client = RoomClient(url, robot.room_id, ticket, key=robot.key)
        try:
            async with client:
                if await _bid_until_over(client, robot):
                    return
        except (ConnectionError, OSError, TimeoutError):
            logger.info("robot %s comes back", robot.alias)
        ticket = client.ticket
        await asyncio.sleep(1)


async def _bid_until_over(client: RoomClient, robot: Robot) -> bool:
    loop = asyncio.get_running_loop()
    renew_at = loop.time() + TICKET_RENEWED_EVERY_S
    while client.state["state"]["phase"] not in OVER:
        await asyncio.sleep(random.uniform(*robot.patience_s))  # noqa: S311  # patience is no secret
        if loop.time() >= renew_at:
            answer = await client.ask({"type": "renew", "ticket": client.ticket}, "ticket")
            client.ticket, renew_at = answer["ticket"], loop.time() + TICKET_RENEWED_EVERY_S
        if client.close_code is not None:
            return False
        price = wanted(client.state["state"], robot)
        if price is not None:
            await client.bid(price, robot.quantity, confirm="HELD")
    return True


def wanted(room: dict[str, Any], robot: Robot) -> str | None:
    """The price that the robot bids now, if any: the next one, unless it leads already or it is too much."""
    price = room["next_price"]
    if room["phase"] not in BIDDABLE or price is None or room["leader"] == robot.alias:
        return None
    too_much = Decimal(price) < robot.limit if room["direction"] == "DOWN" else Decimal(price) > robot.limit
    return None if too_much else str(price)
