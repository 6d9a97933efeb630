"""REST: published results, with cursors. Public, so without a key."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from exchange.notices import queries

router = Router()
PAGE = 50


class ResultPage(Schema):
    items: list[dict[str, Any]]
    next: int | None


@router.get("/", response=ResultPage, summary="Published deals, the newest first")
def results(request: HttpRequest, before: int | None = None) -> dict[str, Any]:
    found = queries.results().order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    following = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return {"items": [queries.deal_data(deal) for deal in rows[:PAGE]], "next": following}
