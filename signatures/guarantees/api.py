"""REST: the public status feed, and what issuers' own systems send by signed requests (docs/guarantees.md)."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed
from signatures.guarantees import queries, services
from signatures.guarantees.domain.terms import RefusalGround

router = Router()
PAGE = 200


class FeedPage(Schema):
    items: list[dict[str, Any]]
    next: int
    """The cursor for the next call."""


@router.get("/feed", response=FeedPage, summary="Signed status entries of opened guarantees, oldest first")
def feed(request: HttpRequest, after: int = 0) -> dict[str, Any]:
    found = queries.feed(after=max(after, 0), limit=PAGE)
    return {"items": [entry.as_json() for _, entry in found], "next": found[-1][0] if found else after}


@router.get("/status/{anchor}", summary="The status chain of a guarantee whose anchor you know")
def status(request: HttpRequest, anchor: str) -> list[dict[str, Any]]:
    return [dict(entry.as_json()) for entry in queries.chain_of(anchor)]


def _issuer(request: HttpRequest) -> Actor:
    """Who signed the request; asked before its body is read. Refuses (`RequestNotSigned`)."""
    return services.issuer_behind(
        headers=request.headers,
        method=request.method or "",
        target=request.get_full_path(),
        body=request.body,
        at=timezone.now(),
    )


class Reason(Schema):
    reason: str


class SignedGuarantee(Schema):
    data: str
    """Canonical JSON, base64."""
    signature: str
    """Detached CMS over it, base64."""
    pdf: str
    """The signed PDF, base64."""


class Payment(Schema):
    payment_ref: str


class Grounds(Schema):
    ground: RefusalGround
    note: str


class Anchor(Schema):
    anchor: str


class Done(Schema):
    done: bool = True


@router.post("/{ref}/taken-up", auth=_issuer, response=Done, summary="Issuer: the application is being assessed")
def taken_up(request: HttpRequest, ref: str) -> dict[str, Any]:
    services.take_up(actor=_by(request), ref=ref, at=timezone.now())
    return {}


@router.post("/{ref}/declined", auth=_issuer, response=Done, summary="Issuer: no, with a reason for the applicant")
def declined(request: HttpRequest, ref: str, body: Reason) -> dict[str, Any]:
    services.decline(actor=_by(request), ref=ref, reason=body.reason, at=timezone.now())
    return {}


@router.post("/{ref}/issued", auth=_issuer, response=Anchor, summary="Issuer: the signed guarantee")
def issued(request: HttpRequest, ref: str, body: SignedGuarantee) -> dict[str, Any]:
    return {"anchor": services.issue(actor=_by(request), ref=ref, at=timezone.now(), **_parts(body))}


@router.post("/{ref}/extended", auth=_issuer, response=Anchor, summary="Issuer: the signed extension")
def extended(request: HttpRequest, ref: str, body: SignedGuarantee) -> dict[str, Any]:
    return {"anchor": services.extend(actor=_by(request), ref=ref, at=timezone.now(), **_parts(body))}


@router.post("/{ref}/paid", auth=_issuer, response=Done, summary="Issuer: the claim was paid")
def paid(request: HttpRequest, ref: str, body: Payment) -> dict[str, Any]:
    services.pay(actor=_by(request), ref=ref, payment_ref=body.payment_ref, at=timezone.now())
    return {}


@router.post("/{ref}/refused", auth=_issuer, response=Done, summary="Issuer: the claim is refused, with grounds")
def refused(request: HttpRequest, ref: str, body: Grounds) -> dict[str, Any]:
    services.refuse(actor=_by(request), ref=ref, ground=body.ground, note=body.note, at=timezone.now())
    return {}


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by the router from `_issuer`
    return actor


def _parts(body: SignedGuarantee) -> dict[str, bytes]:
    try:
        return {name: base64.b64decode(text, validate=True) for name, text in body.dict().items()}
    except binascii.Error:
        raise Malformed(field="data", reason="no base64") from None
