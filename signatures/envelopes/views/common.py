"""Requests and answers of the scripts: JSON, refusals as problem details by the portal's middleware."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from commons.domain.refusals import Malformed

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
