"""What a section asks of a bid, and what the composer needs to know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bidding.bids.domain.naming import recognisable
from bidding.bids.domain.requirements import BillItem, Part, Requirements
from bidding.bids.queries.library import LibraryView, library_of
from bidding.profiles.domain.vocabulary import Sector, Switch
from bidding.tenders import queries as tenders
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound
from commons.people import queries as people
from signatures.envelopes import queries as envelopes
from signatures.envelopes.queries import IntakeView, ReceiptView

PRICE_SHEET = "PRICE_SHEET"
"""Filled in here as data; it may be handed in as a file besides."""
LICENSED = frozenset({Sector.WORKS, Sector.PROPERTY_MANAGEMENT})


@dataclass(frozen=True, slots=True)
class Composing:
    """A section as its bidder prepares a bid for it."""

    terms: SectionTerms
    intake: IntakeView
    requirements: Requirements
    organisation_id: int
    bidder: str
    bidder_name: str
    names: tuple[str, ...]
    library: tuple[LibraryView, ...]
    receipts: tuple[ReceiptView, ...]
    bars: tuple[str, ...]
    """Why the organisation may not bid now; codes."""
    takes: bool

    @property
    def asks_sme(self) -> bool:
        """Whether it makes a difference here that a bidder is a small or medium enterprise."""
        counted = {"discount", "works_bonus"} & set(self.terms.price.parameters)
        return bool(counted) or self.terms.sme_reserved or self.terms.profile.has(Switch.SME_DEDUCTION)

    @property
    def asks_domestic(self) -> bool:
        """Whether domestic products are preferred here."""
        return self.terms.profile.has(Switch.DOMESTIC_PREFERENCE)

    @property
    def asks_duration(self) -> bool:
        """Whether something is done or delivered, in so many days: not where a right is granted."""
        return self.terms.right is None

    @property
    def is_handed_in(self) -> bool:
        return bool(self.receipts) and self.receipts[0].kind == "SEALED"


def requirements_of(terms: SectionTerms) -> Requirements:
    """What a machine can check of a bid for this section."""
    assert terms.bid_deadline is not None, "a published section with sealed bids has a deadline"
    parts = tuple(
        Part(part.code, part.label, part.label_zh, part.required and part.code != PRICE_SHEET, part.blind)
        for part in terms.bid_parts
    )
    lines = terms.document.bills.get(terms.number, ())
    return Requirements(
        tender=terms.envelope_tender,
        section=terms.envelope_lot,
        price_kind=terms.price_kind,
        ceiling=terms.ceiling,
        bond=terms.bond,
        deadline=local_day(terms.bid_deadline),
        parts=parts,
        bill=tuple(BillItem(line.code, line.name, line.unit, line.quantity) for line in lines),
        consortium=terms.consortium_allowed,
        brands=terms.profile.has(Switch.SAME_BRAND_ONCE) and terms.kind == "GOODS",
        sme_reserved=terms.sme_reserved,
        needs_licence=terms.sector in LICENSED,
        alternatives=tuple((one.label, one.ceiling) for one in terms.alternatives),
        grades=terms.grades,
        start_price=terms.right.start_price if terms.right else None,
    )


def composing(viewer: Actor, section_id: int, *, at: datetime) -> Composing:
    """The section for the viewer's organisation. Raises `NotFound` without an organisation or without sealed bids."""
    terms = tenders.section_terms(section_id)
    organisation = people.organisation(viewer.organisation_id) if viewer.organisation_id else None
    if organisation is None or terms.intake_id is None or terms.bid_deadline is None:
        raise NotFound()
    found = tenders.eligibility_of(section_id=section_id, organisation_id=organisation.id, at=at)
    intake = envelopes.intake(terms.intake_id)
    return Composing(
        terms=terms,
        intake=intake,
        requirements=requirements_of(terms),
        organisation_id=organisation.id,
        bidder=organisation.uscc,
        bidder_name=organisation.name,
        names=recognisable(organisation.name, organisation.uscc),
        library=tuple(library_of(viewer)),
        receipts=tuple(envelopes.own_receipts(viewer, terms.intake_id)),
        bars=tuple(bar.value for bar in found.bars),
        takes=intake.takes_envelopes(at) and found.may_bid,
    )


def rules_published(section_id: int) -> dict[str, Any]:
    """The requirements as `luochui-bid-rules/v1`, for the offline composer. Raises `NotFound`."""
    terms = tenders.section_terms(section_id)
    if terms.intake_id is None or terms.bid_deadline is None:
        raise NotFound()
    return requirements_of(terms).as_json()
