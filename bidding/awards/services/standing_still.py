"""The unfinished round of a section stands still while the section is suspended, and goes on with the time left.

That is the time for offers, or, where it was over already, the time for unlocking them.
"""

from datetime import datetime

from django.db.models import Q

from bidding.awards.models import OfferRound
from bidding.awards.services import calls
from bidding.awards.services.unsealing import KEEPER, call_to_unlock
from bidding.tenders import queries as tenders
from bidding.tenders.clocks import Clock, register_clock
from bidding.tenders.services.pausing import HOLD
from commons.domain.time import to_text
from commons.evidence.services import append
from signatures.envelopes import services as sealing


def _stop(section_id: int, at: datetime) -> None:
    """Nothing is taken or unlocked from now on; what is under way to the sealed intake is not refused as late."""
    unfinished = OfferRound.objects.select_for_update().filter(section_id=section_id, revealed_at__isnull=True)
    for row in unfinished.filter(Q(closes_at__gt=at) | Q(intake_id__isnull=False)):
        OfferRound.objects.filter(pk=row.pk).update(held_at=at)
        if row.closes_at > at:
            _move(row, row.closes_at + HOLD, at)
        elif row.intake_id is not None:
            sealing.hold_opening(actor=KEEPER, intake_id=row.intake_id, at=at)


def _go_on(section_id: int, since: datetime, at: datetime) -> None:
    """The time that was left when it was stopped is left again, for everybody."""
    for row in OfferRound.objects.select_for_update().filter(section_id=section_id, held_at__isnull=False):
        OfferRound.objects.filter(pk=row.pk).update(held_at=None)
        if row.closes_at > since:
            _later(row, row.closes_at + (at - since), at)
        elif row.intake_id is not None:
            _unlock_on(row, row.intake_id, since, at)


def _later(row: OfferRound, closes_at: datetime, at: datetime) -> None:
    OfferRound.objects.filter(pk=row.pk).update(closes_at=closes_at)
    _move(row, closes_at, at)
    payload = {"round": str(row.number), "before": to_text(row.closes_at), "closes_at": to_text(closes_at)}
    append(stream=f"section:{row.section_id}", type="RoundMoved", actor=KEEPER, payload=payload, decided_at=at)


def _unlock_on(row: OfferRound, intake_id: int, since: datetime, at: datetime) -> None:
    """Whoever had not unlocked is told until when it can."""
    if sealing.resume_opening(actor=KEEPER, intake_id=intake_id, pause=at - since, at=at) is None:
        return
    missing = {one.organisation_id for one in calls.came_in(intake_id) if not one.bidder_unlocked}
    call_to_unlock(row, tenders.section_terms(row.section_id), missing, at=at)


def _move(row: OfferRound, deadline: datetime, at: datetime) -> None:
    if row.intake_id is not None:
        sealing.move_deadline(actor=KEEPER, intake_id=row.intake_id, deadline=deadline, at=at)


register_clock("rounds", Clock(_stop, _go_on))
