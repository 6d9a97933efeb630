"""Questions about what was published."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.search.queries import matching
from exchange.contracts.models import Deal
from exchange.notices.domain.kinds import LABELS, NoticeKind
from exchange.notices.models import Notice
from exchange.projects.domain.states import LotState
from exchange.projects.models import Attachment, Lot, Project
from exchange.projects.queries import lot_data

STAGES: dict[str, tuple[LotState, ...]] = {
    "announced": (LotState.ANNOUNCED,),
    "registering": (LotState.REGISTERING,),
    "selling": (LotState.QUALIFYING, LotState.METHOD_DECIDED, LotState.HAMMERED),
    "sold": (LotState.NOTICED, LotState.CONTRACTED, LotState.PAID, LotState.REGISTERED, LotState.CLOSED),
    "failed": (LotState.FAILED, LotState.TERMINATED),
    "suspended": (LotState.SUSPENDED,),
}
"""The stages by which readers look for lots, and the states in each."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for; every part may be empty."""

    words: str = ""
    stage: str = ""
    instrument: str = ""
    region: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Search":
        """The search that an address spells."""
        return cls(
            words=query.get("q", "").strip()[:60],
            stage=query.get("stage", "") if query.get("stage", "") in STAGES else "",
            instrument=query.get("instrument", "")[:8],
            region=query.get("region", "")[:6],
        )


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice of a filter, with how many lots it would leave."""

    value: str
    count: int
    chosen: bool


def published_lots(search: Search) -> QuerySet[Lot]:
    """The published lots that match, the latest notice first."""
    lots = Lot.objects.filter(project__published_at__isnull=False).select_related("project__seller")
    if (found := matching("project", search.words)) is not None:
        lots = lots.filter(project_id__in=found)
    if search.region:
        lots = lots.filter(project__region=search.region)
    if search.stage:
        lots = lots.filter(state__in=[state.value for state in STAGES[search.stage]])
    if search.instrument:
        lots = lots.filter(instrument=search.instrument)
    return lots.order_by("-project__published_at", "project_id", "number")


def facets(search: Search) -> dict[str, list[Facet]]:
    """The choices of each filter with their counts, each counted without its own filter."""
    without_stage = Search(search.words, "", search.instrument, search.region)
    without_instrument = Search(search.words, search.stage, "", search.region)
    states = Counter(published_lots(without_stage).order_by().values_list("state", flat=True)[:10_000])
    instruments = Counter(published_lots(without_instrument).order_by().values_list("instrument", flat=True)[:10_000])
    return {
        "stage": [
            Facet(stage, sum(states[state.value] for state in group), stage == search.stage)
            for stage, group in STAGES.items()
        ],
        "instrument": [Facet(value, count, value == search.instrument) for value, count in sorted(instruments.items())],
    }


def published_project(project_id: int) -> Project:
    """A published project with its lots, attachments and notices. Refuses (`NotFound`) what is not public."""
    attachments = Attachment.objects.filter(removed_at__isnull=True).select_related("document__content")
    project = (
        Project.objects.select_related("seller", "predecessor")
        .prefetch_related("lots", Prefetch("attachments", attachments), Prefetch("notices", _notices()))
        .filter(pk=project_id, published_at__isnull=False)
        .first()
    )
    if project is None:
        raise NotFound()
    for lot in project.lots.all():
        lot.project = project
    return project


def notices_of_lot(lot: Lot) -> list[Notice]:
    """The notices that concern a lot: those of its project as a whole, and its own; the latest first."""
    found = _notices().filter(project_id=lot.project_id).filter(Q(lot=lot) | Q(lot__isnull=True))
    return list(found.order_by("-published_at", "-id"))


def results(words: str = "") -> QuerySet[Deal]:
    """Every published deal whose project, seller or buyer is called like `words`, the latest first."""
    deals = Deal.objects.filter(notified_at__isnull=False).select_related("lot__project__seller", "buyer")
    if words:
        named = Q(lot__project__title__icontains=words) | Q(lot__project__code__icontains=words)
        deals = deals.filter(named | Q(lot__project__seller__name__icontains=words) | Q(buyer__name__icontains=words))
    return deals.order_by("-notified_at", "-id")


def kind_label(notice: Notice) -> str:
    """What a notice is called."""
    return gettext(LABELS[NoticeKind(notice.kind)])


def project_data(project: Project) -> dict[str, Any]:
    """The page of a project as data: the notice in force, and the life of each lot."""
    sale = [notice for notice in project.notices.all() if notice.kind in (NoticeKind.SALE, NoticeKind.AMENDMENT)]
    return {
        "id": project.pk,
        "notice": sale[-1].body if sale else None,
        "lots": [lot_data(lot) for lot in project.lots.all()],
        "notices": [notice_data(notice) for notice in project.notices.all()],
    }


def notice_data(notice: Notice) -> dict[str, Any]:
    """A notice as data, with the hash under which it stands in the evidence log."""
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "version": notice.version,
        "lot_id": notice.lot_id,
        "supersedes_id": notice.supersedes_id,
        "reason": notice.reason,
        "decision": {"body": notice.decision_body, "number": notice.decision_no} if notice.decision_no else None,
        "body": notice.body,
        "sha256": notice.sha256,
        "evidence_hash": notice.evidence_hash,
        "published_at": to_text(notice.published_at),
    }


def deal_data(deal: Deal) -> dict[str, Any]:
    """A published deal as data."""
    return {
        "id": deal.pk,
        "lot_id": deal.lot_id,
        "project_code": deal.lot.project.code,
        "deal_code": deal.lot.project.deal_code,
        "instrument": deal.lot.instrument,
        "seller": {"name": deal.lot.project.seller.name, "uscc": deal.lot.project.seller.uscc},
        "buyer": {"name": deal.buyer.name, "uscc": deal.buyer.uscc},
        "alias": deal.alias,
        "quantity": f"{deal.quantity:f}",
        "price": f"{deal.price:f}",
        "amount": f"{deal.amount:f}",
        "state": deal.state,
        "hammered_at": to_text(deal.hammered_at),
        "published_at": _text(deal.notified_at),
    }


def _notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("lot", "document").order_by("published_at", "id")


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None
