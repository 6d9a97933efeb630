"""Rosters of opening officers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.people import queries as people
from signatures.crypto.suites import Suite
from signatures.envelopes import policies
from signatures.envelopes.domain.slots import key_id
from signatures.envelopes.domain.states import IntakeState, RosterState
from signatures.envelopes.models import OfficerRoster, RosterSeat, SealedIntake, ShareHandover


@dataclass(frozen=True, slots=True)
class SeatView:
    """Who holds a seat, and how far the key is. `fingerprint` is the SHA-256 of the public key."""

    id: int
    roster_id: int
    roster_name: str
    suite: Suite
    seat: int
    person_id: int
    person_name: str
    fingerprint: str
    kept_on: str
    tried_at: datetime | None
    challenge: dict[str, str]
    away_until: datetime | None

    @property
    def has_key(self) -> bool:
        return bool(self.fingerprint)


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A seat on its way to a successor; waits for its witness."""

    id: int
    seat: int
    giver_id: int
    successor_id: int
    giver_name: str
    successor_name: str
    given_at: datetime
    witnessed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RosterView:
    """A roster with its present seats."""

    id: int
    name: str
    k: int
    suite: Suite
    state: RosterState
    drafted_by: int
    activated_at: datetime | None
    seats: tuple[SeatView, ...]
    handovers: tuple[HandoverView, ...] = ()

    @property
    def n(self) -> int:
        return len(self.seats)

    @property
    def is_ready(self) -> bool:
        return all(seat.tried_at for seat in self.seats)


def rosters(viewer: Actor) -> list[RosterView]:
    """Every roster, the newest first. Raises `NotPermitted`."""
    policies.can_see_rosters(viewer).require()
    return [_view(row) for row in OfficerRoster.objects.order_by("-id")]


def active_rosters() -> list[RosterView]:
    """Those that new intakes may use."""
    return [_view(row) for row in OfficerRoster.objects.filter(state=RosterState.ACTIVE).order_by("-id")]


def roster(viewer: Actor, roster_id: int) -> RosterView:
    """Raises `NotPermitted`, `NotFound`."""
    policies.can_see_rosters(viewer).require()
    row = OfficerRoster.objects.filter(pk=roster_id).first()
    if row is None:
        raise NotFound()
    return _view(row)


def my_seats(viewer: Actor) -> list[SeatView]:
    """The seats that the viewer holds now; of a retired roster, as long as it still has something to open."""
    if viewer.person_id is None:
        return []
    rows = RosterSeat.objects.select_related("roster", "person").filter(person_id=viewer.person_id, until__isnull=True)
    ahead = SealedIntake.objects.filter(state__in=[IntakeState.OPEN, IntakeState.OPENING]).values("roster_id")
    return [_seat(row) for row in rows.filter(~Q(roster__state=RosterState.RETIRED) | Q(roster_id__in=ahead))]


def colleagues(viewer: Actor) -> dict[int, str]:
    """The hosts of the viewer's organisation, who may hold a seat: their names by number."""
    if viewer.organisation_id is None or not policies.can_see_rosters(viewer):
        return {}
    return people.names_with(viewer.organisation_id, Role.HOST)


def _view(row: OfficerRoster) -> RosterView:
    seats = row.seats.select_related("roster", "person").filter(until__isnull=True).order_by("seat")
    given = ShareHandover.objects.filter(roster=row).select_related("giver", "successor").order_by("-id")
    return RosterView(
        row.pk,
        row.name,
        row.k,
        Suite(row.suite),
        RosterState(row.state),
        row.drafted_by_id,
        row.activated_at,
        tuple(_seat(seat) for seat in seats),
        tuple(_handover(one) for one in given),
    )


def _seat(row: RosterSeat) -> SeatView:
    return SeatView(
        row.pk,
        row.roster_id,
        row.roster.name,
        Suite(row.roster.suite),
        row.seat,
        row.person_id,
        row.person.name,
        key_id(bytes(row.spki)) if row.spki else "",
        row.kept_on,
        row.tried_at,
        row.challenge_slot,
        row.away_until,
    )


def _handover(row: ShareHandover) -> HandoverView:
    return HandoverView(
        row.pk,
        row.seat,
        row.giver_id,
        row.successor_id,
        row.giver.name,
        row.successor.name,
        row.given_at,
        row.witnessed_at,
    )
