"""The rules of a room in the words of those who take part in it."""

from decimal import Decimal

from django.utils.translation import gettext as _

from commons.domain.money import normal_text
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import PriceRule, RoomRules
from exchange.rooms.subjects import Subject
from exchange.rooms.views.showing import grouped

FORMATS = {
    Format.ENGLISH: lambda: _("Ascending, with extension"),
    Format.LIMITED_QUOTES: lambda: _("Limited number of quotes, the last one counts"),
    Format.SEALED_CALL: lambda: _("One sealed call"),
    Format.DESCENDING: lambda: _("Descending, with extension"),
}


PRICES = {
    PriceRule.UNIFORM: lambda: _("All winners pay one price"),
    PriceRule.PAY_AS_BID: lambda: _("Every winner pays its own price"),
    PriceRule.LOWEST_BID: lambda: _("All winners pay the lowest valid bid"),
    PriceRule.TOP_SHARE: lambda: _("Every winner pays its own price"),
}


def facts_of(rules: RoomRules, subject: Subject) -> list[dict[str, str]]:
    """The rules of a room as its participants need them."""
    lines: list[tuple[str, str]] = [
        (_("Format"), FORMATS[rules.format]()),
        (_("Start price"), f"{rules.start_price:,.2f} {subject.price_unit}".strip()),
    ]
    if subject.quantity_unit or rules.divisible:
        lines.insert(1, (_("On offer"), f"{grouped(normal_text(rules.supply))} {subject.quantity_unit}".strip()))
    if rules.step:
        multiples = " · " + _("whole steps from the start price") if rules.step_multiples else ""
        label = _("Step down") if rules.descending else _("Step")
        lines.append((label, f"¥{rules.step:,.2f}{multiples}"))
    if rules.step and rules.max_steps is not None:
        lines.append((_("At most at once"), _("%(count)s steps") % {"count": rules.max_steps}))
    lines += _times(rules)
    if rules.quotes_limit is not None:
        lines.append((_("Quotes"), _("At most %(count)s each") % {"count": rules.quotes_limit}))
    if rules.top_share is not None:
        lines.append((_("Winners"), _("The best %(share)s of those who quoted") % {"share": percent(rules.top_share)}))
    if rules.divisible or rules.sealed:
        lines.append((_("Price"), PRICES[rules.price]()))
    if rules.cap_share is not None:
        lines.append((_("Largest share of one bidder"), percent(rules.cap_share)))
    if subject.notice:
        lines.append((_("Notice"), subject.notice))
    return [{"label": label, "value": value} for label, value in lines]


def _times(rules: RoomRules) -> list[tuple[str, str]]:
    if not rules.free_ms:
        lines = [(_("Time for bidding"), duration(rules.session_ms))]
    else:
        lines = [
            (_("Free bidding"), duration(rules.free_ms)),
            (_("Waiting"), duration(rules.waiting_ms)),
            (_("Timed bidding"), duration(rules.timed_ms)),
        ]
    if rules.extension_ms:
        lines.append((_("Extension"), _("Every bid leaves at least %(time)s") % {"time": duration(rules.extension_ms)}))
    return lines


def duration(milliseconds: int) -> str:
    """A length of time in words."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    parts = []
    if minutes:
        parts.append(_("%(count)s min") % {"count": minutes})
    if seconds or not minutes:
        parts.append(_("%(count)s s") % {"count": seconds})
    return " ".join(parts)


def percent(share: Decimal) -> str:
    return f"{normal_text(share * 100)} %"
