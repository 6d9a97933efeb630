"""How rooms ended, and the log of a room for everybody to keep."""

from exchange.rooms.domain.model import Outcome
from exchange.rooms.domain.phases import Phase
from exchange.rooms.models import Room, RoomParticipant
from exchange.rooms.queries.lists import AwardView, RoomResult
from exchange.rooms.queries.loading import load


def result(room_id: int) -> RoomResult | None:
    """How the room ended; None while it has not."""
    row = Room.objects.filter(pk=room_id, ended_at__isnull=False).first()
    loaded = load(room_id) if row else None
    if row is None or loaded is None or row.ended_at is None:
        return None
    outcome = loaded.state.outcome
    voided = loaded.state.phase is Phase.VOIDED
    return RoomResult(
        room_id=room_id,
        subject=row.subject,
        lot_id=row.lot_id,
        phase=row.phase,
        price=None if voided or outcome is None else outcome.price,
        awards=() if voided or outcome is None else _awards(room_id, outcome),
        unsold=outcome.unsold if outcome else None,
        failed=outcome.failed.value if outcome and outcome.failed else "",
        ended_at=row.ended_at,
    )


def _awards(room_id: int, outcome: Outcome) -> tuple[AwardView, ...]:
    organisations = {row.alias: row.organisation_id for row in RoomParticipant.objects.filter(room_id=room_id)}
    return tuple(
        AwardView(organisations[award.alias], award.alias, award.bid_id, award.quantity, award.price, award.amount)
        for award in outcome.awards
    )
