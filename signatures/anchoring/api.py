"""REST for witnesses: checkpoints with time stamps and co-signatures, proofs between any two sizes, their own views.

Reading needs no key; co-signing and handing in a view need the key of an overseer.
"""

import base64
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from commons.domain.time import to_text
from commons.rest.api import Key, actor_of, effectful
from signatures.anchoring import queries, services

router = Router()
EntryHash = Annotated[str, Query(pattern="^[0-9a-f]{64}$")]


class AnchoredOut(Schema):
    size: str
    root: str
    at: str
    note: str
    """With the lines of the witnesses."""
    token: str | None
    """RFC 3161, DER in base64, over the SHA-256 of the note without the lines of witnesses."""
    stamped_at: str | None
    ts_pending: bool


class InclusionOut(Schema):
    hash: str
    index: str
    size: str
    path: list[str]


class ConsistencyOut(Schema):
    old: str
    new: str
    path: list[str]


class KeyIn(Schema):
    key: str


class LineIn(Schema):
    size: int
    line: str


class NoteIn(Schema):
    note: str


class FindingOut(Schema):
    agrees: bool
    finding: str


@router.get("/checkpoints", response=list[AnchoredOut], summary="Checkpoints with stamps and co-signatures")
def anchored_checkpoints(request: HttpRequest, after_size: int = -1, limit: int = 100) -> list[dict[str, Any]]:
    return [_out(one) for one in queries.checkpoints(after_size=after_size, limit=max(1, min(limit, 500)))]


@router.get("/consistency", response=ConsistencyOut, summary="The proof that a larger log extends a smaller one")
def consistency_between(request: HttpRequest, old: int, new: int) -> dict[str, Any]:
    return {"old": str(old), "new": str(new), "path": queries.consistency(old, new)}


@router.get("/inclusion", response=InclusionOut, summary="Where an entry you have the hash of stands in a tree")
def inclusion_of(request: HttpRequest, hash: EntryHash, index: int, size: int) -> dict[str, Any]:
    return dict(queries.inclusion(bytes.fromhex(hash), index, size))


@router.get("/keys", summary="The keys of the witnesses")
def witness_keys(request: HttpRequest) -> list[dict[str, str]]:
    return queries.witnesses()


@router.post("/keys", auth=Key(), response=KeyIn, summary="Register the key with which your organisation co-signs")
@effectful
def register(request: HttpRequest, body: KeyIn) -> dict[str, str]:
    key = services.register_witness(actor=actor_of(request), key=body.key, at=timezone.now())
    return {"key": str(key)}


@router.post("/cosignatures", auth=Key(), response=LineIn, summary="Put your co-signature under a checkpoint")
@effectful
def cosign(request: HttpRequest, body: LineIn) -> dict[str, Any]:
    row = services.cosign(actor=actor_of(request), size=body.size, line=body.line, at=timezone.now())
    return {"size": row.size, "line": row.line}


@router.post("/views", auth=Key(), response=FindingOut, summary="Hand in a checkpoint that you were shown")
@effectful
def view(request: HttpRequest, body: NoteIn) -> dict[str, Any]:
    finding = services.show_view(actor=actor_of(request), note=body.note, at=timezone.now())
    return {"agrees": finding.agrees, "finding": finding.text}


def _out(one: queries.Anchored) -> dict[str, Any]:
    view = one.checkpoint
    return {
        "size": str(view.size),
        "root": base64.b64encode(view.root).decode(),
        "at": to_text(view.issued_at),
        "note": one.note,
        "token": None if one.token is None else base64.b64encode(one.token).decode(),
        "stamped_at": None if one.stamped_at is None else to_text(one.stamped_at),
        "ts_pending": one.ts_pending,
    }
