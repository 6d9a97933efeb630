"""Sealed calls: the offers of a round and the quotes of a second competition come in and are opened in one way.

An intake for each call; bidder and officers unlock together once the time is over; then everything is read at once.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

from bidding.awards.domain.offers import LARGEST_BYTES, NAME, OfferFault, read
from bidding.awards.domain.rounds import RoundKind
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import system_actor
from commons.domain.money import as_text
from commons.domain.time import to_text
from signatures.envelopes import queries as envelopes
from signatures.envelopes import services as sealing
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.states import EnvelopeState, IntakeState
from signatures.envelopes.queries import EnvelopeView
from signatures.envelopes.services.uploading import SETTLING

KEEPER = system_actor("calls")
LONGEST_TITLE = 200
"""Of an intake, in characters."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked for: `subject` as evidence streams are named, `mark` makes its lot another than the section's."""

    subject: str
    title: str
    mark: str
    closes_at: datetime
    roster_id: int


class Step(Enum):
    """What became of a call by the clock."""

    NONE = auto()
    BEGUN = auto()
    """The time for unlocking began just now."""
    OPENED = auto()
    """Every envelope is opened or has failed: it can be read."""


def take_sealed(call: Call, terms: SectionTerms, *, at: datetime) -> int:
    """Take envelopes for the call from now on; the number of its intake. Raises `RosterNotActive`."""
    return sealing.open_intake(
        actor=KEEPER,
        subject=sealing.Subject(
            call.subject,
            f"{terms.tender_title} · {call.title}"[:LONGEST_TITLE],
            terms.envelope_tender,
            f"{terms.envelope_lot}{call.mark}",
        ),
        mode=Mode(terms.profile.choice(Switch.ENCRYPTION)),
        deadline=call.closes_at,
        roster_id=call.roster_id,
        at=at,
        window_minutes=terms.decrypt_minutes,
    )


def advance(intake_id: int, *, closes_at: datetime, at: datetime) -> Step:
    """Begin the opening of a call whose end is `SETTLING` ago, or say that it is opened. Inside a transaction."""
    intake = envelopes.intake(intake_id)
    if intake.state is IntakeState.FINISHED:
        return Step.OPENED
    if intake.state is not IntakeState.OPEN or at < closes_at + SETTLING:
        return Step.NONE
    sealing.begin_opening(actor=KEEPER, intake_id=intake_id, at=at)
    return Step.BEGUN


def abandon(intake_id: int, *, at: datetime) -> None:
    """The procedure was ended: what is still sealed is never opened."""
    if envelopes.intake(intake_id).state in (IntakeState.OPEN, IntakeState.OPENING):
        sealing.abandon_intake(actor=KEEPER, intake_id=intake_id, at=at)


def came_in(intake_id: int) -> list[EnvelopeView]:
    """The envelopes of a call whose opening began."""
    return list(envelopes.opening(KEEPER, intake_id).envelopes)


def unlocks_until(intake_id: int) -> str:
    """When the time for unlocking ends, as text."""
    ends = envelopes.intake(intake_id).window_ends_at
    return to_text(ends) if ends else ""


def facts_of(view: EnvelopeView, *, kind: RoundKind, ceiling: Decimal | None, at: datetime) -> dict[str, str]:
    """What came out of an envelope after its opening, or why it does not count."""
    common = {"at": to_text(view.received_at), "cause": view.cause}
    if view.state is not EnvelopeState.OPENED:
        return {"price": "", "words": "", "fault": OfferFault.NOT_OPENED.value, **common}
    data = sealing.opened_json(view.files, NAME, largest=LARGEST_BYTES, actor=KEEPER, at=at)
    said = read(data, kind=kind, ceiling=ceiling)
    price = as_text(said.price) if said.price is not None else ""
    return {"price": price, "words": said.words, "fault": said.fault.value if said.fault else "", **common}
