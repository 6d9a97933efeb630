"""Reading out, what is noticed, and the bidders' answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from bidding.bids.domain.package import BidPackage, parse
from bidding.bids.services import open_bonds
from bidding.opening import policies
from bidding.opening.domain.analysis import Analysis, Control, Offer, analyse
from bidding.opening.domain.refusals import NotYours, PriceAnswered
from bidding.opening.domain.states import HallCommand, HallState, Happening
from bidding.opening.models import Hall, HallBid
from bidding.opening.services.common import (
    KEEPER,
    locked_hall,
    minutes_of,
    move,
    note,
    own_bid,
    require_command,
    terms_of,
)
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services as tender_services
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow, Refusal
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from signatures.envelopes.domain.states import EnvelopeState


@transaction.atomic
def read_out(*, actor: Actor, hall_id: int, at: datetime) -> None:
    """Read out every opened bid at once: prices, remarks. Refuses `NotPermitted`, `NotAllowedNow`.

    招标投标法 第36条: names, prices and the other main content are read out; nothing was shown before.
    """
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    policies.can_conduct(actor, terms).require()
    require_command(hall, HallCommand.READ_OUT)
    reserve = tender_services.tell_reserve(section_id=hall.section_id, at=at)
    bids = list(HallBid.objects.filter(hall=hall, progress=EnvelopeState.OPENED.value))
    found = people.organisations(bid.organisation_id for bid in bids)
    names = {bid.pk: found[bid.organisation_id].name for bid in bids}
    analysis = _analyse(bids, names, terms, reserve)
    for bid, read in zip(bids, analysis.read, strict=True):
        bid.price, bid.needs_confirmation = read.price, read.needs_confirmation
        bid.save(update_fields=["price", "needs_confirmation"])
    until = at + timedelta(minutes=minutes_of(terms, "opening.confirm_minutes", at=at))
    bonds = _bonds(terms, HallBid.objects.filter(hall=hall), at)
    stored: dict[str, JSON] = {"remarks": _remarks(analysis), "competitors": str(analysis.competitors), "bonds": bonds}
    prices: list[JSON] = [
        {"number": str(bid.number), "bidder": names[bid.pk], "price": as_text(bid.price) if bid.price else ""}
        for bid in bids
    ]
    facts: dict[str, JSON] = {"prices": prices, "remarks": stored["remarks"], "confirm_until": to_text(until)}
    if reserve is not None:
        facts["reserve"] = as_text(reserve)
    move(hall, HallCommand.READ_OUT, actor=actor, at=at, facts=facts, read_at=at, confirm_until=until, analysis=stored)


@transaction.atomic
def confirm_price(*, actor: Actor, hall_id: int, agrees: bool, words: str = "", at: datetime) -> None:
    """The bidder says whether what was read out is what it bid; a correction counts only when agreed (87号令 第59条).

    Refuses `NotPermitted`, `NotYours`, `NotAllowedNow`, `PriceAnswered`.
    """
    policies.can_act_as_bidder(actor).require()
    hall = locked_hall(hall_id)
    bid = own_bid(hall, actor)
    if bid is None or bid.progress != EnvelopeState.OPENED:
        raise NotYours()
    if hall.state != HallState.CONFIRMING:
        raise NotAllowedNow(command="CONFIRM_PRICE", state=hall.state)
    if bid.confirmed is not None:
        raise PriceAnswered()
    bid.confirmed, bid.confirmed_at, bid.dispute = agrees, at, "" if agrees else words
    bid.save(update_fields=["confirmed", "confirmed_at", "dispute"])
    name = people.organisations([bid.organisation_id])[bid.organisation_id].name
    facts: dict[str, JSON] = {"number": str(bid.number), "bidder": name, "words": bid.dispute}
    note(hall, Happening.PRICE_CONFIRMED if agrees else Happening.PRICE_DISPUTED, actor=actor, at=at, facts=facts)


def package_of(bid: HallBid) -> BidPackage | None:
    """The bid as data; None where it cannot be read."""
    try:
        return parse(bid.content)
    except Refusal:
        return None


def _analyse(bids: Sequence[HallBid], names: dict[int, str], terms: SectionTerms, reserve: Decimal | None) -> Analysis:
    controls = {one.organisation_id: one for one in people.control_of(bid.organisation_id for bid in bids)}
    offers = [_offer(package_of(bid), names[bid.pk], controls.get(bid.organisation_id), terms) for bid in bids]
    return analyse(
        offers,
        ceiling=terms.ceiling,
        minimum=terms.minimum_bidders,
        start_price=terms.right.start_price if terms.right else None,
        reserve=reserve,
        brands_count_once=terms.profile.has(Switch.SAME_BRAND_ONCE),
    )


def _offer(package: BidPackage | None, name: str, known: people.ControlView | None, terms: SectionTerms) -> Offer:
    control = Control(known.uscc, known.legal_representative, known.controller_uscc) if known else None
    if package is None:
        return Offer(name, None, control=control)
    members = tuple(member.uscc for member in package.members if member.uscc != package.bidder)
    ceiling = terms.ceiling_of(package.alternative)
    return Offer(name, package.quoted(), package.rate, package.brands, control, members, package.alternative, ceiling)


def _remarks(analysis: Analysis) -> list[JSON]:
    return [
        {
            "code": remark.code.value,
            "article": remark.article,
            "bidders": list(remark.bidders),
            "text": remark.step.text,
            "fields": dict(remark.step.fields),
        }
        for remark in analysis.remarks
    ]


def _bonds(terms: SectionTerms, bids: Iterable[HallBid], at: datetime) -> dict[str, JSON]:
    """Bonds are opened with the bids, also those of bids that failed to open: guarantee and whether it covers."""
    numbers = {bid.organisation_id: str(bid.number) for bid in bids}
    opened = open_bonds(actor=KEEPER, terms=terms, organisation_ids=numbers, at=at)
    return {numbers[key]: {"guarantee": ref, "covers": covers} for key, (ref, covers) in opened.items()}


def opened_bids(hall: Hall) -> list[HallBid]:
    return list(HallBid.objects.filter(hall=hall, progress=EnvelopeState.OPENED.value))
