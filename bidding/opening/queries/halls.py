"""Lists of halls. Public: nothing here tells who bids before the list."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models.functions import Coalesce

from bidding.opening.domain.states import HallState
from bidding.opening.models import Hall, HallBid, HallSignIn
from commons.domain.actor import Actor
from commons.secrecy.fields import Party


@dataclass(frozen=True, slots=True)
class HallRow:
    """A hall in a list."""

    id: int
    section_id: int
    title: str
    code: str
    deadline: datetime | None
    state: HallState


def halls(*, limit: int = 100) -> list[HallRow]:
    """Every hall, the next deadline first among those to come, then the newest."""
    ends = Coalesce("section__own_deadline", "section__tender__bid_deadline")
    rows = Hall.objects.select_related("section__tender").order_by(ends.desc())[:limit]
    return [
        HallRow(
            row.pk,
            row.section_id,
            f"{row.section.tender.title} · {row.section.title}",
            row.section.code,
            row.section.deadline,
            HallState(row.state),
        )
        for row in rows
    ]


def prices_read_out(section_id: int) -> list[Decimal]:
    """The prices of the section's opened bids, as they were read out."""
    rows = HallBid.objects.filter(hall__section_id=section_id, price__isnull=False)
    return [row.price for row in rows if row.price is not None]


def hall_of_section(section_id: int) -> int | None:
    """The hall of a section, once it is there."""
    return Hall.objects.filter(section_id=section_id).values_list("pk", flat=True).first()


def sign_in_state(viewer: Actor, hall_id: int) -> bool:
    """Whether the viewer's own organisation has signed in."""
    if viewer.organisation_id is None:
        return False
    return HallSignIn.objects.filter(party=Party(hall_id, viewer.organisation_id)).exists()
