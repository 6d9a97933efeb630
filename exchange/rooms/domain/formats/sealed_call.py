"""Single-round sealed call 单轮密封竞价: orders that nobody sees, then one price (Guangdong 2017, EU, UK)."""

from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain import ladder
from exchange.rooms.domain.commands import PlaceBid, WithdrawBid
from exchange.rooms.domain.formats.play import Play
from exchange.rooms.domain.formats.selling import clear_at_the_hammer
from exchange.rooms.domain.model import Offer, RoomState


class Irrevocable(Refusal):
    """Guangdong: an order once given stands."""

    code = "ROOM_IRREVOCABLE"
    message = gettext_noop("Orders in this room bind at once; they cannot be changed or withdrawn.")


class OrdersUsed(Refusal):
    code = "ROOM_ORDERS_USED"
    message = gettext_noop("You already have %(limit)s orders in this room, which is all you may have.")


class NoSuchOrder(Refusal):
    code = "ROOM_NO_SUCH_ORDER"
    message = gettext_noop(
        "You have no standing order %(bid_id)s in this room. Load the page again to see your orders."
    )


def check(state: RoomState, bid: PlaceBid, price: Decimal, quantity: Decimal) -> Decimal:
    """Refuses what is below the reserve or off the steps. A slip of the finger is told from the reserve price."""
    rules = state.setup.rules
    ladder.check_beats(rules, price, least=rules.start_price, started=False)
    ladder.check_on_the_ladder(rules, price, base=rules.start_price)
    return rules.start_price


def replaced(state: RoomState, bid: PlaceBid) -> tuple[Offer, ...]:
    """The own order that this one takes the place of: the one it names, or the only one a bidder may have.

    Refuses `Irrevocable`, `NoSuchOrder` and `OrdersUsed`.
    """
    rules = state.setup.rules
    offers = state.book.standing(bid.alias).offers
    if bid.replaces:
        if not rules.amendable:
            raise Irrevocable()
        return (own_order(state, bid.alias, bid.replaces),)
    if rules.orders_limit is None or len(offers) < rules.orders_limit:
        return ()
    if rules.amendable and rules.orders_limit == 1:
        return offers
    raise OrdersUsed(limit=rules.orders_limit)


def own_order(state: RoomState, alias: str, bid_id: str) -> Offer:
    """The standing order `bid_id` of a bidder. Refuses `NoSuchOrder`."""
    for offer in state.book.standing(alias).offers:
        if offer.bid_id == bid_id:
            return offer
    raise NoSuchOrder(bid_id=bid_id)


def check_withdrawal(state: RoomState, withdrawal: WithdrawBid) -> None:
    """Refuses `Irrevocable` and `NoSuchOrder`."""
    if not (state.setup.rules.sealed and state.setup.rules.amendable):
        raise Irrevocable()
    own_order(state, withdrawal.alias, withdrawal.bid_id)


def least_price(state: RoomState, alias: str) -> Decimal:
    """The reserve price."""
    return state.setup.rules.start_price


PLAY = Play(
    check=check,
    least_price=least_price,
    replaced=replaced,
    settle=clear_at_the_hammer,
)
