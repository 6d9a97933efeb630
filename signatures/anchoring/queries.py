"""Checkpoints with everything that stands under them: time stamps, co-signatures, and the proofs between them."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.evidence import queries as log
from commons.evidence.domain.canonical import JSON
from commons.evidence.queries import CheckpointView
from signatures.anchoring.domain.cosigning import WitnessKey
from signatures.anchoring.models import CoSignature, SeenView, Witness
from signatures.pki import services as pki


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint with what others said of it. `token` is a time stamp over the SHA-256 of the note."""

    checkpoint: CheckpointView
    token: bytes | None
    stamped_at: datetime | None
    cosignatures: tuple[str, ...]

    @property
    def ts_pending(self) -> bool:
        return self.token is None

    @property
    def note(self) -> str:
        """The note with the lines of its witnesses."""
        return self.checkpoint.note + "".join(f"{line}\n" for line in self.cosignatures)


def subject_of(note: str) -> str:
    """The name under which the stamp of a checkpoint is kept."""
    return f"checkpoint:{digest_of(note).hex()}"


def digest_of(note: str) -> bytes:
    """What the time stamp of a checkpoint is over."""
    return hashlib.sha256(note.encode()).digest()


def anchored(view: CheckpointView) -> Anchored:
    """The checkpoint with its stamp and its co-signatures."""
    stamp = pki.stamp_of(subject_of(view.note))
    lines = CoSignature.objects.filter(note_sha256=digest_of(view.note).hex()).order_by("id")
    return Anchored(
        view,
        stamp.token if stamp else None,
        stamp.stamped_at if stamp else None,
        tuple(lines.values_list("line", flat=True)),
    )


def checkpoints(*, after_size: int, limit: int) -> list[Anchored]:
    """Checkpoints of trees larger than `after_size`, oldest first."""
    return [anchored(view) for view in log.checkpoints(after_size=after_size, limit=limit)]


def checkpoint(size: int) -> Anchored:
    """The first checkpoint of that size. Raises `NotFound`."""
    found = log.checkpoint_of(size)
    if found is None:
        raise NotFound()
    return anchored(found)


def consistency(old: int, new: int) -> list[str]:
    """The proof, in base64, that the tree of `new` entries extends the one of `old`. Raises `NotFound`."""
    if not 0 <= old <= new <= log.tree_size():
        raise NotFound()
    return [base64.b64encode(hashed).decode() for hashed in log.consistency(old, new)]


def inclusion(entry_hash: bytes, index: int, size: int) -> dict[str, JSON]:
    """The proof that the entry of that hash stands at `index` in the tree of `size` entries. Raises `NotFound`.

    Only for who knows the hash: nobody counts the entries of a stream here.
    """
    found = log.path_of(entry_hash, index, size)
    if found is None:
        raise NotFound()
    path: list[JSON] = [base64.b64encode(hashed).decode() for hashed in found]
    return {"hash": entry_hash.hex(), "index": str(index), "size": str(size), "path": path}


def witnesses() -> list[dict[str, str]]:
    """The keys of the witnesses that sign today."""
    rows = Witness.objects.filter(ended_at=None).select_related("organisation")
    return [{"key": key_text(row), "organisation": row.organisation.name} for row in rows]


def key_text(row: Witness) -> str:
    """The witness's key as it is published."""
    return str(WitnessKey(row.name, bytes(row.public)))


def views_of(actor: Actor) -> list[dict[str, str]]:
    """The views that the actor's organisation handed in, the newest first."""
    if actor.organisation_id is None:
        return []
    rows = SeenView.objects.filter(organisation_id=actor.organisation_id).order_by("-id")[:100]
    return [{"note": row.note, "finding": row.finding, "seen_at": to_text(row.seen_at)} for row in rows]
