"""REST: the check of a certificate. Public, so without a key."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from commons.domain.refusals import NotFound
from exchange.contracts import queries

router = Router()


@router.get("/{code}", response=dict[str, Any], summary="What a certificate states, and whether it holds")
def certificate(request: HttpRequest, code: str) -> dict[str, Any]:
    found = queries.certificate(code)
    if found is None:
        raise NotFound()
    verification = queries.verify(found)
    return {"code": found.code, "facts": found.facts, "sha256": found.sha256, "verification": asdict(verification)}
