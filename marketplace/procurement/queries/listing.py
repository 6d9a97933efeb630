"""Lists of procurements: what is published, an owner's own, what waits for whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from commons.domain.actor import Actor, Role
from commons.search.queries import matching
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import ChainStep, Procurement, StepDecision

KIND = "procurement"
"""Of texts that can be searched."""
_S = ProcurementState
STAGES: dict[str, tuple[ProcurementState, ...]] = {
    "open": (_S.SIGNING_UP,),
    "selecting": (_S.AWAITING_SELECTION, _S.SELECTING),
    "selected": (_S.SELECTED, _S.CONTRACTING),
    "service": (_S.IN_SERVICE, _S.RATING),
    "done": (_S.COMPLETED, _S.TERMINATED),
    "failed": (_S.FAILED, _S.VOID, _S.EXPIRED),
    "suspended": (_S.SUSPENDED,),
}
"""How the public page groups states."""
_UNDER_WAY = (_S.OWNER_REVIEW, _S.AUDITING, *STAGES["open"], *STAGES["selecting"], _S.FAILED, _S.SUSPENDED)
"""Needs that still ask something of their owner; what follows a selection is counted as a service."""


@dataclass(frozen=True, slots=True)
class NoticeSearch:
    """What a reader of the public list asked for."""

    words: str = ""
    stage: str = ""
    method: str = ""
    item_id: int | None = None
    region: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "NoticeSearch":
        """The search of an address; what it does not know is left out."""
        stage, method, item = asked.get("stage", ""), asked.get("method", ""), asked.get("item", "")
        return cls(
            words=asked.get("q", "").strip()[:60],
            stage=stage if stage in STAGES else "",
            method=method if method in Method.__members__ else "",
            item_id=int(item) if item.isascii() and item.isdigit() and len(item) < 10 else None,
            region=asked.get("region", "")[:6],
        )


def published(search: NoticeSearch = NoticeSearch()) -> "QuerySet[Procurement]":  # frozen
    """Everything that has a notice, the newest first."""
    found = Procurement.objects.select_related("owner__organisation", "item").filter(version__gt=0)
    if search.stage:
        found = found.filter(state__in=[state.value for state in STAGES[search.stage]])
    if search.method:
        found = found.filter(method=search.method)
    if search.item_id is not None:
        found = found.filter(item_id=search.item_id)
    if search.region:
        found = found.filter(region__startswith=search.region.rstrip("0") or search.region)
    numbers = matching(KIND, search.words)
    return (found if numbers is None else found.filter(pk__in=numbers)).order_by("-published_at", "-id")


def facets(search: NoticeSearch) -> dict[str, int]:
    """How many notices each stage holds under the words and other filters; one query."""
    rows = published(NoticeSearch(search.words, "", search.method, search.item_id, search.region))
    by_state = dict(rows.order_by().values_list("state").annotate(number=Count("id")))
    return {stage: sum(by_state.get(state.value, 0) for state in states) for stage, states in STAGES.items()}


def own(actor: Actor) -> "QuerySet[Procurement]":
    """Everything of the owner that the actor acts for, the newest first."""
    if actor.organisation_id is None:
        return Procurement.objects.none()
    rows = Procurement.objects.select_related("item", "owner").filter(owner__organisation_id=actor.organisation_id)
    return rows.order_by("-id")


def under_way(organisation_id: int, kind: EntrantKind) -> int:
    """How many needs of an owner are handed in and not selected for yet; an agency has none."""
    if kind is not EntrantKind.OWNER:
        return 0
    rows = Procurement.objects.filter(owner__organisation_id=organisation_id)
    return rows.filter(state__in=[one.value for one in _UNDER_WAY]).count()


def to_audit(viewer: Actor) -> "QuerySet[Procurement]":
    """What waits for the centre: handed in, or with an amendment; the oldest first."""
    if not viewer.has(Role.STAFF, Role.REGULATOR, Role.AUDITOR):
        return Procurement.objects.none()
    waiting = Q(state=_S.AUDITING.value) | Q(state=_S.SIGNING_UP.value, pending_amendment__isnull=False)
    return (
        Procurement.objects.select_related("owner__organisation", "item").filter(waiting).order_by("submitted_at", "id")
    )


def to_approve(actor: Actor) -> "QuerySet[Procurement]":
    """What waits for the actor's step of its owner's chain; the oldest first."""
    if actor.person_id is None or actor.organisation_id is None:
        return Procurement.objects.none()
    steps = ChainStep.objects.filter(person_id=actor.person_id, owner=OuterRef("owner"))
    rows = Procurement.objects.select_related("item", "owner").filter(
        state=_S.OWNER_REVIEW.value, owner__organisation_id=actor.organisation_id
    )
    decided = StepDecision.objects.filter(procurement=OuterRef("pk"), submission=OuterRef("submission"))
    counted = decided.order_by().values("procurement").annotate(number=Count("pk")).values("number")
    rows = rows.annotate(
        place=Subquery(steps.order_by().values("position")[:1]), decided=Coalesce(Subquery(counted), 0)
    )
    return rows.filter(place=F("decided") + 1).order_by("submitted_at", "id")
