"""Why each offer of an ended room won, or did not: the clearing at its hammer, told in the reader's language."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from commons.domain.money import normal_text
from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.model import RefusalCode
from exchange.rooms.domain.events import FailReason, RoomAward
from exchange.rooms.domain.formats.selling import call_of, clearing_rule
from exchange.rooms.domain.model import Offer, RoomState
from exchange.rooms.domain.phases import Phase
from exchange.rooms.domain.rules import PriceRule, TieRule
from exchange.rooms.views.rulesheet import percent
from exchange.rooms.views.showing import grouped

MOST = 200
"""Sentences; the signed log holds all of it."""

_FAILED: dict[FailReason, Callable[[], str]] = {
    FailReason.NO_BIDS: lambda: _("Nobody bid."),
    FailReason.SINGLE_BIDDER: lambda: _("One bidder bid, and the rules ask for two."),
    FailReason.NOT_CLEARED: lambda: _("No bid could be served under the rules of the room."),
}
_WHY: dict[RefusalCode, Callable[[], str]] = {
    RefusalCode.SUPPLY_USED_UP: lambda: _("better bids took all that was offered"),
    RefusalCode.BELOW_ITS_MINIMUM: lambda: _("what was left is less than it takes at least"),
    RefusalCode.BEYOND_TOP_SHARE: lambda: _("its bidder is not among the winning share"),
    RefusalCode.CUT_BY_CAP: lambda: _("its bidder, with those related to it, may win no more"),
    RefusalCode.CANCELLED: lambda: _("the sale is cancelled"),
    RefusalCode.BELOW_RESERVE: lambda: _("it lies below the reserve price"),
}


def reasons_of(state: RoomState) -> list[str]:
    """One sentence for the rule, one for each offer that stood; nothing before the hammer, or of a voided room."""
    outcome = state.outcome
    if outcome is None or state.phase is Phase.VOIDED:
        return []
    if outcome.failed is not None:
        return [_FAILED[outcome.failed]()]
    awards = {award.bid_id: award for award in outcome.awards}
    refused = {} if state.rules.descending else _refused(state)
    told = [_of_offer(offer, awards.get(offer.bid_id), refused.get(offer.bid_id)) for offer in state.book.ranking]
    return [*_rule(state), *told][:MOST]


def _refused(state: RoomState) -> dict[str, RefusalCode]:
    return {entry.order.id: entry.code for entry in clear(call_of(state)).refused}


def _rule(state: RoomState) -> list[str]:
    rules, rule = state.rules, None if state.rules.descending else clearing_rule(state.rules)
    words = [_("The best price comes first; at equal prices the bid that came earlier.")]
    if rules.descending:
        words = [_("The lowest price comes first; at equal prices the bid that came earlier.")]
    elif rules.tie is TieRule.RANDOM:
        words = [_("The best price comes first; equal prices are put in order by a draw.")]
    elif rules.tie is TieRule.PRO_RATA:
        words = [_("The best price comes first; equal prices share what is left in proportion.")]
    if rule is not None and rule.price is PriceRule.TOP_SHARE and rule.top_share is not None:
        words.append(
            _("The best %(share)s of those who quoted win, rounded half up.") % {"share": percent(rule.top_share)}
        )
    price = state.outcome.price if state.outcome else None
    if rule is not None and rule.price in (PriceRule.UNIFORM, PriceRule.LOWEST_BID) and price is not None:
        words.append(
            _("All winners pay ¥%(price)s, the price of the last bid that was served.") % {"price": _money(price)}
        )
    return words


def _of_offer(offer: Offer, award: RoomAward | None, code: RefusalCode | None) -> str:
    said = {"alias": offer.alias, "price": _money(offer.price), "asked": grouped(normal_text(offer.quantity))}
    if award is None:
        why = _WHY.get(code or RefusalCode.SUPPLY_USED_UP, _WHY[RefusalCode.SUPPLY_USED_UP])()
        return _("%(alias)s, ¥%(price)s for %(asked)s, gets nothing: %(why)s.") % {**said, "why": why}
    said |= {"won": grouped(normal_text(award.quantity)), "pays": _money(award.price), "amount": _money(award.amount)}
    return _("%(alias)s, ¥%(price)s for %(asked)s, wins %(won)s at ¥%(pays)s: ¥%(amount)s.") % said


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
