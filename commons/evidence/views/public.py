"""The public pages of the log: its newest checkpoints and keys, one entry with its proof, how anybody checks them."""

import json
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commons.domain.refusals import NotFound
from commons.evidence import queries

_HASH = re.compile(r"([0-9a-f]{64})?")
_LARGEST_SEQ = 2**63


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the platform has signed about its log."""
    facts = {"checkpoints": queries.newest_checkpoints(20), "keys": queries.keyring().keys.values()}
    return render(request, "evidence/log.html", facts)


@require_safe
def entry(request: HttpRequest, stream: str, seq: int) -> HttpResponse:
    """One entry, proven in the newest checkpoint and checked again in the visitor's browser. Refuses `NotFound`.

    `?hash=` as in a receipt; needed where the stream is not public.
    """
    asked = request.GET.get("hash", "")
    if not _HASH.fullmatch(asked) or seq >= _LARGEST_SEQ:
        raise NotFound()
    found = queries.entry(stream, seq, asked)
    payload = None if found.payload is None else json.dumps(found.payload, ensure_ascii=False, indent=2)
    data = {**found.as_json(), "keys": queries.published_keys()}
    return render(request, "evidence/entry.html", {"found": found, "payload": payload, "data": data})
