"""The order that an award method gives which compares more than prices, from what a committee found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bidding.awards.domain.found import FACT_TEXTS, Fact, Found, facts_asked, reckon
from bidding.opening.models import HallBid
from bidding.scoring.domain.rounding import fen
from bidding.scoring.texts import sentence
from bidding.tenders.queries import SectionTerms
from commons.domain.money import as_text
from commons.people import queries as people


class Line(Protocol):
    """A line of a report, entered or stored."""

    @property
    def organisation_id(self) -> int: ...
    @property
    def rank(self) -> int: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def found(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One bid: what was found, in words, what it is compared by, and its rank by the method alone."""

    organisation_id: int
    organisation: str
    facts: tuple[tuple[str, str], ...]
    """Message id of the fact, and what was entered."""
    comparable: Decimal
    rank: int
    reported: int
    """The rank in the committee's report."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    lines: tuple[Reckoned, ...]
    steps: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the committee ranks otherwise than the method alone."""
        return any(line.rank != line.reported for line in self.lines)


def reckoning_of(terms: SectionTerms, lines: Iterable[Line]) -> Reckoning | None:
    """The ranked lines by the method of the notice; None where prices alone decide, or nothing is ranked.

    Refuses (`Malformed`) what is missing or cannot be read.
    """
    asked = facts_asked(terms.price.formula)
    ranked = {line.organisation_id: line for line in lines if line.rank}
    if not asked or not ranked:
        return None
    names = {key: one.name for key, one in people.organisations(ranked).items()}
    said = {row.organisation_id: row.content for row in HallBid.objects.filter(hall__section_id=terms.section_id)}
    parameters = {**terms.price.parameters}
    if terms.highest_ceiling is not None:
        parameters["ceiling"] = as_text(terms.highest_ceiling)
    bids = [
        Found(names[key], line.price, line.found, _declared(said, key, "sme"), _declared(said, key, "domestic"))
        for key, line in ranked.items()
    ]
    sheet = reckon(terms.price.formula, parameters, bids)
    numbers = {name: key for key, name in names.items()}
    compared = {one.bidder: fen(one.comparable) for one in sheet.scores}
    found = [
        Reckoned(
            numbers[place.bidder],
            place.bidder,
            tuple((FACT_TEXTS[fact], ranked[numbers[place.bidder]].found.get(fact.value, "")) for fact in asked),
            compared[place.bidder],
            place.rank,
            ranked[numbers[place.bidder]].rank,
        )
        for place in sheet.order
    ]
    return Reckoning(tuple(found), tuple(sentence(step) for step in sheet.steps))


def facts_for(terms: SectionTerms) -> list[tuple[Fact, str]]:
    """What a report asks for each bid beside its price, with the message id of its label."""
    return [(fact, FACT_TEXTS[fact]) for fact in facts_asked(terms.price.formula)]


def _declared(said: Mapping[int, Mapping[str, object]], organisation_id: int, name: str) -> bool:
    return said.get(organisation_id, {}).get(name) is True
