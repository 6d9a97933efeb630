"""A live room with bidders of the cast, for tests that speak to it over sockets."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from commons.domain.actor import Actor, system_actor
from commons.evidence import queries as evidence
from commons.evidence.domain import chain
from exchange.rooms import services
from exchange.rooms.client import KeyPair, RoomClient, new_bid_id, signed_bid
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.models import Bid, Room
from exchange.rooms.protocol import canonical_bid, decode
from exchange.rooms.services import ParticipantSpec
from exchange.rooms.services.orders import BidOrder
from exchange.rooms.services.reading import room_key
from tests import cast
from tests.live.servers import Server

BUYERS = ("buyer1", "buyer2", "buyer3")


def english_rules(**changes: object) -> RoomRules:
    """The Foshan profile, in seconds instead of minutes."""
    defaults: dict[str, object] = {
        "format": Format.ENGLISH,
        "supply": Decimal("1.680"),
        "start_price": Decimal("20000.00"),
        "step": Decimal("100"),
        "session_ms": 60_000,
        "extension_ms": 10_000,
        "closing_grace_ms": 500,
        "guard_hold_steps": None,
        "guard_hold_share": None,
        "guard_retype_factor": None,
    }
    return RoomRules(**(defaults | changes))  # type: ignore[arg-type]


@dataclass
class Cast:
    """A room and those who bid in it."""

    room_id: int
    aliases: dict[str, str]
    keys: dict[str, KeyPair] = field(default_factory=dict)

    def client(self, server: Server, name: str = "", **fields: Any) -> RoomClient:
        """A client for a buyer of the cast; without a name a public watcher."""
        actor = cast.actor(name) if name else Actor()
        ticket = services.admit(actor=actor, room_id=self.room_id, at=timezone.now()).ticket
        return RoomClient(server.ws(self.room_id), self.room_id, ticket, key=self.key(name) if name else None, **fields)

    def key(self, name: str) -> KeyPair | None:
        """The buyer's room key, entered on first use; people who do not bid have none."""
        if name not in self.aliases:
            return None
        if name not in self.keys:
            key = self.keys[name] = KeyPair.generate()
            services.enter_room(
                actor=cast.actor(name),
                room_id=self.room_id,
                public_key_spki=key.spki,
                statement=key.statement(self.room_id, self.aliases[name]),
                at=timezone.now(),
            )
        return self.keys[name]


def order(room: Cast, name: str, price: str, at: datetime, bid_id: str = "") -> BidOrder:
    """A bid as the endpoint would hand it in."""
    key = room.key(name)
    assert key is not None
    frame: Any = decode(signed_bid(room.room_id, key, price=price, bid_id=bid_id or new_bid_id()).decode())
    known = room_key(room.room_id, frame.key)
    assert known is not None
    return BidOrder(
        room_id=room.room_id,
        participant_id=known.participant_id,
        alias=known.alias,
        frame=frame,
        canonical=canonical_bid(room.room_id, frame),
        received_at=at,
        public_key=known.public_key,
        signed=True,
    )


def open_room(
    rules: RoomRules | None = None, *, opens_at: datetime | None = None, subject: str = "rehearsal:test"
) -> Cast:
    """A room that opened a moment ago, with three qualified buyers."""
    now = timezone.now()
    aliases = {name: f"{number:02d}" for number, name in enumerate(BUYERS, start=1)}
    room_id = services.create_room(
        actor=system_actor("test"),
        subject=subject,
        lot_id=None,
        rules=rules or english_rules(),
        participants=[
            ParticipantSpec(cast.actor(name).organisation_id or 0, alias, maximum_quantity=Decimal("1.680"))
            for name, alias in aliases.items()
        ],
        opens_at=opens_at or now - timedelta(milliseconds=1),
        at=(opens_at or now) - timedelta(seconds=1),
    )
    return Cast(room_id, aliases)


def check_room(room_id: int) -> None:
    """The log has no hole and no fork, the row stands at the log's head, and every bid stands where it was told."""
    room = Room.objects.get(pk=room_id)
    links = list(evidence.entries(room.stream, limit=100_000))
    assert list(chain.check_links(links, stream=room.stream)) == []
    assert [link.seq for link in links] == list(range(1, len(links) + 1))
    assert (room.seq, bytes(room.head_hash)) == (links[-1].seq, links[-1].hash)
    by_seq = {link.seq: link for link in links}
    for bid in Bid.objects.filter(room_id=room_id):
        assert by_seq[bid.seq].hash == bytes(bid.hash)
