"""REST: draws and their records. Public, so without a key."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from signatures.draws import queries

router = Router()


@router.get("/{draw_id}", summary="A draw from which anybody computes the result again (luochui-draw/v1)")
def record(request: HttpRequest, draw_id: UUID) -> dict[str, Any]:
    return dict(queries.record(draw_id))
