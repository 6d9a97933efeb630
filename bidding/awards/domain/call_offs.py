"""Who supplies a purchase under a framework: the chosen one, the lowest sealed quote, or the next in turn.

Pure. Which of them stands in the documents of the first stage and holds for all its years (财政部令第110号 第32–34条).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

LEAST_ASKED = 2
"""With one alone nothing competes."""


class FrameworkOver(Refusal):
    code = "FRAMEWORK_OVER"
    message = gettext_noop("The framework ended on %(ended_on)s (%(source)s). Tender anew.")


class FrameworkSpent(Refusal):
    """框架协议最高限额: what all call-offs of a supplier may cost together."""

    code = "FRAMEWORK_SPENT"
    message = gettext_noop(
        "Only %(left)s yuan of this supplier's contract are left, and this would take %(amount)s yuan."
    )


class CompetitionNeeded(Refusal):
    """财政部令第110号 第32, 33条: the documents said that the suppliers compete again."""

    code = "CALL_OFF_COMPETES"
    message = gettext_noop("Under this framework the suppliers compete for each call-off. Open a second competition.")


class OutOfTurn(Refusal):
    """财政部令第110号 第34条: nobody is taken twice before everybody was taken once."""

    code = "CALL_OFF_OUT_OF_TURN"
    message = gettext_noop("The suppliers take turns: the next one is %(supplier)s.")


class TooFewAsked(Refusal):
    code = "COMPETITION_TOO_FEW"
    message = gettext_noop("Ask at least %(least)s suppliers: state what it costs at the agreed prices of each.")
    status = 400


class LeftOutWithoutReason(Refusal):
    """财政部令第110号 第33条: all suppliers that can meet the need are asked."""

    code = "COMPETITION_LEAVES_OUT"
    message = gettext_noop("Every supplier that can meet the need is asked. Say why the others cannot.")
    status = 400


class CompetitionTooShort(Refusal):
    """财政部令第110号 第33条: the suppliers have the time that they need to answer."""

    code = "COMPETITION_TOO_SHORT"
    message = gettext_noop("The quotes must be due later than now.")
    status = 400


class NotAsked(Refusal):
    code = "COMPETITION_NOT_ASKED"
    message = gettext_noop("Only suppliers that were asked in this second competition quote in it.")
    status = 403


class MoreThanOrdered(Refusal):
    code = "CALL_OFF_MORE_THAN_ORDERED"
    message = gettext_noop("At most the %(ordered)s yuan that were ordered can be accepted. Order anew what is more.")
    status = 400


class NoQuoteLeft(Refusal):
    code = "COMPETITION_NO_QUOTE_LEFT"
    message = gettext_noop("No other quote of this competition counts. Open another second competition.")


@dataclass(frozen=True, slots=True)
class Quote:
    """What came of one supplier: its place in the first stage, its price or nothing, and whether that counts."""

    award_id: int
    place: int
    price: Decimal | None
    counts: bool


def cheapest(quotes: Iterable[Quote]) -> int | None:
    """The award of the lowest quote that counts, of equal ones the better place in the first stage, or None."""
    counted = [one for one in quotes if one.counts and one.price is not None]
    best = min(counted, key=lambda one: (one.price, one.place), default=None)
    return best.award_id if best else None


def next_in_turn(places: Mapping[int, int], taken: Sequence[int]) -> int | None:
    """Whose turn it is: of those with the fewest turns the one with the best place. `places`: award → place in the
    first stage, `taken`: the awards of all turns so far, those declined too. None where no supplier stands."""
    turns = dict.fromkeys(places, 0)
    for award_id in taken:
        if award_id in turns:
            turns[award_id] += 1
    return min(places, key=lambda award_id: (turns[award_id], places[award_id]), default=None)


def require_within(accepted: Decimal, ordered: Decimal) -> None:
    """Refuses (`MoreThanOrdered`) the acceptance of more than was ordered."""
    if accepted > ordered:
        raise MoreThanOrdered(ordered=f"{ordered:f}")


def require_left(amount: Decimal, left: Decimal) -> None:
    """Refuses (`FrameworkSpent`) what the supplier's contract no longer holds."""
    if amount > left:
        raise FrameworkSpent(left=f"{left:f}", amount=f"{amount:f}")


def require_asked(asked: int, standing: int, *, reason: str) -> None:
    """Refuses (`TooFewAsked`, `LeftOutWithoutReason`) a competition that leaves suppliers out."""
    if asked < LEAST_ASKED:
        raise TooFewAsked(least=LEAST_ASKED)
    if asked < standing and len(reason.strip()) < 5:
        raise LeftOutWithoutReason()
