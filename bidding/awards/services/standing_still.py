"""The running round of a section stands still while the section is suspended, and ends later by the pause."""

from datetime import datetime

from bidding.awards.models import OfferRound
from bidding.awards.services.unsealing import KEEPER
from bidding.tenders.clocks import Clock, register_clock
from bidding.tenders.services.pausing import HOLD
from commons.domain.time import to_text
from commons.evidence.services import append
from signatures.envelopes import services as sealing


def _stop(section_id: int, at: datetime) -> None:
    """Nothing is taken from now on; what is under way to the sealed intake is not refused as late."""
    for row in OfferRound.objects.select_for_update().filter(section_id=section_id, closes_at__gt=at):
        OfferRound.objects.filter(pk=row.pk).update(held_at=at)
        _move(row, row.closes_at + HOLD, at)


def _go_on(section_id: int, since: datetime, at: datetime) -> None:
    """The time that was left when it was stopped is left again, for everybody."""
    for row in OfferRound.objects.select_for_update().filter(section_id=section_id, held_at__isnull=False):
        closes_at = row.closes_at + (at - since)
        OfferRound.objects.filter(pk=row.pk).update(held_at=None, closes_at=closes_at)
        _move(row, closes_at, at)
        payload = {"round": str(row.number), "before": to_text(row.closes_at), "closes_at": to_text(closes_at)}
        append(stream=f"section:{section_id}", type="RoundMoved", actor=KEEPER, payload=payload, decided_at=at)


def _move(row: OfferRound, deadline: datetime, at: datetime) -> None:
    if row.intake_id is not None:
        sealing.move_deadline(actor=KEEPER, intake_id=row.intake_id, deadline=deadline, at=at)


register_clock("rounds", Clock(_stop, _go_on))
