"""Taking a signature: validated at once, stored only when valid, told to whoever asked in the same transaction."""

import hashlib
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow
from signatures.crypto.cms import stamp_digest
from signatures.pki import services as pki
from signatures.signing.domain.sessions import (
    LARGEST_SIGNATURE_BYTES,
    SigningCommand,
    SigningElsewhere,
    SigningState,
    require_time,
)
from signatures.signing.kinds import Signed, kind_of
from signatures.signing.models import SigningSession
from signatures.signing.policies import can_sign
from signatures.signing.queries import order_of, stamp_subject
from signatures.signing.services.forms import form_of
from signatures.signing.services.steps import found, locked, require_open, step


def complete(*, actor: Actor, number: str, signature: bytes, at: datetime) -> None:
    """Take the signature value over the prepared attributes; once.

    Refuses what `can_sign` refuses, `SignedAlready`, `SigningOver`, `SigningElsewhere` (another browser prepared),
    `SignatureInvalid` and whatever now speaks against the certificate; then nothing is stored.
    """
    if len(signature) > LARGEST_SIGNATURE_BYTES:
        raise Malformed(field="signature", reason="too large")
    row = found(number)
    _require(actor, row, at)
    kind = kind_of(row.kind)
    order = order_of(row)
    finished = form_of(kind).finish(order, signature, at=at)
    with transaction.atomic():
        fresh = locked(number)
        _require(actor, fresh, at)
        if bytes(fresh.attributes or b"") != order.attributes:
            raise NotAllowedNow(command=SigningCommand.COMPLETE.value, state=fresh.state)
        payload = {
            "sha256": order.digest,
            "certificate_sha256": hashlib.sha256(order.certificate).hexdigest(),
            "signature_sha256": hashlib.sha256(finished.cms or signature).hexdigest(),
            **finished.result,
        }
        values = {"signature": finished.cms or None, "result": dict(finished.result)}
        step(fresh, SigningCommand.COMPLETE, actor=actor, at=at, payload=payload, **values)
        if finished.cms:
            # Nobody waits for an authority: the token follows, and is asked for until it is there.
            pki.request_stamp(subject=stamp_subject(finished.cms), digest=stamp_digest(finished.cms), at=at)
        kind.done(Signed(order, finished, actor, at, fresh.stream))


def _require(actor: Actor, row: SigningSession, at: datetime) -> None:
    can_sign(actor, row).require()
    require_open(row)
    require_time(row.expires_at, at)
    if row.state != SigningState.PREPARED:
        raise NotAllowedNow(command=SigningCommand.COMPLETE.value, state=row.state)
    if row.prepared_by != actor.session_ref:
        raise SigningElsewhere()
