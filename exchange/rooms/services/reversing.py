"""Reverse bidding for the procedures above: the rules of a descending room, and the last prices of its bidders."""

from decimal import Decimal

from commons.domain.money import as_text
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.queries import loading


def reverse_rules(*, ceiling: Decimal, step: Decimal, session_ms: int, extension_ms: int) -> RoomRules:
    """Descending from the ceiling by a step, in yuan, over one undivided purchase."""
    return RoomRules.from_json(
        {
            "format": "DESCENDING",
            "supply": "1",
            "lot_size": "1",
            "start_price": as_text(ceiling),
            "step": as_text(step),
            "session_ms": str(session_ms),
            "extension_ms": str(extension_ms),
        }
    )


def last_prices(room_id: int) -> dict[str, Decimal]:
    """What each bidder of an ended room bid last, by its number there."""
    loaded = loading.load(room_id)
    assert loaded is not None, "an ended room can be read"
    return {offer.alias: offer.price for offer in loaded.state.book.ranking}
