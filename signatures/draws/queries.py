"""Draws as values, and the record from which anybody computes a draw again."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence import queries as log
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.exports import Proven, entry_json
from commons.evidence.domain.trust import Keyring
from signatures.draws import safekeeping
from signatures.draws.domain.record import FORMAT
from signatures.draws.domain.states import DrawState, HolderRole
from signatures.draws.models import Draw, DrawHolder


@dataclass(frozen=True, slots=True)
class HolderView:
    """A custodian or party, and how far it is."""

    role: HolderRole
    ref: str
    person_id: int | None
    organisation_id: int | None
    commitment: str
    committed_at: datetime | None
    in_safekeeping: bool
    secret: str
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw as pages and callers see it. `selected` are entries as published: of a salted roster, hashes."""

    id: UUID
    subject: str
    title: str
    state: DrawState
    k: int
    salted: bool
    roster: tuple[str, ...]
    exclusions: tuple[str, ...]
    beacon_source: str
    beacon_round: str
    beacon_known_from: datetime | None
    beacon_value: str
    known_from: datetime
    reveal_from: datetime
    reveal_until: datetime
    prepared_at: datetime
    announced_at: datetime | None
    anchored_at: datetime | None
    ended_at: datetime | None
    seed: str
    selected: tuple[str, ...]
    violations: tuple[tuple[str, str], ...]
    """Kind and the reference of whoever is behind it."""
    disclosed_at: datetime | None
    redraw_of: UUID | None
    redrawn_as: UUID | None
    attempt: int
    reason: str
    holders: tuple[HolderView, ...]


def draw(draw_id: UUID) -> DrawView:
    """The draw; public. Raises `NotFound`."""
    row = Draw.objects.filter(pk=draw_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def about(subject: str) -> list[DrawView]:
    """Every draw for `subject`, the newest first: a redraw hides none."""
    return [view_of(row) for row in Draw.objects.filter(subject=subject).order_by("-attempt", "-prepared_at")]


def newest(*, limit: int = 50) -> list[DrawView]:
    """The newest draws; public."""
    return [view_of(row) for row in Draw.objects.order_by("-prepared_at")[:limit]]


def held_by(viewer: Actor) -> list[DrawView]:
    """The draws in which the viewer is a custodian or a party, the newest first."""
    if viewer.person_id is None:
        return []
    rows = Draw.objects.filter(holders__person_id=viewer.person_id)
    return [view_of(row) for row in rows.order_by("-prepared_at").distinct()[:50]]


def chosen(draw_id: UUID) -> tuple[str, ...]:
    """The entries that were drawn, in clear, in their order: for the package that asked. Raises `NotFound`."""
    row = Draw.objects.filter(pk=draw_id).first()
    if row is None or row.state != DrawState.DRAWN:
        raise NotFound()
    behind = entries_behind(row)
    return tuple(behind[entry] for entry in row.selected)


def entries_behind(row: Draw) -> dict[str, str]:
    """Published entry to entry in clear."""
    if row.sealed_roster is None:
        return {entry: entry for entry in row.roster}
    return {hashed: str(found["entry"]) for hashed, found in _opened(row).items()}


def salts_behind(row: Draw) -> dict[str, str]:
    """Published hash to salt, in hexadecimal."""
    return {hashed: str(found["salt"]) for hashed, found in _opened(row).items()}


def _opened(row: Draw) -> dict[str, dict[str, str]]:
    if row.sealed_roster is None:
        return {}
    plain = safekeeping.take_out(bytes(row.sealed_roster), draw_id=row.pk, place=safekeeping.ROSTER)
    found: dict[str, dict[str, str]] = json.loads(plain)
    return found


def view_of(row: Draw) -> DrawView:
    """The row as a value."""
    return DrawView(
        id=row.pk,
        subject=row.subject,
        title=row.title,
        state=DrawState(row.state),
        k=row.k,
        salted=row.salted,
        roster=tuple(row.roster),
        exclusions=tuple(row.exclusions),
        beacon_source=row.beacon_source,
        beacon_round=row.beacon_round,
        beacon_known_from=row.beacon_known_from,
        beacon_value=bytes(row.beacon_value or b"").hex(),
        known_from=row.known_from,
        reveal_from=row.reveal_from,
        reveal_until=row.reveal_until,
        prepared_at=row.prepared_at,
        announced_at=row.announced_at,
        anchored_at=row.anchored_at,
        ended_at=row.ended_at,
        seed=row.seed,
        selected=tuple(row.selected),
        violations=tuple((found["kind"], found["by"]) for found in row.violations),
        disclosed_at=row.disclosed_at,
        redraw_of=row.redraw_of_id,
        redrawn_as=Draw.objects.filter(redraw_of=row).values_list("pk", flat=True).first(),
        attempt=row.attempt,
        reason=row.reason,
        holders=tuple(_holder_view(holder) for holder in row.holders.all()),
    )


def _holder_view(holder: DrawHolder) -> HolderView:
    return HolderView(
        role=HolderRole(holder.role),
        ref=holder.ref,
        person_id=holder.person_id,
        organisation_id=holder.organisation_id,
        commitment=holder.commitment,
        committed_at=holder.committed_at,
        in_safekeeping=holder.sealed_secret is not None,
        secret=holder.secret,
        revealed_at=holder.revealed_at,
    )


def record(draw_id: UUID) -> dict[str, JSON]:
    """`luochui-draw/v1`: roster, exclusions, and the draw's entries of the log with their proofs. Raises `NotFound`."""
    row = Draw.objects.filter(pk=draw_id).first()
    if row is None:
        raise NotFound()
    links = log.entries(row.stream)
    newest = log.latest_checkpoint()
    proofs = log.inclusions(row.stream, [link.seq for link in links], size=newest.size if newest else 0)
    places = {proof.seq: (proof.index, proof.path) for proof in proofs}
    proven = [Proven(link, *places.get(link.seq, (None, ()))) for link in links]
    announced = next((link.seq for link in links if link.type == "draw.announced"), None)
    return {
        "format": FORMAT,
        "draw_id": str(row.pk),
        "roster": row.roster,
        "exclusions": row.exclusions,
        "entries": [entry_json(entry) for entry in proven],
        "checkpoint": newest.note if newest else None,
        "anchor": _anchor(row, announced),
        "keys": log.published_keys(),
    }


def _anchor(row: Draw, announced: int | None) -> JSON:
    """The first checkpoint that covers the announcement, and the proof of it."""
    index = None if announced is None else log.index_of(row.stream, announced)
    covering = None if index is None else log.checkpoint_covering(index)
    if announced is None or covering is None:
        return None
    proof = log.inclusion(row.stream, announced, size=covering.size)
    assert proof is not None, "the checkpoint covers the entry"
    path: list[JSON] = [base64.b64encode(part).decode() for part in proof.path]
    return {"note": covering.note, "index": str(proof.index), "path": path}


def hashes(draw_id: str) -> list[str]:
    """The hashes of the draw's entries in the log, in their order."""
    return [link.hash.hex() for link in log.entries(f"draw:{draw_id}")]


def trusted_keys() -> Keyring:
    """The keys that this platform published."""
    return log.keyring()
