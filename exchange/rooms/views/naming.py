"""What a room is called."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from commons.domain.money import normal_text
from exchange.projects import queries as projects
from exchange.projects.queries import LotTitle
from exchange.rooms.queries import RoomView
from exchange.rooms.subjects import Subject, named

REHEARSAL = "rehearsal:"


def is_rehearsal(room: RoomView) -> bool:
    return room.subject.startswith(REHEARSAL)


def subjects(rooms: Iterable[RoomView]) -> dict[int, Subject]:
    """The subject of each room, by room; one query, and one for the rooms of each package that names its own."""
    rooms = list(rooms)
    lots = projects.lot_titles([room.lot_id for room in rooms if room.lot_id is not None])
    others = named([room.subject for room in rooms if room.lot_id is None])
    return {room.room_id: others.get(room.subject) or _subject(room, lots.get(room.lot_id or 0)) for room in rooms}


def _subject(room: RoomView, lot: LotTitle | None) -> Subject:
    supply = normal_text(Decimal(room.rules["supply"]))
    if lot is not None:
        title = f"{lot.instrument_label} {normal_text(lot.quantity)} {unit(lot.unit)} · {lot.project_title}"
        return Subject(title, lot.project_code, unit(lot.unit), price_unit(lot.unit))
    if is_rehearsal(room):
        return Subject(_("Rehearsal: NH3-N %(quantity)s t") % {"quantity": supply}, "", unit("t"), price_unit("t"))
    return Subject(_("Room %(number)s") % {"number": room.room_id}, room.subject)


def unit(code: str) -> str:
    """The unit of a quantity in the reader's language."""
    return {"t": _("t"), "t/a": _("t per year")}.get(code, code)


def price_unit(code: str) -> str:
    return _("yuan per %(unit)s") % {"unit": unit(code)}
