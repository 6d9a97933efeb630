"""Receipts: what the platform signs for an envelope, its place in the log, and its time stamp."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commons.domain.actor import system_actor
from commons.domain.time import to_text
from commons.evidence import keys
from commons.evidence import services as evidence
from commons.evidence.domain import canonical, receipts
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.receipts import Head
from commons.evidence.queries import inclusion, latest_checkpoint
from commons.outbox import services as outbox
from commons.people import queries as people
from signatures import at_rest
from signatures.crypto import timestamps
from signatures.crypto.timestamps import StampUnavailable
from signatures.envelopes.models import EnvelopeReceipt, SealedIntake
from signatures.envelopes.services.common import new_ref
from signatures.pki.queries import trust_store
from signatures.pki.services import revocation_source, stamper

logger = logging.getLogger(__name__)
CONTEXT = "luochui/envelope-receipt/v1"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a receipt says before it has its place in the log. `kind`: SEALED or WITHDRAWN."""

    kind: str
    intake: SealedIntake
    organisation_id: int
    commit: str
    size: int
    received_at: datetime
    supersedes: str


def draft_receipt(draft: Draft) -> str:
    """Commit to the receipt in the log, inside the transaction of what it is for; its number.

    The log holds its digest alone, in a stream of its own: neither bidder nor procedure can be told from it.
    """
    number = new_ref()
    organisation = people.organisation(draft.organisation_id)
    assert organisation is not None, "a bidder's organisation is in the register"
    core: dict[str, JSON] = {
        "bidder": organisation.uscc,
        "commit": draft.commit,
        "ctx": CONTEXT,
        "kind": draft.kind,
        "lot": draft.intake.lot,
        "receipt_id": number,
        "received_at": to_text(draft.received_at),
        "size": str(draft.size),
        "supersedes": draft.supersedes,
        "tender": draft.intake.tender,
    }
    entry = evidence.append(
        stream=f"receipt:{number}",
        type="envelope.receipt",
        actor=system_actor("envelopes"),
        payload={"receipt_sha256": canonical.digest(canonical.encode(core))},
        decided_at=draft.received_at,
    )
    facts: dict[str, JSON] = {
        "core": core,
        "entry": {"hash": entry.hash.hex(), "seq": str(entry.seq), "stream": entry.stream},
        "intake": str(draft.intake.pk),
        "organisation": str(draft.organisation_id),
        "signed": None,
    }
    EnvelopeReceipt.objects.create(ref=number, facts=at_rest.seal(facts, place=f"receipt:{number}"))
    outbox.enqueue(topic="envelopes.receipt", key=number, payload={"receipt": number}, at=draft.received_at)
    return number


def complete_receipt(number: str, *, at: datetime) -> None:
    """Give the receipt its place in the log and sign it. Never fails; the outbox repeats. The time stamp follows."""
    try:
        sign_receipt(number, at=at)
    except Exception:
        # The envelope is in; what is missing of its receipt comes with the outbox.
        logger.exception("receipt %s is signed later", number)


def sign_receipt(number: str, *, at: datetime) -> None:
    """Sign the receipt with its place in a checkpoint of the log; harmless to repeat."""
    row = EnvelopeReceipt.objects.get(ref=number)
    facts = facts_of(row)
    if facts["signed"] is not None:
        return
    evidence.checkpoint(at)
    entry, core = facts["entry"], facts["core"]
    assert isinstance(entry, Mapping) and isinstance(core, Mapping)  # noqa: PT018  # as they were drafted
    proof, checkpoint = inclusion(str(entry["stream"]), int(str(entry["seq"]))), latest_checkpoint()
    assert proof is not None and checkpoint is not None  # noqa: PT018  # the checkpoint gathered the entry
    body = {**core, "checkpoint": checkpoint.note, "entry": entry, "log_index": str(proof.index)}
    head = Head(checkpoint.size, checkpoint.root)
    (receipt,) = receipts.issue([canonical.encode(body)], keys.signing_key(keys.Purpose.RECEIPTS), head=head)
    sealed = at_rest.seal({**facts, "signed": receipt.as_json()}, place=f"receipt:{number}")
    EnvelopeReceipt.objects.filter(ref=number).update(facts=sealed)


def stamp_pending(at: datetime, limit: int = 20) -> int:
    """Have the missing time stamps made, oldest questions first; how many came. For the timekeeper's helper.

    Nobody waits for an authority at a deadline: a receipt counts by the platform's signature, and says `ts_pending`.
    """
    stamped = 0
    for row in EnvelopeReceipt.objects.filter(ts_pending=True)[:limit]:
        signed = facts_of(row)["signed"]
        if not isinstance(signed, Mapping):
            continue
        try:
            token = _token(hashlib.sha256(canonical.encode(signed["body"])).digest(), at)
        except StampUnavailable as error:
            logger.warning("receipts wait for their time stamps: %s", error)
            break
        stamped += EnvelopeReceipt.objects.filter(pk=row.pk, ts_pending=True).update(token=token, ts_pending=False)
    return stamped


def _token(digest: bytes, at: datetime) -> bytes:
    """A token that holds; raises `StampUnavailable`: one that does not would stand in the receipt for good."""
    token = stamper().stamp(digest, at=at)
    status = timestamps.verify(token, digest=digest, at=at, trust=trust_store(), revocation=revocation_source())
    if not status.valid:
        raise StampUnavailable("the token does not hold")
    return token


def facts_of(row: EnvelopeReceipt) -> Mapping[str, JSON]:
    return at_rest.unseal(bytes(row.facts), place=f"receipt:{row.ref}")
