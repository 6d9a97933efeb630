"""Requests and answers of the scripts: JSON, refusals as problem details by the portal's middleware."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from commons.domain.refusals import Malformed
from signatures.envelopes import services
from signatures.envelopes.domain.slots import Slot
from signatures.pages import origin_of

LARGEST_BODY = 2_000_000


def body_of(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object in the request. Raises `Malformed`."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        raise Malformed(field="body", reason="too large")
    try:
        value = json.loads(request.body or b"{}")
    except ValueError:
        raise Malformed(field="body", reason="not JSON") from None
    if not isinstance(value, dict):
        raise Malformed(field="body", reason="not an object")
    return value


def text_of(body: Mapping[str, Any], name: str) -> str:
    """Raises `Malformed`."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Malformed(field=name, reason="a text is needed")
    return value


def with_ticket(request: HttpRequest, slot: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    """A slot for the page; with the order for the holder's agent where the page named a certificate (SHA-256)."""
    certificate = request.GET.get("certificate")
    if not certificate:
        return {"slot": slot}
    ticket = services.unwrap_ticket(
        slot=Slot.parse(dict(slot)),
        certificate=certificate,
        title=title,
        origin=origin_of(request),
        at=timezone.now(),
    )
    return {"slot": slot, "ticket": ticket}
