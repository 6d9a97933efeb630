"""Questions about certificates; anybody may ask them."""

import hashlib

from commons.domain.actor import ALLOWED, system_actor
from commons.evidence import queries as evidence
from commons.evidence.domain import chain, merkle
from commons.evidence.domain.canonical import NotCanonical, decode, digest, encode
from commons.vault import services as vault
from commons.vault.content import ContentDamaged
from exchange.contracts.domain.verification import Verification
from exchange.contracts.models import Certificate

READER = system_actor("verification")


def certificate(code: str) -> Certificate | None:
    """A certificate by its code."""
    found = Certificate.objects.select_related("deal__lot__project__seller", "deal__buyer", "superseded_by")
    return found.filter(code=code).first()


def verify(found: Certificate) -> Verification:
    """Check the stored file, the stated facts, the log entry with its way to a checkpoint, and the standing."""
    entry = next(iter(evidence.entries(found.stream, after_seq=found.stream_seq - 1, limit=1)), None)
    in_public_log, checkpoint_size = _public_log(entry) if entry else (False, None)
    return Verification(
        document_intact=_file_sha256(found) == found.sha256,
        facts_intact=entry is not None and _payload(entry).get("facts_sha256") == digest(encode(found.facts)),
        registered=entry is not None and _is_issue_of(entry, found),
        in_public_log=in_public_log,
        current=found.revoked_at is None and found.superseded_by_id is None,
        entry_hash=entry.hash.hex() if entry else "",
        checkpoint_size=checkpoint_size,
    )


def _file_sha256(found: Certificate) -> str:
    """The hash of the bytes as they lie in the vault now."""
    opened = vault.open_document(actor=READER, document_id=found.document_id, at=found.issued_at, decision=ALLOWED)
    reckoned = hashlib.sha256()
    try:
        for chunk in opened.chunks:
            reckoned.update(chunk)
    except ContentDamaged:
        return ""
    return reckoned.hexdigest()


def _payload(entry: chain.Link) -> dict[str, object]:
    try:
        value = decode(entry.payload)
    except NotCanonical:
        return {}
    return dict(value) if isinstance(value, dict) else {}


def _is_issue_of(entry: chain.Link, found: Certificate) -> bool:
    payload = _payload(entry)
    names = payload.get("certificate") == found.code and payload.get("document_sha256") == found.sha256
    return entry.type == "CertificateIssued" and names and chain.recompute(entry) == entry.hash


def _public_log(entry: chain.Link) -> tuple[bool | None, int | None]:
    """Whether the entry leads to the root of the newest checkpoint, and the size of that tree."""
    checkpoint = evidence.latest_checkpoint()
    proof = evidence.inclusion(entry.stream, entry.seq, size=checkpoint.size) if checkpoint else None
    if checkpoint is None or proof is None:
        return None, None
    root = merkle.root_from_inclusion(entry.hash, proof.index, proof.size, proof.path)
    return root == checkpoint.root, proof.size
