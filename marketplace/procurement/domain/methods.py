"""The ways to select an agency 选取方式, what each asks of a sign-up, and how many sign-ups it needs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commons.domain.text import gettext_noop


class FundSource(StrEnum):
    FISCAL = "FISCAL"
    """财政性资金."""
    STATE = "STATE"
    """Other state-owned money 国有资金."""
    SOCIAL = "SOCIAL"
    """社会资金."""


STATE_FUNDS = frozenset({FundSource.FISCAL, FundSource.STATE})


class Method(StrEnum):
    LOTTERY = "LOTTERY"
    """随机抽取: a fixed price; one of those who signed up."""
    LOWEST_PRICE = "LOWEST_PRICE"
    """竞价选取（最低价）: sealed quotes, the lowest wins."""
    LIVE_BIDDING = "LIVE_BIDDING"
    """现场竞价: the price falls in a live room."""
    BEST_PRICE = "BEST_PRICE"
    """竞价选取（最优价）: trimmed mean times a drawn factor; the nearest wins."""
    AVERAGE_PRICE = "AVERAGE_PRICE"
    """均价选取: the nearest to the mean wins."""
    CREDIT_MERIT = "CREDIT_MERIT"
    """信用择优: big list by credit, small list by lot, the owner picks."""
    PROPOSAL_MERIT = "PROPOSAL_MERIT"
    """方案择优: quote and proposal, compared by the owner."""
    DIRECT = "DIRECT"
    """直接选取: the owner names one, with reasons."""


class QuoteKind(StrEnum):
    AMOUNT = "AMOUNT"
    """Yuan."""
    DISCOUNT_RATE = "DISCOUNT_RATE"
    """下浮率, percent off the ceiling: the higher, the cheaper."""


QUOTED = frozenset({Method.LOWEST_PRICE, Method.BEST_PRICE, Method.AVERAGE_PRICE, Method.PROPOSAL_MERIT})
"""With a quote at sign-up, sealed until the selection."""
PROPOSED = frozenset({Method.PROPOSAL_MERIT})
"""With a proposal at sign-up, sealed until the selection."""
FIXED_PRICE = frozenset({Method.LOTTERY, Method.CREDIT_MERIT})
"""At the ceiling, which is the price."""
MERIT = frozenset({Method.CREDIT_MERIT, Method.PROPOSAL_MERIT})
WITHOUT_SIGN_UP = frozenset({Method.DIRECT})

LABELS = {
    Method.LOTTERY: gettext_noop("Random draw"),
    Method.LOWEST_PRICE: gettext_noop("Lowest price, sealed quotes"),
    Method.LIVE_BIDDING: gettext_noop("Live reverse bidding"),
    Method.BEST_PRICE: gettext_noop("Best price"),
    Method.AVERAGE_PRICE: gettext_noop("Average price"),
    Method.CREDIT_MERIT: gettext_noop("Merit by credit"),
    Method.PROPOSAL_MERIT: gettext_noop("Merit by proposal"),
    Method.DIRECT: gettext_noop("Direct selection"),
}
EXPLANATIONS = {
    Method.LOTTERY: gettext_noop(
        "The price is fixed. One of the agencies that signed up is drawn; anybody can compute the draw again."
    ),
    Method.LOWEST_PRICE: gettext_noop(
        "Each agency seals one quote. All are opened together; the lowest wins, a tie is drawn by lot."
    ),
    Method.LIVE_BIDDING: gettext_noop(
        "The agencies bid against each other in a live room; the price only falls, and the last bid wins."
    ),
    Method.BEST_PRICE: gettext_noop(
        "Each agency seals one quote. Without the highest and the lowest the mean is taken and multiplied by a factor "
        "that is drawn; the nearest quote wins."
    ),
    Method.AVERAGE_PRICE: gettext_noop("Each agency seals one quote; the one nearest to the mean of all wins."),
    Method.CREDIT_MERIT: gettext_noop(
        "The best by credit come on a long list, some of them by lot on a short list, of which the owner picks one."
    ),
    Method.PROPOSAL_MERIT: gettext_noop(
        "Each agency seals a quote and a proposal; the owner or a panel that it names scores them by the published "
        "criteria."
    ),
    Method.DIRECT: gettext_noop("The owner names one agency and publishes why. The ceiling of the rule holds."),
}


@dataclass(frozen=True, slots=True)
class Minimum:
    """How many sign-ups a round needs, and the rule parameter that says so."""

    number: int
    parameter: str


def minimum_sign_ups(method: Method, fund: FundSource, numbers: Mapping[str, int]) -> Minimum:
    """The least number of sign-ups of a round, by the numbers in force at publication.

    海州区网上中介服务超市选取规则: fewer than three with state funds fail, one bidder wins with social funds; average
    price always needs three. 广东省网上中介服务超市选取规则: merit selection needs two.
    """
    if method in WITHOUT_SIGN_UP:
        return Minimum(0, "")
    if method in MERIT:
        key = "supermarket.minimum_merit_sign_ups"
    elif fund in STATE_FUNDS or method is Method.AVERAGE_PRICE:
        key = "supermarket.minimum_sign_ups"
    else:
        key = "supermarket.minimum_social_sign_ups"
    return Minimum(numbers[key], key)


def may_change_method(failed_rounds: int, numbers: Mapping[str, int]) -> bool:
    """Whether the next round may use another method: after as many failed rounds as the parameter says."""
    return failed_rounds >= numbers["supermarket.failed_rounds_for_method_change"]
