"""Who remains in the rounds, what they offered once a round is over, and the ranking of the final offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bidding.awards.domain.rounds import RoundKind, RoundStage, stage_of
from bidding.awards.models import OfferRound, RoundExclusion, RoundOffer, SectionRoom
from bidding.opening.models import Hall, HallBid
from bidding.profiles.domain.vocabulary import Switch
from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import parameters_of
from bidding.scoring.domain.model import BEYOND_PRICE, Bid, Formula, Question
from bidding.scoring.texts import sentence
from bidding.tenders.queries import SectionTerms
from bidding.tenders.services.common import takers
from commons.domain.money import as_text
from commons.people import queries as people
from commons.secrecy.fields import Party
from signatures.envelopes.domain.states import EnvelopeState


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer for its reader."""

    organisation_id: int
    organisation: str
    price: Decimal | None
    words: str
    handed_in_at: str
    fault: str = ""
    """A name of `OfferFault`: it does not count."""
    cause: str = ""
    """Why its envelope was not opened."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A final offer with its place; a score where the formula gives one."""

    organisation_id: int
    organisation: str
    price: Decimal
    rank: int
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The final offers in order, with the steps in words, so that everybody can compute them again."""

    lines: tuple[Ranked, ...]
    steps: tuple[str, ...]


def has_rounds(terms: SectionTerms) -> bool:
    return terms.profile.has(Switch.ROUNDS)


def remaining(terms: SectionTerms) -> list[int]:
    """The suppliers whose first offers were opened and who were not excluded."""
    hall = Hall.objects.filter(section_id=terms.section_id).first()
    bids = HallBid.objects.filter(hall=hall, progress=EnvelopeState.OPENED.value)
    found = list(bids.values_list("organisation_id", flat=True)) if hall else takers(terms.tender_id)
    out = set(RoundExclusion.objects.filter(section_id=terms.section_id).values_list("organisation_id", flat=True))
    return sorted(set(found) - out)


def rounds_of(section_id: int) -> list[OfferRound]:
    return list(OfferRound.objects.filter(section_id=section_id).order_by("number"))


def stage(row: OfferRound, at: datetime) -> RoundStage:
    """Whether a round takes offers, is being opened, or is over."""
    sealed, held = row.intake_id is not None, row.held_at is not None
    return stage_of(closes_at=row.closes_at, sealed=sealed, revealed_at=row.revealed_at, at=at, held=held)


def own_offer(round_id: int, organisation_id: int) -> Mapping[str, str] | None:
    """What the organisation itself handed in; of a sealed one nothing is known here before it is opened."""
    row = RoundOffer.objects.filter(party=Party(round_id, organisation_id)).first()
    return row.facts if row else None


def offers_of(row: OfferRound, terms: SectionTerms, *, at: datetime) -> list[OfferView]:
    """The offers of a round, once it is over; nothing before, for nobody."""
    if stage(row, at) is not RoundStage.OVER:
        return []
    names = people.organisations(remaining(terms))
    found = []
    for organisation_id, organisation in sorted(names.items()):
        facts = own_offer(row.pk, organisation_id)
        if facts is not None:
            price = Decimal(facts["price"]) if facts["price"] else None
            why = {"fault": facts.get("fault", ""), "cause": facts.get("cause", "")}
            found.append(OfferView(organisation_id, organisation.name, price, facts["words"], facts["at"], **why))
    return found


def room_of(section_id: int) -> SectionRoom | None:
    """The live room of a section, and its last prices once the hammer fell."""
    return SectionRoom.objects.filter(section_id=section_id).first()


def ranked_prices(room: SectionRoom) -> list[Ranked]:
    """The last prices of a room, the lowest first; equal ones cannot be, a room takes each price once."""
    prices = {int(key): Decimal(price) for key, price in room.prices.items()}
    names = people.organisations(prices)
    ordered = sorted(prices, key=lambda number: prices[number])
    return [Ranked(number, names[number].name, prices[number], rank, None) for rank, number in enumerate(ordered, 1)]


def ranking(terms: SectionTerms, *, at: datetime) -> Ranking | None:
    """The final offers ranked by the formula of the notice, the same as `score` says; None before they are opened.

    None too where the formula compares more than prices: then the committee ranks.
    """
    final = OfferRound.objects.filter(section_id=terms.section_id, kind=RoundKind.FINAL.value).first()
    if final is None or stage(final, at) is not RoundStage.OVER:
        return None
    found = offers_of(final, terms, at=at)
    offers = {one.organisation: one for one in found if one.price is not None and not one.fault}
    if terms.price.formula not in list(Formula):
        return _by_price(list(offers.values()))
    if Formula(terms.price.formula) in BEYOND_PRICE:
        return None
    firsts = {row.organisation_id: row.content for row in HallBid.objects.filter(hall__section_id=terms.section_id)}
    bids = tuple(_bid(one, firsts.get(one.organisation_id, {})) for one in offers.values())
    given = {key: value for key, value in terms.price.parameters.items() if key != "deltas"}
    if terms.highest_ceiling is not None:
        given["ceiling"] = as_text(terms.highest_ceiling)
    sheet = score(Question(Formula(terms.price.formula), parameters_of(given), bids))
    points = {one.bidder: one.points for one in sheet.scores}
    lines = []
    for place in sheet.order:
        one = offers[place.bidder]
        assert one.price is not None, "taken above"
        lines.append(Ranked(one.organisation_id, one.organisation, one.price, place.rank, points.get(place.bidder)))
    return Ranking(tuple(lines), tuple(sentence(step) for step in sheet.steps))


def _bid(one: OfferView, first: Mapping[str, Any]) -> Bid:
    """What was declared in the first offer, small firm or domestic product, holds for the last one too."""
    small, domestic = first.get("sme") is True, first.get("domestic") is True
    return Bid(bidder=one.organisation, price=one.price, sme=small, domestic=domestic)


def final_prices(section_id: int) -> dict[int, Decimal] | None:
    """The last price of each, of the live room or the final round; None where neither was held here."""
    room = SectionRoom.objects.filter(section_id=section_id).first()
    if room is not None:
        return {int(key): Decimal(price) for key, price in room.prices.items()}
    final = OfferRound.objects.filter(section_id=section_id, kind=RoundKind.FINAL.value).first()
    if final is None:
        return None
    rows = (row for row in RoundOffer.objects.iterator() if row.party.place == final.pk)
    counted = (row for row in rows if row.facts["price"] and not row.facts.get("fault"))
    return {row.organisation_id: Decimal(row.facts["price"]) for row in counted}


def _by_price(offers: list[OfferView]) -> Ranking:
    ordered = sorted((one for one in offers if one.price is not None), key=lambda one: one.price or Decimal(0))
    lines = tuple(
        Ranked(one.organisation_id, one.organisation, one.price or Decimal(0), rank, None)
        for rank, one in enumerate(ordered, 1)
    )
    return Ranking(lines, ())
