"""Questions about projects and lots."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.domain.time import SHANGHAI, to_text
from exchange.projects.domain.states import LotState, ProjectState
from exchange.projects.domain.timeline import LotTimes, Step, next_step, timeline
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from exchange.projects.labels import SUITES, Label, lot_state
from exchange.projects.models import Attachment, Lot, Project
from exchange.projects.policies import can_see_draft


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot for the reader, its instants and where it stands."""

    id: int
    number: int
    project_id: int
    instrument: str
    instrument_label: str
    unit: str
    quantity: Decimal
    term_years: int
    start_price: Decimal
    step: Decimal
    profile_name: str
    suite_label: Label
    state: str
    state_label: Label
    tone: str
    method: str
    room_id: int | None
    times: LotTimes
    bidding: bool = False

    @property
    def steps(self) -> list[Step]:
        """The timeline, in the reader's language."""
        return [Step(gettext(step.title), step.at, step.state, step.hint) for step in timeline(self.times)]

    @property
    def next(self) -> Step | None:
        """The next thing, in the reader's language; while its room is open that is to bid or to watch."""
        if self.bidding:
            return Step(gettext("Bidding is open: bid or watch in the live room"), None, "next")
        step = next_step(self.times)
        return Step(gettext(step.title), step.at, step.state, step.hint) if step else None


def lot_view(lot: Lot, at: datetime | None = None) -> LotView:
    """The row as a value; with `at` it also says that bidding goes on. The lot's project must be loaded."""
    facts = INSTRUMENTS[Instrument(lot.instrument)]
    label, tone = lot_state(lot.state)
    decided = LotState(lot.state) is LotState.METHOD_DECIDED and lot.room_id is not None
    bidding = decided and at is not None and lot.opens_at <= at
    if bidding:
        label, tone = gettext("Bidding now"), "done"
    return LotView(
        id=lot.pk,
        number=lot.number,
        project_id=lot.project_id,
        instrument=lot.instrument,
        instrument_label=gettext(facts.label),
        unit=facts.unit,
        quantity=lot.quantity,
        term_years=lot.term_years,
        start_price=lot.start_price,
        step=lot.step,
        profile_name=lot.profile_name,
        suite_label=SUITES[lot.project.suite],
        state=lot.state,
        state_label=label,
        tone=tone,
        method=lot.method,
        room_id=lot.room_id,
        times=times_of(lot),
        bidding=bidding,
    )


def times_of(lot: Lot) -> LotTimes:
    """The instants of a lot, for its timeline."""
    return LotTimes(
        state=LotState(lot.state),
        published_at=lot.project.published_at,
        registration_starts_at=lot.registration_starts_at,
        registration_ends_at=lot.registration_ends_at,
        qualification_ends_at=lot.qualification_ends_at,
        negotiation_ends_at=lot.negotiation_ends_at,
        opens_at=lot.opens_at,
        hammered_at=lot.hammered_at,
        method=lot.method,
        suspended_in=LotState(lot.suspended_in) if lot.suspended_in else None,
    )


def drafts_of(viewer: Actor) -> QuerySet[Project]:
    """The projects that a seller works on: its own, the latest first."""
    own = (
        Project.objects.filter(seller_id=viewer.organisation_id) if viewer.has(Role.SELLER) else Project.objects.none()
    )
    return own.select_related("seller").prefetch_related("lots").order_by("-id")


def to_check(viewer: Actor) -> QuerySet[Project]:
    """What waits for the exchange: submitted projects to check, checked ones to publish, the oldest first."""
    waiting = [ProjectState.SUBMITTED.value, ProjectState.CHECKED.value]
    found = Project.objects.filter(state__in=waiting) if viewer.has(Role.STAFF) else Project.objects.none()
    return found.select_related("seller").prefetch_related("lots").order_by("submitted_at", "id")


def draft(viewer: Actor, project_id: int) -> Project:
    """A project before its publication, with lots, attachments and checks. Refuses (`NotFound`, `NotPermitted`)."""
    attachments = Attachment.objects.filter(removed_at__isnull=True).select_related("document__content")
    project = (
        Project.objects.select_related("seller")
        .prefetch_related("lots", Prefetch("attachments", attachments), "checks__person")
        .filter(pk=project_id)
        .first()
    )
    if project is None:
        raise NotFound()
    can_see_draft(viewer, project).require()
    return project


@dataclass(frozen=True, slots=True)
class LotTitle:
    """What a lot is called where there is room for one line."""

    lot_id: int
    project_title: str
    project_code: str
    number: int
    instrument: str
    instrument_label: str
    unit: str
    quantity: Decimal


def lot_titles(lot_ids: Collection[int]) -> dict[int, LotTitle]:
    """The names of those lots, by number; one query."""
    return {lot.pk: _lot_title(lot) for lot in Lot.objects.filter(pk__in=lot_ids).select_related("project")}


def _lot_title(lot: Lot) -> LotTitle:
    facts, project = INSTRUMENTS[Instrument(lot.instrument)], lot.project
    return LotTitle(
        lot_id=lot.pk,
        project_title=project.title,
        project_code=project.code,
        number=lot.number,
        instrument=lot.instrument,
        instrument_label=gettext(facts.label),
        unit=facts.unit,
        quantity=lot.quantity,
    )


def public_lot_data(lot_id: int) -> dict[str, Any]:
    """A published lot as data, with what comes next. Refuses (`NotFound`) what is not public."""
    lot = Lot.objects.select_related("project").filter(pk=lot_id, project__published_at__isnull=False).first()
    if lot is None:
        raise NotFound()
    steps = [{"title": step.title, "at": _text(step.at), "state": step.state} for step in timeline(times_of(lot))]
    return {**lot_data(lot), "timeline": steps}


def lot_data(lot: Lot) -> dict[str, Any]:
    """A lot as data; amounts and instants as strings."""
    return {
        "id": lot.pk,
        "project_id": lot.project_id,
        "number": lot.number,
        "instrument": lot.instrument,
        "quantity": f"{lot.quantity:f}",
        "start_price": f"{lot.start_price:f}",
        "step": f"{lot.step:f}",
        "format": lot.profile_name,
        "state": lot.state,
        "method": lot.method or None,
        "room_id": lot.room_id,
        "registration_starts_at": _text(lot.registration_starts_at),
        "registration_ends_at": _text(lot.registration_ends_at),
        "qualification_ends_at": _text(lot.qualification_ends_at),
        "opens_at": _text(lot.opens_at),
        "hammered_at": _text(lot.hammered_at),
    }


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None


def published_under_older_rules(trade_type: str, region: str, since: date, key: str) -> list[str]:
    """Projects published since that day, one line each: they keep the snapshot that their notice was published with."""
    first = datetime.combine(since, time.min, tzinfo=SHANGHAI)
    found = Project.objects.filter(published_at__gte=first)
    if trade_type:
        found = found.filter(trade_type=trade_type)
    if region:
        found = found.filter(region__startswith=region.rstrip("0"))
    lines = []
    for project in found.order_by("published_at")[:LONGEST_LIST]:
        kept = project.parameters.get(key, {}).get("value", "")
        lines.append(f"{project.code} {project.title}" + (f" ({key} = {kept})" if kept else ""))
    return lines


LONGEST_LIST = 100
"""Of projects that a request for approval names."""
