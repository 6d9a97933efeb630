"""What `verify_log` asks of the anchors: every stamp and co-signature that the log tells of is there and holds."""

import hashlib
import json
from collections.abc import Iterator

from django.utils import timezone

from commons.evidence import queries as log
from commons.evidence.domain.report import Report
from signatures.anchoring.domain.cosigning import BadCosignature, WitnessKey, verified
from signatures.anchoring.models import CoSignature, SeenView
from signatures.anchoring.queries import digest_of, subject_of
from signatures.crypto import timestamps
from signatures.pki import services as pki
from signatures.pki.queries import trust_store

COSIGNED, VIEWED, STAMPED = "witness.cosigned", "witness.view", "TimeStamped"


def anchor_faults(report: Report) -> Iterator[str]:
    """Every fault, in words."""
    yield from _stamp_faults(report)
    yield from _cosignature_faults()
    yield from _view_faults()


def _stamp_faults(report: Report) -> Iterator[str]:
    told = {_payload(link.payload)["subject"] for link in log.entries_of_type(STAMPED)}
    stamped = pending = 0
    for view in log.newest_checkpoints(LOOKED_AT):
        subject, digest = subject_of(view.note), digest_of(view.note)
        stamp = pki.stamp_of(subject)
        if stamp is None or stamp.token is None:
            pending += 1
            if subject in told:
                yield f"the checkpoint of {view.size} entries: its time stamp is missing"
            continue
        stamped += 1
        status = timestamps.verify(
            stamp.token, digest=digest, at=timezone.now(), trust=trust_store(), revocation=pki.revocation_source()
        )
        if not (status.readable and status.intact and status.right):
            yield f"the checkpoint of {view.size} entries: its time stamp does not hold"
    report.facts |= {"stamped": str(stamped), "ts_pending": str(pending)}


LOOKED_AT = 2000
"""The newest checkpoints whose stamps are checked: about two days of a busy platform."""


def _cosignature_faults() -> Iterator[str]:
    told = {_payload(link.payload)["line_sha256"] for link in log.entries_of_type(COSIGNED)}
    for row in CoSignature.objects.select_related("witness"):
        digest = hashlib.sha256(row.line.encode()).hexdigest()
        if digest not in told:
            yield f"the co-signature {row.pk} under the checkpoint of {row.size} entries is not the one that came in"
        told.discard(digest)
        view = log.checkpoint_of(row.size)
        if view is None or digest_of(view.note).hex() != row.note_sha256:
            yield f"the co-signature {row.pk} is under a checkpoint of {row.size} entries that is not there"
            continue
        text, key = view.note.rpartition("\n\n")[0] + "\n", WitnessKey(row.witness.name, bytes(row.witness.public))
        try:
            verified(text, row.line, key)
        except BadCosignature as error:
            yield f"the co-signature {row.pk}: {error.fields['reason']}"
    if told:
        yield f"{len(told)} co-signatures that the log tells of are missing"


def _view_faults() -> Iterator[str]:
    told = [_payload(link.payload)["note_sha256"] for link in log.entries_of_type(VIEWED)]
    kept = [hashlib.sha256(note.encode()).hexdigest() for note in SeenView.objects.values_list("note", flat=True)]
    if sorted(map(str, told)) != sorted(kept):
        yield "the views that witnesses handed in are not those that the log tells of"


def _payload(payload: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(payload)
    return found
