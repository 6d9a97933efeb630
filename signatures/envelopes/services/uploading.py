"""Uploads: a permission that works once, an upload that can be interrupted, and room for it on the disk."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON
from commons.parameters import queries as parameters
from signatures import at_rest
from signatures.envelopes import policies, store
from signatures.envelopes.admitting import require_admission
from signatures.envelopes.domain.header import SMALLEST_CHUNK
from signatures.envelopes.domain.layout import ATTESTATION, LARGEST_HEADER, LARGEST_MANIFEST, TAG
from signatures.envelopes.domain.rules import UploadNoRoom, UploadTokenSpent, UploadTooLarge, require_open
from signatures.envelopes.models import EnvelopeUpload, SealedIntake
from signatures.envelopes.services.common import new_ref

ISSUED, RUNNING, FINISHED, DROPPED = "ISSUED", "RUNNING", "FINISHED", "DROPPED"
PERMISSION_LASTS = timedelta(minutes=10)
SETTLING = timedelta(seconds=10)
"""After the deadline: what came in before it is still being taken."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that runs: its name, how long it will be, for which intake and whom, and until when."""

    ref: str
    state: str
    length: int
    intake_id: int
    organisation_id: int
    person_id: int
    receipt: str
    expires_at: datetime


def authorise_upload(*, actor: Actor, intake_id: int, at: datetime) -> str:
    """A token that permits one upload for the actor's organisation. Raises `NotPermitted`, `NotFound`, `IntakeLate`,
    and what the procedure of the intake refuses (`admitting`)."""
    policies.can_seal(actor).require()
    intake = SealedIntake.objects.filter(pk=intake_id).first()
    if intake is None:
        raise NotFound()
    require_open(deadline=intake.deadline, at=at)
    require_admission(actor, intake.subject, at)
    token, ref = secrets.token_urlsafe(32), new_ref()
    facts = {
        "intake": str(intake_id),
        "length": "0",
        "organisation": str(actor.organisation_id),
        "person": str(actor.person_id),
        "receipt": "",
    }
    EnvelopeUpload.objects.create(
        ref=ref,
        token_sha256=_digest(token),
        own_tag=at_rest.tag("upload", str(intake_id), str(actor.organisation_id)),
        facts=at_rest.seal(facts, place=f"upload:{ref}"),
        state=ISSUED,
        expires_at=at + PERMISSION_LASTS,
    )
    return token


@transaction.atomic
def begin_upload(*, token: str, length: int, at: datetime) -> Upload:
    """Spend the token: an upload of `length` bytes may begin, in the place of one that was left unfinished.

    Raises `UploadTokenSpent`, `UploadTooLarge`, `UploadNoRoom`, `IntakeLate`.
    """
    row = EnvelopeUpload.objects.select_for_update().filter(token_sha256=_digest(token)).first()
    if row is None or row.state != ISSUED or at >= row.expires_at:
        raise UploadTokenSpent()
    upload = _view(row)
    require_open(deadline=_deadline(upload.intake_id), at=at)
    _require_size(length, at)
    _drop_unfinished(row.own_tag)
    _require_room(length)
    row.state, row.expires_at = RUNNING, at + _lasts(at)
    _put(row, length=str(length))
    store.upload_path(row.ref).touch(mode=0o600, exist_ok=False)
    return _view(row)


def running_upload(*, ref: str, token: str, at: datetime) -> Upload:
    """The upload of that name for the holder of its token; finished ones too. Raises `NotFound`."""
    row = EnvelopeUpload.objects.filter(ref=ref, token_sha256=_digest(token), state__in=[RUNNING, FINISHED]).first()
    if row is None or (row.state == RUNNING and at >= row.expires_at):
        raise NotFound()
    return _view(row)


def finish_upload(ref: str, *, receipt: str) -> None:
    """Remember the receipt that the upload got, inside the transaction that gave it."""
    row = EnvelopeUpload.objects.select_for_update().get(ref=ref, state=RUNNING)
    row.state = FINISHED
    _put(row, receipt=receipt)


def drop_upload(ref: str) -> None:
    """Forget an upload and its bytes."""
    EnvelopeUpload.objects.filter(ref=ref, state__in=[ISSUED, RUNNING]).update(state=DROPPED)
    store.upload_path(ref).unlink(missing_ok=True)


def sweep_uploads(at: datetime) -> int:
    """Forget what has expired or was not finished by its deadline: it counts as not handed in. For the timekeeper."""
    rows = EnvelopeUpload.objects.filter(state__in=[ISSUED, RUNNING])
    over = [row.ref for row in rows if at >= row.expires_at or at >= _deadline(_view(row).intake_id) + SETTLING]
    for ref in over:
        drop_upload(ref)
    return len(over)


def _require_size(length: int, at: datetime) -> None:
    megabytes = parameters.integer("envelope.max_megabytes", on=at.date())
    padded = megabytes * 1_000_000 * 33 // 32  # a thirty-second more at most
    tags = -(-padded // SMALLEST_CHUNK) * TAG
    limit = LARGEST_HEADER + LARGEST_MANIFEST + padded + tags + ATTESTATION + TAG
    if not 0 < length <= limit:
        raise UploadTooLarge(limit_mb=str(megabytes))


def _require_room(length: int) -> None:
    promised = sum(_missing(row) for row in EnvelopeUpload.objects.filter(state=RUNNING))
    if promised + length > store.free_bytes():
        raise UploadNoRoom()


def _missing(row: EnvelopeUpload) -> int:
    path = store.upload_path(row.ref)
    return max(0, _view(row).length - (path.stat().st_size if path.exists() else 0))


def _drop_unfinished(own_tag: str) -> None:
    for ref in EnvelopeUpload.objects.filter(own_tag=own_tag, state=RUNNING).values_list("ref", flat=True):
        drop_upload(ref)


def _lasts(at: datetime) -> timedelta:
    return timedelta(hours=parameters.integer("envelope.upload_hours", on=at.date()))


def _deadline(intake_id: int) -> datetime:
    return SealedIntake.objects.values_list("deadline", flat=True).get(pk=intake_id)


def _put(row: EnvelopeUpload, **changed: str) -> None:
    facts: Mapping[str, JSON] = {**_facts(row), **changed}
    row.facts = at_rest.seal(facts, place=f"upload:{row.ref}")
    row.save(update_fields=["state", "expires_at", "facts"])


def _facts(row: EnvelopeUpload) -> Mapping[str, JSON]:
    return at_rest.unseal(bytes(row.facts), place=f"upload:{row.ref}")


def _view(row: EnvelopeUpload) -> Upload:
    facts = {name: str(value) for name, value in _facts(row).items()}
    return Upload(
        row.ref,
        row.state,
        int(facts["length"]),
        int(facts["intake"]),
        int(facts["organisation"]),
        int(facts["person"]),
        facts["receipt"],
        row.expires_at,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
