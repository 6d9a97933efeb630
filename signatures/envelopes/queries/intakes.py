"""Intakes and their terms. Public: nothing here tells who handed something in, or whether anybody did."""

from dataclasses import dataclass
from datetime import datetime

from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON
from signatures.crypto.suites import Suite
from signatures.envelopes.admitting import has_procedure
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.header import Mode, Policy
from signatures.envelopes.domain.sealing import Terms, published
from signatures.envelopes.domain.slots import algorithm_of, key_id
from signatures.envelopes.domain.states import IntakeState
from signatures.envelopes.models import RosterSeat, SealedIntake


@dataclass(frozen=True, slots=True)
class IntakeView:
    """An intake as everybody may see it."""

    id: int
    subject: str
    title: str
    tender: str
    lot: str
    mode: Mode
    suite: Suite
    """What is sealed with, and what every key and certificate is of."""
    k: int
    n: int
    deadline: datetime
    window_minutes: int
    state: IntakeState
    roster_id: int
    opening_began_at: datetime | None
    window_ends_at: datetime | None
    rehearsal_by: int | None
    """Who began it, when it is a rehearsal."""

    @property
    def by_hand(self) -> bool:
        """Whether somebody begins its opening; a procedure begins those of its own intakes."""
        return not has_procedure(self.subject)

    def takes_envelopes(self, at: datetime) -> bool:
        return self.state is IntakeState.OPEN and at < self.deadline

    def is_due(self, at: datetime) -> bool:
        return self.state is IntakeState.OPEN and at >= self.deadline


def intake(intake_id: int) -> IntakeView:
    """Raises `NotFound`."""
    row = SealedIntake.objects.select_related("rehearsal").filter(pk=intake_id).first()
    if row is None:
        raise NotFound()
    return view(row)


def intakes(*, rehearsals: bool, limit: int = 50) -> list[IntakeView]:
    """The newest intakes first."""
    rows = SealedIntake.objects.select_related("rehearsal").filter(rehearsal__isnull=not rehearsals)
    return [view(row) for row in rows.order_by("-id")[:limit]]


def terms_of(row: SealedIntake) -> Terms:
    """What an envelope for this intake must say, with the officers' keys of now."""
    seats = RosterSeat.objects.filter(roster_id=row.roster_id, until__isnull=True).order_by("seat")
    return Terms(
        row.tender,
        row.lot,
        Policy(Mode(row.mode), row.k, row.n),
        row.chunk,
        roster_name(row.roster_id),
        tuple(bytes(seat.spki) for seat in seats),
        Suite(row.suite),
    )


def terms_published(intake_id: int) -> dict[str, JSON]:
    """The terms as `luochui-sealing/v1`. Raises `NotFound`."""
    row = SealedIntake.objects.filter(pk=intake_id).first()
    if row is None:
        raise NotFound()
    terms = terms_of(row)
    officers: list[dict[str, JSON]] = [
        {"alg": algorithm_of(spki), "key": key_id(spki), "seat": str(seat), "spki": to_base64(spki)}
        for seat, spki in enumerate(terms.officers, start=1)
    ]
    return published(terms, officers)


def roster_name(roster_id: int) -> str:
    """How a header names a roster."""
    return f"roster-{roster_id}"


def view(row: SealedIntake) -> IntakeView:
    rehearsal = getattr(row, "rehearsal", None)
    return IntakeView(
        row.pk,
        row.subject,
        row.title,
        row.tender,
        row.lot,
        Mode(row.mode),
        Suite(row.suite),
        row.k,
        row.n,
        row.deadline,
        row.window_minutes,
        IntakeState(row.state),
        row.roster_id,
        row.opening_began_at,
        row.window_ends_at,
        rehearsal.begun_by_id if rehearsal else None,
    )
