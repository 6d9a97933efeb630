"""Rooms to enter by session and by certificate, for tests and for the benchmark of entering."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from commons.domain.actor import system_actor
from exchange.rooms import services
from exchange.rooms.client import KeyPair
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.services import Entry, ParticipantSpec
from signatures.crypto.suites import Suite
from signatures.signing.services import SessionRef
from tests.cast import actor
from tests.pki import bound
from tests.signing import sign_bound

TITLE = "进场测试"


def room_for_entering(*, certificate: bool, suite: Suite = Suite.INTERNATIONAL) -> int:
    """A scheduled room with buyer1, whose certificate is bound, as its bidder 01."""
    bound("buyer1")
    rules = RoomRules(
        format=Format.ENGLISH,
        supply=Decimal("1.680"),
        start_price=Decimal("20000.00"),
        step=Decimal("100.00"),
        session_ms=600_000,
        entry_certificate=certificate,
        suite=suite,
    )
    now = timezone.now()
    return services.create_room(
        actor=system_actor("test"),
        subject=f"entering:{certificate}:{suite}",
        lot_id=None,
        rules=rules,
        participants=[ParticipantSpec(actor("buyer1").organisation_id or 0, "01")],
        opens_at=now + timedelta(hours=1),
        at=now,
    )


def enter_by_session(room_id: int, key: KeyPair | None = None) -> Entry:
    """Enter with a fresh key for which the session vouches, where the rules let it."""
    key = key or KeyPair.generate()
    statement = key.statement(room_id, "01")
    return services.enter_room(
        actor=actor("buyer1"), room_id=room_id, public_key_spki=key.spki, statement=statement, at=timezone.now()
    )


def ask_to_enter(room_id: int, key: KeyPair) -> SessionRef:
    """The session in which buyer1 signs the entry statement of the key."""
    return services.request_entry(
        actor=actor("buyer1"),
        room_id=room_id,
        public_key_spki=key.spki,
        statement=key.statement(room_id, "01"),
        title=TITLE,
        return_url=f"/rooms/{room_id}/",
        at=timezone.now(),
    )


def enter_by_certificate(room_id: int, key: KeyPair | None = None, *, holder: str = "buyer1") -> Entry:
    """Enter with a fresh key for which buyer1's certificate, or another one of it, vouches."""
    key = key or KeyPair.generate()
    sign_bound(holder, ask_to_enter(room_id, key), at=timezone.now())
    return enter_by_session(room_id, key)
