"""The trade method 交易方式, decided by how many buyers qualified (Foshan 2018)."""

from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class Method(StrEnum):
    ROOM = "ROOM"
    NEGOTIATION = "NEGOTIATION"


METHOD_LABELS = {
    Method.ROOM: gettext_noop("Online bidding"),
    Method.NEGOTIATION: gettext_noop("Negotiated deal"),
}


class PriceBelowStart(Refusal):
    code = "NEGOTIATION_BELOW_START_PRICE"
    message = gettext_noop("A negotiated deal is made at the start price of %(start_price)s yuan or above.")


class NothingToAccept(Refusal):
    code = "NO_OFFER_STANDS"
    message = gettext_noop("There is no offer of the other side to answer. Make one yourself.")


class NotYourOffer(Refusal):
    code = "OWN_OFFER"
    message = gettext_noop("You made this offer yourself; the other side must answer it.")


def method_for(qualified: int, *, minimum: int) -> Method | None:
    """`minimum` or more buyers bid against each other, fewer negotiate with the seller, none fails the lot."""
    if qualified == 0:
        return None
    return Method.ROOM if qualified >= minimum else Method.NEGOTIATION
