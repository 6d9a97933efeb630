"""A time stamp of an outside authority for every checkpoint. Never waited for: a checkpoint counts without it."""

from datetime import datetime

from django.db import transaction

from commons.evidence import queries as log
from signatures.anchoring.queries import digest_of, subject_of
from signatures.pki import services as pki

LOOKED_AT = 50
"""The newest checkpoints; older ones were asked for while they were new."""


def stamp_checkpoints(at: datetime) -> int:
    """For the errands: ask for the stamps of new checkpoints; how many. The tokens follow by `pki.stamp_due`."""
    asked = 0
    for view in log.newest_checkpoints(LOOKED_AT):
        if pki.stamp_of(subject_of(view.note)) is not None:
            break
        with transaction.atomic():
            pki.request_stamp(subject=subject_of(view.note), digest=digest_of(view.note), at=at)
        asked += 1
    return asked
