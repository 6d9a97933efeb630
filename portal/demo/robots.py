"""Robots of the demo city: they bid over real sockets with keys of their own, as any bidder's program would."""

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec

from django.db import connection
from django.utils import timezone

from commons.domain.money import as_text
from exchange.rooms import services as rooms
from exchange.rooms.client import KeyPair, RoomClient
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.signing import sign_as
from portal.demo.cast import actor

logger = logging.getLogger(__name__)
P = ParamSpec("P")

LOOK_EVERY_S = 0.5
RENEW_EVERY_S = 30.0
COME_BACK_AFTER_S = 3.0
BIDDABLE = ("FREE", "TIMED", "OPEN")


@dataclass(frozen=True, slots=True)
class Robot:
    """Who bids where, up to which price, and how long it thinks, in seconds."""

    party: str
    room_id: int
    limit: Decimal
    quantity: str | None = None
    thinks_s: tuple[float, float] = (4.0, 14.0)


class Robots:
    """Robots that bid in a thread of their own until their rooms are over, or until `stop`.

    Where a room asks for a certificate, they sign their entry with the keys that `authority` holds for them.
    """

    def __init__(self, robots: Iterable[Robot], *, base_url: str, authority: CityAuthority) -> None:
        self._robots, self._base_url, self._authority = list(robots), base_url, authority
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="robots", daemon=True)

    def start(self) -> "Robots":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Leave the rooms now; where they are over already, there is nothing to leave."""
        with suppress(RuntimeError):  # the loop may end at any moment by itself
            self._loop.call_soon_threadsafe(self._leave)
        self._thread.join(timeout=15)

    def _leave(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    def _run(self) -> None:
        plays = [self._loop.create_task(_play(robot, self._base_url, self._authority)) for robot in self._robots]
        try:
            self._loop.run_until_complete(asyncio.gather(*plays, return_exceptions=True))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
        for play in plays:
            if not play.cancelled() and (error := play.exception()):
                logger.error("a robot gave up", exc_info=error)


async def _play(robot: Robot, base_url: str, authority: CityAuthority) -> None:
    """Take part until the room is over; a lost socket is opened again."""
    key = KeyPair.generate()
    alias = await _enter(robot, key, authority)
    chance = random.Random(f"{robot.party}:{robot.room_id}")  # noqa: S311  # robots hold no secrets
    over = False
    while not over:
        try:
            over = await _sit_in(robot, key, alias, chance, base_url)
        except (ConnectionError, OSError, TimeoutError):
            logger.info("robot %s comes back to room %s", robot.party, robot.room_id)
            await asyncio.sleep(COME_BACK_AFTER_S)


def in_thread(function: Callable[P, str]) -> Callable[P, Coroutine[Any, Any, str]]:
    """Call the database from a thread, and leave no connection open there."""

    @wraps(function)
    def closing(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    async def awaited(*args: P.args, **kwargs: P.kwargs) -> str:
        return await asyncio.to_thread(closing, *args, **kwargs)

    return awaited


@in_thread
def _enter(robot: Robot, key: KeyPair, authority: CityAuthority) -> str:
    who, at = actor(robot.party), timezone.now()
    alias = rooms.admit(actor=who, room_id=robot.room_id, at=at).alias
    statement = key.statement(robot.room_id, alias)
    entering: Any = {"actor": who, "room_id": robot.room_id, "public_key_spki": key.spki, "statement": statement}
    try:
        rooms.enter_room(**entering, at=at)
    except rooms.EntryNeedsCertificate:
        back = f"/rooms/{robot.room_id}/"
        asked = rooms.request_entry(**entering, title=f"{robot.party} {alias}", return_url=back, at=at)
        sign_as(authority, robot.party, asked, at=timezone.now())
    return alias


@in_thread
def _ticket(robot: Robot) -> str:
    return rooms.admit(actor=actor(robot.party), room_id=robot.room_id, at=timezone.now()).ticket


async def _sit_in(robot: Robot, key: KeyPair, alias: str, chance: random.Random, base_url: str) -> bool:
    """One socket's time in the room; true when the room is over."""
    url = f"{base_url}/ws/rooms/{robot.room_id}/?lang=en"
    async with RoomClient(url, robot.room_id, await _ticket(robot), key) as room:
        loop = asyncio.get_running_loop()
        renew_at, bid_at = loop.time() + RENEW_EVERY_S, loop.time() + chance.uniform(*robot.thinks_s)
        while not _is_over(room):
            room.frames.clear()
            if room.close_code is not None:
                raise ConnectionError(f"closed with {room.close_code}")
            if loop.time() >= renew_at:
                await room.send({"type": "renew", "ticket": await _ticket(robot)})
                renew_at = loop.time() + RENEW_EVERY_S
            if loop.time() >= bid_at:
                price = next_price(room, alias, robot.limit)
                if price is not None:
                    await room.bid(price, robot.quantity, confirm="HELD")
                bid_at = loop.time() + chance.uniform(*robot.thinks_s)
            await asyncio.sleep(LOOK_EVERY_S)
    return True


def _is_over(room: RoomClient) -> bool:
    assert room.state is not None, "the client waits for the first state"
    return room.state["state"]["phase"] in ("ENDED", "FAILED", "VOIDED")


def next_price(room: RoomClient, alias: str, limit: Decimal) -> str | None:
    """The least price that would lead, unless the robot leads already, may not bid, or would pass its limit."""
    assert room.state is not None, "the client waits for the first state"
    state = room.state["state"]
    if state["phase"] not in BIDDABLE or state.get("leader") == alias or not state.get("next_price"):
        return None
    price = Decimal(state["next_price"])
    return as_text(price) if price <= limit else None
