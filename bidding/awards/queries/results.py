"""Questions about results and awards."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from bidding.awards.domain.states import AwardState, ReportState
from bidding.awards.models import Award, CandidateList, EvaluationReport, ResultLine
from bidding.tenders.domain.states import SectionState
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line of the candidates' list."""

    rank: int
    name: str
    price: Decimal
    score: Decimal | None
    awarded: bool


@dataclass(frozen=True, slots=True)
class ResultView:
    """What the public sees of a section's result."""

    section_id: int
    candidates: tuple[Candidate, ...]
    shown_until: datetime
    awards: tuple["AwardView", ...]


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award for the reader."""

    id: int
    section_id: int
    winner_id: int
    winner: str
    rank: int
    amount: Decimal
    state: AwardState
    awarded_at: datetime
    notified_at: datetime | None
    contract_due_on: date | None
    contract_no: str
    contracted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Debrief:
    """What a bidder is told of its own bid: rank, price, score and reasons (财政部令第87号 第69条)."""

    rank: int
    price: Decimal
    score: Decimal | None
    reason: str
    bidders: int


def public_result(section_id: int) -> ResultView | None:
    """The candidates and awards of a section once they are public; nothing before."""
    shown = CandidateList.objects.filter(report__section_id=section_id, report__state=ReportState.CONFIRMED).first()
    if shown is None:
        return None
    lines = ResultLine.objects.filter(report=shown.report, rank__gt=0).select_related("organisation", "award")
    given = awards_of(section_id)
    winners = {award.winner_id for award in given if award.state is not AwardState.GIVEN_UP}
    candidates = tuple(
        Candidate(line.rank, line.organisation.name, line.price, line.score, line.organisation_id in winners)
        for line in lines
    )
    return ResultView(section_id, candidates, shown.shown_until, given)


def public_awards(words: str = "") -> QuerySet[Award]:
    """Every award that stands and whose tender, owner or winner is called like `words`, the latest first; public."""
    rows = Award.objects.exclude(state=AwardState.GIVEN_UP.value).exclude(section__state=SectionState.FAILED.value)
    if words:
        named = Q(section__tender__title__icontains=words) | Q(section__tender__code__icontains=words)
        owner = Q(section__tender__project__owner__name__icontains=words)
        rows = rows.filter(named | owner | Q(line__organisation__name__icontains=words))
    found = rows.select_related("line__organisation", "section__tender__project__owner")
    return found.order_by("-awarded_at", "-pk")


def awards_of(section_id: int) -> tuple[AwardView, ...]:
    """The awards of a section, those given up included, in the order they were made."""
    rows = (
        Award.objects.filter(section_id=section_id)
        .select_related("line__organisation")
        .order_by("awarded_at", "line__rank", "pk")
    )
    return tuple(_award(row) for row in rows)


def debrief(viewer: Actor, section_id: int) -> Debrief:
    """The viewer's own result, once the candidates are public. Refuses `NotFound`."""
    own = own_line(viewer, section_id)
    return Debrief(own.rank, own.price, own.score, own.reason, own.report.lines.count())


def own_line(viewer: Actor, section_id: int) -> ResultLine:
    """The row of the viewer in the report whose candidates are public. Refuses `NotFound`."""
    if viewer.organisation_id is None:
        raise NotFound()
    shown = CandidateList.objects.filter(report__section_id=section_id, report__state=ReportState.CONFIRMED).first()
    lines = ResultLine.objects.filter(organisation_id=viewer.organisation_id)
    own = lines.filter(report=shown.report).select_related("organisation", "report").first() if shown else None
    if own is None:
        raise NotFound()
    return own


def reports_of(section_id: int) -> list[EvaluationReport]:
    """The reports of a section, the newest first, for the desks of this package."""
    rows = EvaluationReport.objects.filter(section_id=section_id).select_related("entered_by", "confirmed_by")
    return list(rows.prefetch_related("lines__organisation").order_by("-pk"))


def _award(row: Award) -> AwardView:
    return AwardView(
        id=row.pk,
        section_id=row.section_id,
        winner_id=row.line.organisation_id,
        winner=row.line.organisation.name,
        rank=row.line.rank,
        amount=row.amount,
        state=AwardState(row.state),
        awarded_at=row.awarded_at,
        notified_at=row.notified_at,
        contract_due_on=row.contract_due_on,
        contract_no=row.contract_no,
        contracted_at=row.contracted_at,
    )
