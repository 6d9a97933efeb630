"""REST: published lots and projects, with cursors. Public, so without a key."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from exchange.notices import queries
from exchange.projects.queries import lot_data

router = Router()
PAGE = 50


class Search(Schema):
    """The same search as on the page of notices."""

    q: str = ""
    stage: str = ""
    instrument: str = ""
    region: str = ""
    before: int | None = None
    """The cursor: `next` of the answer before."""


class LotPage(Schema):
    items: list[dict[str, Any]]
    next: int | None


@router.get("/", response=LotPage, summary="Published lots, the newest first")
def lots(request: HttpRequest, search: Query[Search]) -> dict[str, Any]:
    found = queries.published_lots(queries.Search.of(search.dict(exclude={"before"}))).order_by("-pk")
    if search.before is not None:
        found = found.filter(pk__lt=search.before)
    rows = list(found[: PAGE + 1])
    following = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return {"items": [lot_data(lot) for lot in rows[:PAGE]], "next": following}


@router.get("/{int:project_id}", response=dict[str, Any], summary="A published project with every notice")
def project(request: HttpRequest, project_id: int) -> dict[str, Any]:
    return queries.project_data(queries.published_project(project_id))
