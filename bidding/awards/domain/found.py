"""What a committee finds beside the price, where the award method compares more than prices: entered with its report.

Costs of the life, converted amounts, quality, savings of energy. With them the method gives its order, every step in
words, the same as the command `score`. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import parameters_of
from bidding.scoring.domain.model import Bid, Energy, Formula, Question, Sheet
from commons.domain.money import normal_text, parse_decimal
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop

LONGEST = 40
"""Years of savings at most."""


class Fact(StrEnum):
    """What is entered for a bid."""

    ADDITION = "ADDITION"
    COST = "COST"
    QUALITY = "QUALITY"
    SAVINGS = "SAVINGS"
    SHARE = "SHARE"
    YEARS = "YEARS"


FACTS: Mapping[Formula, tuple[Fact, ...]] = {
    Formula.REVIEWED_LOWEST: (Fact.ADDITION,),
    Formula.LIFE_CYCLE_COST: (Fact.COST,),
    Formula.QUALITY_WEIGHTED: (Fact.QUALITY,),
    Formula.ENERGY_PERFORMANCE: (Fact.SAVINGS, Fact.SHARE, Fact.YEARS),
}
FACT_TEXTS = {
    Fact.ADDITION: gettext_noop(
        "Converted by the documents, yuan (payment, delivery, omissions; less than zero lowers)"
    ),
    Fact.COST: gettext_noop("Costs of use and disposal over its life, yuan"),
    Fact.QUALITY: gettext_noop("Weight of the quality that was found, for example 0.12"),
    Fact.SAVINGS: gettext_noop("Savings of each year, yuan, blanks between"),
    Fact.SHARE: gettext_noop("The contractor's share of the savings, for example 0.8"),
    Fact.YEARS: gettext_noop("Years of the contract"),
}
QUALITY = "quality_greatest"
"""The parameter of the notice that says how much quality can weigh at most, as a fraction."""


@dataclass(frozen=True, slots=True)
class Found:
    """A ranked bid: its price in yuan, what it declared, and the facts by name, as text."""

    bidder: str
    price: Decimal
    facts: Mapping[str, str]
    sme: bool = False
    domestic: bool = False


def facts_asked(formula: str) -> tuple[Fact, ...]:
    """What is asked for each bid under this award method; nothing where prices decide."""
    return FACTS[Formula(formula)] if formula in FACTS else ()


def reckon(formula: str, parameters: Mapping[str, str], bids: Sequence[Found]) -> Sheet:
    """The order that the method of the notice gives, with every step.

    Refuses (`Malformed`) a fact that is missing or cannot be read, and a quality above the greatest of the notice.
    """
    given = {name: value for name, value in parameters.items() if name != QUALITY}
    greatest = parse_decimal(parameters[QUALITY], field=QUALITY, places=6) if QUALITY in parameters else Decimal(0)
    made = tuple(_bid(one, facts_asked(formula)) for one in bids)
    features = _features(made, greatest) if formula == Formula.QUALITY_WEIGHTED else {}
    return score(Question(Formula(formula), parameters_of({**given, "features": features}), made))


def _features(bids: Sequence[Bid], greatest: Decimal) -> dict[str, dict[str, str]]:
    reached = {bid.features["quality"] for bid in bids}
    if any(Decimal(weight) > greatest for weight in reached):
        raise Malformed(field=Fact.QUALITY.value, reason=f"at most {normal_text(greatest)}")
    return {"quality": {weight: weight for weight in {*reached, normal_text(greatest)}}}


def _bid(one: Found, asked: Sequence[Fact]) -> Bid:
    said = {fact: _said(one, fact) for fact in asked}
    additions: tuple[tuple[str, Decimal], ...] = ()
    if Fact.ADDITION in said:
        additions = (("评审折算", _amount(said, Fact.ADDITION, negative=True)),)
    return Bid(
        bidder=one.bidder,
        price=one.price,
        sme=one.sme,
        domestic=one.domestic,
        additions=additions,
        non_price_cost=_amount(said, Fact.COST) if Fact.COST in said else Decimal(0),
        features={"quality": normal_text(_amount(said, Fact.QUALITY, places=6))} if Fact.QUALITY in said else {},
        energy=_energy(said) if Fact.SAVINGS in said else None,
    )


def _energy(said: Mapping[Fact, str]) -> Energy:
    texts = said[Fact.SAVINGS].split()
    savings = tuple(parse_decimal(text, field=Fact.SAVINGS.value, places=2) for text in texts)
    share, years = _amount(said, Fact.SHARE, places=6), said[Fact.YEARS]
    if len(savings) > LONGEST:
        raise Malformed(field=Fact.SAVINGS.value, reason=f"1 to {LONGEST} years")
    if share > 1:
        raise Malformed(field=Fact.SHARE.value, reason="a share is at most 1")
    if not (years.isascii() and years.isdigit() and 0 < int(years) <= len(savings)):
        raise Malformed(field=Fact.YEARS.value, reason="a whole number of years, within those of the savings")
    return Energy(savings, share, int(years))


def _said(one: Found, fact: Fact) -> str:
    text = one.facts.get(fact.value, "").strip()
    if not text:
        raise Malformed(field=fact.value, reason=f"missing for {one.bidder}")
    return text


def _amount(said: Mapping[Fact, str], fact: Fact, *, places: int = 2, negative: bool = False) -> Decimal:
    return parse_decimal(said[fact], field=fact.value, places=places, allow_negative=negative)
