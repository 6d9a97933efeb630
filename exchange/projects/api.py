"""REST: one published lot. Public, so without a key."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from exchange.projects import queries

router = Router()


@router.get("/{int:lot_id}", response=dict[str, Any], summary="A published lot and where it stands")
def lot(request: HttpRequest, lot_id: int) -> dict[str, Any]:
    return queries.public_lot_data(lot_id)
