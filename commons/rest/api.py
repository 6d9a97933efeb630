"""Building stones of the endpoints in every `api.py`."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Query, Schema
from ninja.responses import Status
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_args
from pydantic import BaseModel

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.paging import page
from commons.people.domain.scopes import Scope, ScopeMissing
from commons.people.queries import key_holder
from commons.rest import services
from commons.rest.domain import VersionMoved, VersionNeeded, fingerprint, matches

M = TypeVar("M", bound=Model)
T = TypeVar("T")
View = Callable[..., Any]


class BadKey(Refusal):
    code = "BAD_KEY"
    message = gettext_noop("This key is unknown or has ended. Make a new one under “Account and security”.")
    status = 401


class Key(HttpBearer):
    """`Authorization: Bearer lck_…` of a key that holds `scope`; endpoints that need no person leave it out.

    Refuses `BadKey` and `ScopeMissing`. The view finds the actor with `actor_of(request)`.
    """

    def __init__(self, scope: Scope = Scope.READ) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        holder = key_holder(token, at=timezone.now())
        if holder is None:
            raise BadKey()
        if self.scope not in holder.scopes:
            raise ScopeMissing(scope=self.scope.value)
        request.actor = holder.actor  # type: ignore[attr-defined]  # as ActorMiddleware does for sessions
        return holder.actor


def actor_of(request: HttpRequest) -> Actor:
    """Whom the key stands for."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by Key


def effectful(view: View) -> View:
    """The decorated operation changes something: each request has a number of its own and is answered once.

        @router.post("/{int:id}/withdraw", auth=Key(Scope.TRADE), response=RegistrationOut)
        @effectful
        def withdraw(request, id: int): ...

    The view runs inside the transaction that stores its answer (`commons.rest.services.answer_once`), so its effects
    and its answer are there together or not at all. It gives a body, or `Status(code, body)`, made of plain values.
    A repetition carries `Idempotent-Replayed: true`, the first answer its receipt in `Luochui-Receipt`.
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, idempotency_key: str | None, **kwargs: Any) -> Status[Any]:
        def perform() -> tuple[int, Any]:
            result = view(request, *args, **kwargs)
            status, body = (result.status_code, result.value) if isinstance(result, Status) else (200, result)
            return status, body.model_dump(mode="json") if isinstance(body, BaseModel) else body

        asked = fingerprint(method=request.method or "", path=request.get_full_path(), body=_content(request))
        answer = services.answer_once(
            actor=actor_of(request), number=idempotency_key, fingerprint=asked, perform=perform, at=timezone.now()
        )
        headers = answer_headers(request)
        if answer.repeated:
            headers["Idempotent-Replayed"] = "true"
        else:
            headers["Luochui-Receipt"] = answer.receipt
        return Status(answer.status, answer.body)

    contribute_operation_args(
        once,
        "idempotency_key",
        str | None,  # type: ignore[arg-type]  # what ninja takes, though it says type[Any]
        cast("Any", Header)(None, alias="Idempotency-Key"),
    )
    return once


def _content(request: HttpRequest) -> bytes:
    """The body, or of a form with files what it was taken apart into: its bytes are read only once."""
    if request.content_type != "multipart/form-data":
        return request.body
    parts = [f"{name}={values}".encode() for name, values in sorted(request.POST.lists())]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts.append(f"{name}={file.name}:".encode() + _digest(file))
            file.seek(0)
    return b"\n".join(parts)


def _digest(file: "UploadedFile[Any]") -> bytes:
    assert file.file is not None, "an uploaded file is open"
    return hashlib.file_digest(file.file, "sha256").digest()  # type: ignore[arg-type]  # it reads into buffers


def answer_headers(request: HttpRequest) -> dict[str, str]:
    """Headers that the answer to this request is to carry; the interface of the portal puts them on."""
    headers: dict[str, str] = request.__dict__.setdefault("answer_headers", {})
    return headers


def tag(request: HttpRequest, version: str) -> None:
    """Name the version of what is answered in `ETag`. Answers to GET without one are tagged by their content."""
    answer_headers(request)["ETag"] = f'"{version}"'


def require_match(request: HttpRequest, version: str) -> None:
    """Go on only when the caller read this very version. Refuses `VersionNeeded` (428) and `VersionMoved` (412)."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise VersionNeeded()
    if not matches(given, version):
        raise VersionMoved()


class PageIn(Schema):
    """Which part of a list: `next` of the answer before, and how many (at most 200)."""

    cursor: str | None = None
    limit: int = 50


class PageOut(Schema, Generic[T]):
    """Part of a list; `next` is the cursor that leads on, null at the end."""

    items: list[T]
    next: str | None


Paged = Query[PageIn]
"""The type of an operation's paging parameter: `def lots(request, paging: Paged)`."""


def page_out(rows: "QuerySet[M]", paging: PageIn, view: Callable[[M], Any], *, newest_first: bool = True) -> Any:
    """One page of `rows` as `PageOut` takes it. Refuses (`Malformed`) a cursor or limit that is none of ours."""
    found = page(rows, cursor=paging.cursor, limit=paging.limit, view=view, newest_first=newest_first)
    return {"items": list(found.items), "next": found.next_cursor}
