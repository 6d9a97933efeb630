"""Contracts that may be added to, for the subject below that drafts additions."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum

from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award
from bidding.tenders.originals import OriginalContract

MOST = 200


def contracts_of(owner_id: int) -> Sequence[OriginalContract]:
    """The owner's contracts that were concluded here, the newest first."""
    rows = Award.objects.filter(section__tender__project__owner_id=owner_id, contracted_at__isnull=False)
    rows = rows.exclude(contract_no="").select_related("section__tender", "line__organisation")
    return [
        OriginalContract(
            row.contract_no,
            f"{row.section.tender.title} · {row.section.title}",
            row.line.organisation_id,
            row.line.organisation.name,
            row.amount,
        )
        for row in rows.order_by("-contracted_at", "-pk")[:MOST]
    ]


def awarded(section_ids: Collection[int]) -> Mapping[int, Decimal]:
    """What the sections were awarded for, awards that were given up left out."""
    rows = Award.objects.filter(section_id__in=section_ids).exclude(state=AwardState.GIVEN_UP.value)
    return dict(rows.values_list("section_id").annotate(total=Sum("amount")))
