"""Which procedures, formats and award methods are lawful where. Pure: the table arrives.

Each line names its article or reform basis (for example 招标投标法 第10条, 政府采购法 第26条, 39号令 第4条).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.regions import reach
from commons.domain.text import gettext_noop


class MethodUnlawful(Refusal):
    """The method has no basis in law for this sector, region and day."""

    code = "METHOD_UNLAWFUL"
    message = gettext_noop(
        "“%(method)s” may not be used here: %(article)s. Choose another method, or enter the reform basis with its "
        "number and date."
    )


class Verdict(StrEnum):
    LAWFUL = "LAWFUL"
    BARRED = "BARRED"


class Method(StrEnum):
    """Procedures, formats and award methods that the table knows."""

    ENGLISH_AUCTION = "ENGLISH_AUCTION"
    LIMITED_QUOTES = "LIMITED_QUOTES"
    SEALED_CALL = "SEALED_CALL"
    REVERSE_AUCTION = "REVERSE_AUCTION"
    DUTCH_AUCTION = "DUTCH_AUCTION"
    NEGOTIATED_DEAL = "NEGOTIATED_DEAL"
    LISTING = "LISTING"
    ORDER_BOOK = "ORDER_BOOK"
    OPEN_TENDER = "OPEN_TENDER"
    INVITED_TENDER = "INVITED_TENDER"
    AWARD_SEPARATION = "AWARD_SEPARATION"
    COMPETITIVE_NEGOTIATION = "COMPETITIVE_NEGOTIATION"
    COMPETITIVE_CONSULTATION = "COMPETITIVE_CONSULTATION"
    PRICE_INQUIRY = "PRICE_INQUIRY"
    SINGLE_SOURCE = "SINGLE_SOURCE"
    TWO_STAGE_TENDER = "TWO_STAGE_TENDER"
    LIMITED_PREQUALIFICATION = "LIMITED_PREQUALIFICATION"
    FRAMEWORK = "FRAMEWORK"
    PRICE_ROUNDS = "PRICE_ROUNDS"
    """Offers in several rounds, of which the last counts."""
    LOTTERY = "LOTTERY"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; an empty sector or region means all."""

    id: int
    method: str
    sector: str
    region: str
    valid_from: date
    verdict: Verdict
    article: str


def rule_for(rules: Iterable[Rule], *, method: str, sector: str, region: str, on: date) -> Rule | None:
    """The line that decides: nearest region, then the sector before all sectors, then the newest."""
    places = {name: index for index, name in enumerate(reversed(reach(region)))}
    fitting = [
        rule
        for rule in rules
        if rule.method == method and rule.valid_from <= on and rule.region in places and rule.sector in ("", sector)
    ]
    return max(
        fitting, default=None, key=lambda rule: (places[rule.region], bool(rule.sector), rule.valid_from, rule.id)
    )


def require_lawful(rules: Iterable[Rule], *, method: str, sector: str, region: str, on: date) -> Rule:
    """The line that allows the method. Refuses (`MethodUnlawful`) with the article that bars it, or for want of any."""
    found = rule_for(rules, method=method, sector=sector, region=region, on=on)
    if found is None:
        raise MethodUnlawful(method=method, article=gettext_noop("no article allows it"))
    if found.verdict is Verdict.BARRED:
        raise MethodUnlawful(method=method, article=found.article)
    return found
