"""Openings: who is where, what failed and why. Empty for everybody until the opening begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.people import queries as people
from signatures.envelopes import policies
from signatures.envelopes.domain.slots import BIDDER
from signatures.envelopes.domain.states import FAILED, WAITING, EnvelopeState
from signatures.envelopes.models import SealedEnvelope
from signatures.envelopes.queries.intakes import IntakeView, intake


@dataclass(frozen=True, slots=True)
class EnvelopeView:
    """An envelope in its opening."""

    ref: str
    intake_id: int
    organisation_id: int
    bidder: str
    state: EnvelopeState
    commit: str
    size: int
    received_at: datetime
    receipt: str
    bidder_unlocked: bool
    officers_unlocked: int
    seats_unlocked: tuple[int, ...]
    window_ends_at: datetime | None
    ended_at: datetime | None
    cause: str
    findings: Mapping[str, Any]
    supervised_at: datetime | None
    supervised_by: str
    remark: str

    @property
    def has_failed(self) -> bool:
        return self.state in FAILED

    @property
    def is_held(self) -> bool:
        """Whether it waits to be unlocked while its procedure stands still, or was ended."""
        return self.state in WAITING and self.window_ends_at is None

    @property
    def waits_for_bidder(self) -> bool:
        return self.state is EnvelopeState.DECRYPT_WINDOW and not self.bidder_unlocked and not self.is_held

    @property
    def files(self) -> list[Mapping[str, str]]:
        return list(self.findings.get("files", [])) if self.state is EnvelopeState.OPENED else []


@dataclass(frozen=True, slots=True)
class OpeningView:
    """The opening as its hosts, officers and overseers see it."""

    intake: IntakeView
    envelopes: tuple[EnvelopeView, ...]


def opening(viewer: Actor, intake_id: int) -> OpeningView:
    """Every envelope of an opening that has begun, none before. Raises `NotPermitted`, `NotFound`."""
    policies.can_watch_opening(viewer).require()
    found = intake(intake_id)
    return OpeningView(found, tuple(_views(intake_id)))


def envelope(viewer: Actor, ref: str) -> EnvelopeView:
    """One envelope, for who watches openings, and for its own bidder. Raises `NotFound`."""
    rows = _rows().filter(pk=ref)
    found = next((_view(row, _names(rows)) for row in rows), None)
    own = found is not None and viewer.organisation_id == found.organisation_id
    if found is None or not (own or policies.can_watch_opening(viewer)):
        raise NotFound()
    return found


def own_envelope(viewer: Actor, intake_id: int) -> EnvelopeView | None:
    """The viewer's own envelope in an opening."""
    if viewer.organisation_id is None:
        return None
    rows = _rows().filter(intake_id=intake_id, organisation_id=viewer.organisation_id)
    return next((_view(row, _names(rows)) for row in rows), None)


def _views(intake_id: int) -> list[EnvelopeView]:
    rows = _rows().filter(intake_id=intake_id)
    names = _names(rows)
    return [_view(row, names) for row in rows]


def _rows() -> Any:
    shown = SealedEnvelope.objects.filter(intake__isnull=False)
    return shown.select_related("supervised_by").prefetch_related("unlocks").order_by("received_at", "pk")


def _names(rows: Any) -> dict[int, str]:
    found = people.organisations([row.organisation_id for row in rows])
    return {key: value.name for key, value in found.items()}


def _view(row: SealedEnvelope, names: Mapping[int, str]) -> EnvelopeView:
    assert row.intake_id is not None
    assert row.organisation_id is not None
    assert row.size is not None
    assert row.received_at is not None
    labels = {unlock.label for unlock in row.unlocks.all()}
    seats = tuple(sorted(int(label.partition(":")[2]) for label in labels - {BIDDER}))
    return EnvelopeView(
        ref=row.pk,
        intake_id=row.intake_id,
        organisation_id=row.organisation_id,
        bidder=names.get(row.organisation_id, ""),
        state=EnvelopeState(row.state),
        commit=row.commit,
        size=row.size,
        received_at=row.received_at,
        receipt=row.receipt_ref,
        bidder_unlocked=BIDDER in labels,
        officers_unlocked=len(seats),
        seats_unlocked=seats,
        window_ends_at=row.window_ends_at,
        ended_at=row.ended_at,
        cause=row.cause,
        findings=row.findings,
        supervised_at=row.supervised_at,
        supervised_by=row.supervised_by.name if row.supervised_by else "",
        remark=str(row.supervision.get("remark", "")),
    )
