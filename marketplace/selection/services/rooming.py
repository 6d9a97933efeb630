"""Live reverse bidding: a room of the exchange in the descending format, and its result pulled afterwards."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from exchange.rooms import queries as rooms
from exchange.rooms import services as room_services
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.services.reversing import last_prices, reverse_rules
from marketplace.selection.domain.case import Case
from marketplace.selection.domain.states import Wait
from marketplace.selection.models import Selection, SelectionEntrant
from marketplace.selection.services import notices
from marketplace.selection.services.common import PLATFORM, keep, record
from marketplace.selection.services.going_on import go_on
from marketplace.selection.services.notices import Notice


def open_room(selection: Selection, notice: Notice, *, at: datetime) -> None:
    """Open the room for the qualified; their numbers in the selection are their bidder numbers."""
    entrants = SelectionEntrant.objects.filter(selection=selection, barred="").order_by("number")
    room_id = room_services.create_room(
        actor=PLATFORM,
        subject=selection.stream,
        lot_id=None,
        rules=rules_of(notice),
        participants=[room_services.ParticipantSpec(one.organisation_id, one.number) for one in entrants],
        opens_at=at + notice.room.opens_in,
        at=at,
    )
    keep(selection, selection.as_case(), wait=Wait.ROOM.value, room_id=room_id)
    record(selection, "RoomOpened", actor=PLATFORM, payload={"room": f"room:{room_id}"}, at=at)
    notices.tell_agencies(selection, [one.organisation_id for one in entrants], room_id=room_id, at=at)


def rules_of(notice: Notice) -> RoomRules:
    """Descending from the ceiling by the step of the notice, in yuan."""
    assert notice.terms.ceiling is not None, "live bidding has a ceiling"
    return reverse_rules(
        ceiling=notice.terms.ceiling,
        step=notice.room.step,
        session_ms=notice.room.session_ms,
        extension_ms=notice.room.extension_ms,
    )


def take_result(selection: Selection, *, at: datetime) -> bool:
    """The prices at the hammer become the quotes of the case; False while the room goes on. Holds the lock."""
    assert selection.room_id is not None, "the selection waits for a room"
    ended = rooms.result(selection.room_id)
    if ended is None:
        return False
    case = selection.as_case()
    prices = last_prices(selection.room_id)
    keep(selection, _with(case, prices))
    payload = {"room": f"room:{selection.room_id}", "bidders": str(len(prices))}
    record(selection, "RoomEnded", actor=PLATFORM, payload=payload, at=at)
    go_on(selection, at=at)
    return True


def _with(case: Case, prices: dict[str, Decimal]) -> Case:
    return replace(case, entrants=tuple(replace(one, quote=prices.get(one.number)) for one in case.entrants))
