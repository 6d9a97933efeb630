"""The public side of the log: keys, checkpoints and proofs. Hashes only; no payload, no actor."""

import base64
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.evidence import keys, queries

router = Router()


EntryHash = Annotated[str, Query(pattern="^[0-9a-f]{64}$")]


class CheckpointOut(Schema):
    size: str
    root: str
    at: str
    note: str


class ProofOut(Schema):
    stream: str
    seq: str
    hash: str
    index: str
    path: list[str]
    checkpoint: CheckpointOut


@router.get("/keys", summary="The platform's public keys with their validity (luochui-keys/v1)")
def published_keys(request: HttpRequest) -> dict[str, Any]:
    keys.publish(at=timezone.now())
    return queries.published_keys()


@router.get("/checkpoints", response=list[CheckpointOut], summary="Signed checkpoints of the log, oldest first")
def checkpoints(request: HttpRequest, after_size: int = -1, limit: int = 100) -> list[dict[str, str]]:
    return [_checkpoint(view) for view in queries.checkpoints(after_size=after_size, limit=max(1, min(limit, 500)))]


@router.get("/checkpoint", summary="The newest checkpoint, as the signed note itself")
def newest(request: HttpRequest) -> HttpResponse:
    view = queries.latest_checkpoint()
    if view is None:
        raise NotFound()
    return HttpResponse(view.note, content_type="text/plain; charset=utf-8")


@router.get("/consistency", summary="The proof that the newest log extends an older one (luochui-consistency/v1)")
def consistency(request: HttpRequest, old_size: int) -> dict[str, Any]:
    bundle = queries.consistency_bundle(old_size)
    if bundle is None:
        raise NotFound()
    return bundle


@router.get("/proof", response=ProofOut, summary="Where an entry stands in the newest checkpoint, and the proof of it")
def proof(request: HttpRequest, stream: str, seq: int, hash: EntryHash) -> dict[str, Any]:
    found = queries.public_proof(stream, seq, bytes.fromhex(hash))
    if found is None:
        raise NotFound()
    inclusion, checkpoint = found
    return {
        "stream": stream,
        "seq": str(seq),
        "hash": hash,
        "index": str(inclusion.index),
        "path": [base64.b64encode(hashed).decode() for hashed in inclusion.path],
        "checkpoint": _checkpoint(checkpoint),
    }


def _checkpoint(view: queries.CheckpointView) -> dict[str, str]:
    root = base64.b64encode(view.root).decode()
    return {"size": str(view.size), "root": root, "at": to_text(view.issued_at), "note": view.note}
