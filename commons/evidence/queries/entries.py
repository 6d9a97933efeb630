"""One entry of the log as everybody may see it, with its place in the newest checkpoint."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commons.domain.refusals import NotFound
from commons.evidence import publicity
from commons.evidence.domain import blinding, canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.models import EvidenceEntry
from commons.evidence.queries.log import CheckpointView, latest_checkpoint
from commons.evidence.queries.proofs import InclusionProof, inclusion


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry. `columns` and `payload` are None where the stream is not public: then its hash stands for it."""

    stream: str
    seq: int
    hash: str
    columns: Mapping[str, JSON] | None
    payload: Mapping[str, JSON] | None
    committed: bool
    """The payload is a commitment: what it hides is not published yet."""
    decided_at: datetime | None
    proof: InclusionProof | None
    checkpoint: CheckpointView | None

    def as_json(self) -> dict[str, JSON]:
        """What a browser needs to check it again; `entry` has the columns of the leaf and the payload."""
        path = [base64.b64encode(hashed).decode() for hashed in self.proof.path] if self.proof else None
        return {
            "checkpoint": self.checkpoint.note if self.checkpoint else None,
            "entry": None if self.columns is None else {**self.columns, "payload": self.payload},
            "hash": self.hash,
            "index": str(self.proof.index) if self.proof else None,
            "path": path,
            "seq": str(self.seq),
            "stream": self.stream,
        }


def entry(stream: str, seq: int, hash_: str) -> EntryView:
    """The entry for everybody. Raises `NotFound`.

    Where the stream is not public only who knows the hash, from a receipt, learns that there is such an entry, and
    nothing but its place: how many entries a stream has may be a secret.
    """
    row = EvidenceEntry.objects.filter(stream=stream, seq=seq).first()
    public = publicity.is_public(stream)
    if row is None or ((hash_ or not public) and hash_ != bytes(row.hash).hex()):
        raise NotFound()
    checkpoint = latest_checkpoint()
    proof = inclusion(stream, seq, size=checkpoint.size) if checkpoint else None
    payload = canonical.decode(bytes(row.payload)) if public else None
    assert payload is None or isinstance(payload, Mapping), "payloads are objects"
    return EntryView(
        stream=stream,
        seq=seq,
        hash=bytes(row.hash).hex(),
        columns=_columns(row) if public else None,
        payload=payload,
        committed=blinding.is_committed(bytes(row.payload)),
        decided_at=row.decided_at if public else None,
        proof=proof,
        checkpoint=checkpoint,
    )


def _columns(row: EvidenceEntry) -> dict[str, JSON]:
    link = row.link
    return {
        "actor": link.actor,
        "key": link.key,
        "prev": link.prev.hex(),
        "seq": str(link.seq),
        "stream": link.stream,
        "ts": link.ts,
        "type": link.type,
    }
