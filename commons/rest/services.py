"""Answering each request once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict, NotPermitted, Refusal
from commons.evidence import services as evidence
from commons.evidence.domain import canonical
from commons.rest.domain import check_number
from commons.rest.models import AnsweredRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request came to: status and body, whether it was answered before, and where the answer stands in the log.

    `receipt` is `stream#seq#hash`, as `verify_receipt` and `/api/v1/evidence/proof` take it; empty on a repetition.
    """

    status: int
    body: Any
    repeated: bool
    receipt: str


def answer_once(
    *, actor: Actor, number: str | None, fingerprint: str, perform: Callable[[], tuple[int, Any]], at: datetime
) -> Answer:
    """Do `perform` and store its answer in the same transaction; a repetition gets the stored one.

    A refusal is an answer too: what was refused stays refused under this number, so that a copy of the request that
    comes late cannot do what its sender has given up. Only a `retryable` refusal is not stored. Answers are kept in
    clear: an operation that tells a secret must not be called through here.

    Refuses `IdempotencyKeyNeeded`, `Malformed`, `NotPermitted` (the anonymous), `IdempotencyConflict` (the number came
    with another request), and whatever `perform` refuses.
    """
    number = check_number(number)
    if actor.is_anonymous:
        raise NotPermitted()
    with transaction.atomic():
        # The stream is the lock: the same request, sent twice at once, is decided one after the other.
        evidence.hold(_stream(actor))
        row = AnsweredRequest.objects.filter(actor=actor.ref, number=number).first()
        receipt = ""
        if repeated := row is not None:
            if row.fingerprint != fingerprint:
                raise IdempotencyConflict()
        else:
            row, receipt = _decide(actor, number, fingerprint, perform, at)
    if row.refused:
        raise _refusal(row)
    return Answer(row.status, row.answer, repeated, receipt)


def _decide(
    actor: Actor, number: str, fingerprint: str, perform: Callable[[], tuple[int, Any]], at: datetime
) -> tuple[AnsweredRequest, str]:
    refused = False
    try:
        with transaction.atomic():  # what a refused request began is taken back, its refusal stays
            status, body = perform()
    except Refusal as refusal:
        if refusal.retryable:
            raise
        refused, status, body = True, refusal.status, {"code": refusal.code, "fields": refusal.fields}
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    row = AnsweredRequest.objects.create(
        actor=actor.ref,
        number=number,
        fingerprint=fingerprint,
        status=status,
        refused=refused,
        answer=json.loads(text),
        answered_at=at,
    )
    entry = evidence.append(
        stream=_stream(actor),
        type="RequestRefused" if refused else "RequestAnswered",
        actor=actor,
        payload={
            "request_sha256": fingerprint,
            "status": str(status),
            "answer_sha256": canonical.digest(text.encode()),
        },
        decided_at=at,
        idempotency_key=number,
    )
    return row, f"{entry.stream}#{entry.seq}#{entry.hash.hex()}"


def _refusal(row: AnsweredRequest) -> Refusal:
    known = Refusal.registry.get(row.answer["code"], Refusal)
    return known(**row.answer["fields"])


def _stream(actor: Actor) -> str:
    return f"requests:{actor.ref}"
