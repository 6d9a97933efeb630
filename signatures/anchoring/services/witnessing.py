"""What overseers do with the log: register a key, co-sign checkpoints, hand in what they were shown."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound
from commons.evidence import queries as log
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.notes import BadNote, Checkpoint
from signatures.anchoring import policies
from signatures.anchoring.domain.cosigning import BadCosignature, WitnessKey, verified
from signatures.anchoring.models import CoSignature, SeenView, Witness
from signatures.anchoring.queries import digest_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What this log says to a checkpoint that somebody was shown."""

    agrees: bool
    text: str


@transaction.atomic
def register_witness(*, actor: Actor, key: str, at: datetime) -> WitnessKey:
    """Make `key` the one with which the actor's organisation co-signs; an earlier key of the name ends.

    The same key again is harmless. Refuses `NotPermitted`, `BadWitnessKey`.
    """
    policies.can_witness(actor).require()
    assert actor.organisation_id is not None, "roles are held for an organisation"
    found = WitnessKey.parse(key)
    current = Witness.objects.select_for_update().filter(name=found.name, ended_at=None).first()
    if current is not None and bytes(current.public) == found.public:
        return found
    if current is not None and current.organisation_id != actor.organisation_id:
        raise NotFound()
    if current is not None:
        Witness.objects.filter(pk=current.pk).update(ended_at=at)
    Witness.objects.create(
        name=found.name, public=found.public, organisation_id=actor.organisation_id, registered_at=at
    )
    _record(actor, "witness.registered", {"key": str(found)}, at)
    return found


@transaction.atomic
def cosign(*, actor: Actor, size: int, line: str, at: datetime) -> CoSignature:
    """Keep a witness's line under the checkpoint of `size`. Again is harmless.

    Refuses `NotPermitted`, `NotFound`, `BadCosignature`.
    """
    policies.can_witness(actor).require()
    assert actor.organisation_id is not None, "roles are held for an organisation"
    view = log.checkpoint_of(size)
    if view is None:
        raise NotFound()
    name = line.partition(" ")[2].partition(" ")[0]
    witness = Witness.objects.filter(name=name, organisation_id=actor.organisation_id, ended_at=None).first()
    if witness is None:
        raise BadCosignature(reason="its key is not registered for your organisation")
    text = view.note.rpartition("\n\n")[0] + "\n"
    found = verified(text, line, WitnessKey(witness.name, bytes(witness.public)))
    digest = digest_of(view.note).hex()
    row, fresh = CoSignature.objects.get_or_create(
        note_sha256=digest,
        witness=witness,
        defaults={"size": view.size, "line": found.line, "signed_at": found.signed_at},
    )
    if fresh:
        payload = {"size": str(view.size), "note_sha256": digest, "line_sha256": _sha256(found.line)}
        _record(actor, "witness.cosigned", payload, at)
    return row


@transaction.atomic
def show_view(*, actor: Actor, note: str, at: datetime) -> Finding:
    """Compare a checkpoint that an overseer was shown with this log, and keep both. A difference is an alarm.

    Refuses `NotPermitted`; `Malformed` for what the platform did not sign.
    """
    policies.can_witness(actor).require()
    assert actor.organisation_id is not None, "roles are held for an organisation"
    try:
        stated, _ = log.keyring().open(note)
    except BadNote as error:
        raise Malformed(field="note", reason=str(error)) from None
    finding = compare(stated)
    SeenView.objects.create(
        note=note, agrees=finding.agrees, finding=finding.text, organisation_id=actor.organisation_id, seen_at=at
    )
    payload: dict[str, JSON] = {"note_sha256": _sha256(note), "size": str(stated.size), "agrees": finding.agrees}
    _record(actor, "witness.view", payload, at)
    if not finding.agrees:
        logger.critical("a witness was shown another log: %s", finding.text)
    return finding


def compare(stated: Checkpoint) -> Finding:
    """Whether this log holds what the checkpoint tells."""
    size = log.tree_size()
    if stated.size > size:
        return Finding(False, f"it tells of {stated.size} entries, this log has {size}: rewound, or a split view")
    if log.root_of(stated.size) != stated.root:
        return Finding(False, f"the first {stated.size} entries of this log have another root: a fork or a split view")
    return Finding(True, f"the first {stated.size} of {size} entries are the same")


def _record(actor: Actor, type_: str, payload: Mapping[str, JSON], at: datetime) -> None:
    stream = f"witness:{actor.organisation_id}"
    evidence.append(stream=stream, type=type_, actor=actor, payload=payload, decided_at=at)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
