"""Reading the amounts of a bid: from the bidder's own spelling to exact numbers that the rules allow."""

import re
from decimal import Decimal
from functools import lru_cache

from commons.domain.money import normal_text, parse_decimal
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.commands import PlaceBid
from exchange.rooms.domain.events import Participant
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.rules import RoomRules


class NotQualified(Refusal):
    code = "ROOM_NOT_QUALIFIED"
    message = gettext_noop("You are not among the qualified bidders of this room. Ask the trading centre why.")
    status = 403


class BidderIsSuspended(Refusal):
    """A bid without a deposit behind it would bind nobody."""

    code = "ROOM_BIDDER_SUSPENDED"
    message = gettext_noop(
        "You may not bid for now: your bank took your deposit back. Pay it again; once it is booked you may bid on."
    )
    status = 403


class QuotersOnly(Refusal):
    """Suzhou Industrial Park: only those who quoted in the free phase enter the timed one."""

    code = "ROOM_QUOTERS_ONLY"
    message = gettext_noop("Only those who quoted in the free phase may bid now.")


class WholeLotOnly(Refusal):
    code = "ROOM_WHOLE_LOT_ONLY"
    message = gettext_noop("This lot is sold as a whole: %(supply)s. Leave the quantity empty.")


class QuantityMissing(Refusal):
    code = "ROOM_QUANTITY_MISSING"
    message = gettext_noop("Say how much you want, at most %(most)s.")


class AboveNeed(Refusal):
    code = "ROOM_ABOVE_NEED"
    message = gettext_noop("You are qualified for at most %(most)s; bid for that or less.")


class NotWholeLots(Refusal):
    code = "ROOM_NOT_WHOLE_LOTS"
    message = gettext_noop("The quantity must be a multiple of %(lot_size)s; %(lower)s or %(upper)s would do.")


class BelowOrderMinimum(Refusal):
    code = "ROOM_BELOW_ORDER_MINIMUM"
    message = gettext_noop("An order is for at least %(least)s.")


class TakesAnyPart(Refusal):
    code = "ROOM_TAKES_ANY_PART"
    message = gettext_noop(
        "Under the rules of this room the last bidder takes what is left; name no smallest quantity."
    )


class SmallestAboveQuantity(Refusal):
    code = "ROOM_SMALLEST_ABOVE_QUANTITY"
    message = gettext_noop("The smallest quantity that you take cannot be more than the %(quantity)s that you bid for.")


def participant_of(state: RoomState, alias: str) -> Participant:
    """The qualified bidder behind `alias`. Refuses `NotQualified` and `QuotersOnly`."""
    participant = state.setup.participants.get(alias)
    if participant is None:
        raise NotQualified()
    if state.entrants is not None and alias not in state.entrants:
        raise QuotersOnly()
    return participant


def price_of(rules: RoomRules, bid: PlaceBid) -> Decimal:
    """The price of a bid, with the places of the room. Refuses `Malformed`."""
    price = _amount(bid.price, "price", rules.price_places)
    return price.quantize(_unit(rules.price_places))


def quantity_of(rules: RoomRules, participant: Participant, bid: PlaceBid) -> Decimal:
    """How much a bid is for. Refuses `Malformed` and quantities that the rules or the qualified need do not allow."""
    if not rules.divisible:
        return _whole_lot(rules, bid)
    need = participant.maximum_quantity
    most = rules.supply if need is None else min(need, rules.supply)
    if bid.quantity is None:
        raise QuantityMissing(most=normal_text(most))
    quantity = _amount(bid.quantity, "quantity", 3)
    if quantity > most:
        raise AboveNeed(most=normal_text(most))
    if quantity < rules.order_minimum:
        raise BelowOrderMinimum(least=normal_text(rules.order_minimum))
    excess = quantity % rules.lot_size
    if excess:
        lower, upper = quantity - excess, quantity - excess + rules.lot_size
        raise NotWholeLots(lot_size=normal_text(rules.lot_size), lower=normal_text(lower), upper=normal_text(upper))
    return quantity


def minimum_of(rules: RoomRules, bid: PlaceBid, quantity: Decimal) -> Decimal:
    """The smallest quantity that the bidder takes; 0: any part. Refuses `Malformed`, `TakesAnyPart` and nonsense."""
    if bid.minimum is None:
        return Decimal(0)
    minimum = parse_decimal(bid.minimum, field="minimum", places=3)
    if minimum and not rules.may_decline_remainder:
        raise TakesAnyPart()
    if minimum > quantity:
        raise SmallestAboveQuantity(quantity=normal_text(quantity))
    return minimum


def _whole_lot(rules: RoomRules, bid: PlaceBid) -> Decimal:
    if bid.quantity is not None and parse_decimal(bid.quantity, field="quantity", places=3) != rules.supply:
        raise WholeLotOnly(supply=normal_text(rules.supply))
    return rules.supply


def _amount(text: str, field: str, places: int) -> Decimal:
    """A positive amount. What looks usual is read at once; the rest goes the long way, which knows the refusals."""
    if _usual(places).match(text):
        return Decimal(text)
    return parse_decimal(text, field=field, places=places, allow_zero=False)


@lru_cache(maxsize=8)
def _usual(places: int) -> re.Pattern[str]:
    """Plain amounts from 1 to below a trillion."""
    return re.compile(rf"[1-9][0-9]{{0,11}}(?:\.[0-9]{{1,{places}}})?\Z" if places else r"[1-9][0-9]{0,11}\Z", re.ASCII)


@lru_cache(maxsize=8)
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)
