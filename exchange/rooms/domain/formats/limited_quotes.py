"""Limited quotes 限次报价: one session, a few quotes each, the last one counts, the top share wins (Wuyi 2021)."""

from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain import ladder
from exchange.rooms.domain.commands import PlaceBid
from exchange.rooms.domain.formats.play import Play, keeps_one_offer
from exchange.rooms.domain.formats.selling import clear_at_the_hammer
from exchange.rooms.domain.model import RoomState


class QuotesUsed(Refusal):
    code = "ROOM_QUOTA_USED"
    message = gettext_noop("You have used all your %(limit)s quotes. Your last one, %(last_price)s, stands.")


def check(state: RoomState, bid: PlaceBid, price: Decimal, quantity: Decimal) -> Decimal:
    """Refuses `QuotesUsed`, what is below the floor, and what lies off the steps.

    A slip of the finger is told from one's own last quote, or the floor.
    """
    rules = state.setup.rules
    standing = state.book.standing(bid.alias)
    if rules.quotes_limit is not None and standing.quotes >= rules.quotes_limit:
        raise QuotesUsed(limit=rules.quotes_limit, last_price=format(standing.offers[-1].price, "f"))
    ladder.check_beats(rules, price, least=rules.start_price, started=False)
    reference = standing.offers[-1].price if standing.offers else rules.start_price
    ladder.check_on_the_ladder(rules, price, base=reference)
    return reference


def least_price(state: RoomState, alias: str) -> Decimal:
    """The floor: a quote need not beat anybody's, not even one's own."""
    return state.setup.rules.start_price


PLAY = Play(
    check=check,
    least_price=least_price,
    replaced=keeps_one_offer,
    settle=clear_at_the_hammer,
)
