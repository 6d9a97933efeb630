"""What `verify_log` asks of the anchors: every stamp and co-signature that the log tells of is there and holds."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.utils import timezone

from commons.evidence import queries as log
from commons.evidence.domain.report import Report
from commons.evidence.queries import CheckpointView
from signatures.anchoring.domain.cosigning import BadCosignature, WitnessKey, verified
from signatures.anchoring.models import CoSignature, SeenView
from signatures.anchoring.queries import digest_of, subject_of
from signatures.crypto import timestamps
from signatures.crypto.answers import RevocationNotProven
from signatures.crypto.authorities import TrustedAuthority
from signatures.crypto.revocation import RevocationData, RevocationSource, RevocationUnavailable
from signatures.pki import services as pki
from signatures.pki.queries import trust_store

COSIGNED, VIEWED, STAMPED = "witness.cosigned", "witness.view", "TimeStamped"


def anchor_faults(report: Report) -> Iterator[str]:
    """Every fault, in words."""
    yield from _stamp_faults(report)
    yield from _cosignature_faults()
    yield from _view_faults()


def _stamp_faults(report: Report) -> Iterator[str]:
    """Every checkpoint's stamp: its digest, its signature, and the chain of its authority up to the trust list.

    An authority whose revocation nobody can be asked about now is a fact (`stamps_unproven`) and no fault of the log.
    """
    told = {_payload(link.payload)["subject"] for link in log.entries_of_type(STAMPED)}
    counted = Counter[str]()
    trust, revocation = trust_store(), AskedOnce(pki.revocation_source())
    for views in _by_hundreds(log.all_checkpoints()):
        stamps = pki.stamps_of([subject_of(view.note) for view in views])
        for view in views:
            stamp = stamps.get(subject_of(view.note))
            if stamp is None or stamp.token is None:
                counted["ts_pending"] += 1
                if subject_of(view.note) in told:
                    yield f"the checkpoint of {view.size} entries: its time stamp is missing"
                continue
            counted["stamped"] += 1
            status = timestamps.verify(
                stamp.token, digest=digest_of(view.note), at=timezone.now(), trust=trust, revocation=revocation
            )
            counted["stamps_unproven"] += status.certificate is not None and not status.certificate.usable
            yield from (f"the checkpoint of {view.size} entries: {fault}" for fault in _token_faults(status))
    report.facts |= {name: str(counted[name]) for name in ("stamped", "ts_pending", "stamps_unproven")}


def _token_faults(status: timestamps.StampStatus) -> Iterator[str]:
    if not (status.readable and status.intact and status.right) or status.certificate is None:
        yield "its time stamp does not hold"
    elif not isinstance(status.certificate.refusal, RevocationNotProven | None):
        yield f"the certificate of its time-stamp authority does not hold ({status.certificate.refusal.code})"


def _by_hundreds(views: Iterator[CheckpointView]) -> Iterator[list[CheckpointView]]:
    while page := list(islice(views, 500)):
        yield page


class AskedOnce:
    """Asks another source once about each certificate, answers and silence alike: a log has thousands of stamps."""

    def __init__(self, source: RevocationSource) -> None:
        self._source = source
        self._known: dict[bytes, RevocationData | None] = {}

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        if certificate not in self._known:
            try:
                asked = self._source.about(certificate=certificate, issuer=issuer, authority=authority, at=at)
            except RevocationUnavailable:
                asked = None
            self._known[certificate] = asked
        known = self._known[certificate]
        if known is None:
            raise RevocationUnavailable("nobody answered about it before")
        return known


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
