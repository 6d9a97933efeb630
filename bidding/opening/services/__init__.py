"""The public face of opening halls; docs/opening.md tells the story in order."""

from datetime import datetime

from django.db.models.functions import Coalesce

from bidding.opening.models import Hall
from bidding.opening.services.common import KEEPER
from bidding.opening.services.drawing import announce_draw, fresh_nonce
from bidding.opening.services.following import follow, follow_one
from bidding.opening.services.listing import Face, erase_pictures, has_signed_in, prepare_halls, publish_list, sign_in
from bidding.opening.services.reading import confirm_price, read_out
from bidding.opening.services.recording import close, draft_record, request_record_signature, resume
from bidding.opening.services.talking import admit, answer, speak
from signatures.envelopes.services.uploading import SETTLING


def advance_due(at: datetime) -> int:
    """For the timekeeper: halls are made, lists published when the deadline has passed, what happened is followed."""
    moved = prepare_halls(at)
    ends = Coalesce("section__own_deadline", "section__tender__bid_deadline")
    halls = Hall.objects.annotate(ends_at=ends)
    due = halls.filter(state="WAITING", section__state="BIDDING", ends_at__lte=at - SETTLING)
    for hall_id in due.values_list("pk", flat=True):
        publish_list(actor=KEEPER, hall_id=hall_id, at=at)
        moved += 1
    return moved + follow(at) + erase_pictures(at)


__all__ = [
    "Face",
    "admit",
    "advance_due",
    "announce_draw",
    "answer",
    "close",
    "confirm_price",
    "draft_record",
    "erase_pictures",
    "follow",
    "follow_one",
    "fresh_nonce",
    "has_signed_in",
    "prepare_halls",
    "publish_list",
    "read_out",
    "request_record_signature",
    "resume",
    "sign_in",
    "speak",
]
