"""The REST interface `/api/v1/`: OpenAPI, keys, problem+json. Subjects bring endpoints as `<subject>.api.router`."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound, NotPermitted, Refusal
from commons.domain.time import to_text
from commons.rest.api import BadKey, Key, answer_headers
from commons.rest.domain import matches, version_of
from portal import rendering
from portal.views.errors import BadRequest, TooManyRequests

ROUTERS: Sequence[tuple[str, str]] = (
    ("/notices", "exchange.notices"),
    ("/lots", "exchange.projects"),
    ("/rooms", "exchange.rooms"),
    ("/results", "exchange.auctions"),
    ("/certificates", "exchange.contracts"),
    ("/deposits", "exchange.deposits"),
    ("/permits", "exchange.permits"),
    ("/draws", "signatures.draws"),
    ("/guarantees", "signatures.guarantees"),
    ("/evidence", "commons.evidence"),
    ("/witness", "signatures.anchoring"),
    ("/calendar", "commons.calendar"),
    ("/parameters", "commons.parameters"),
    ("/approvals", "commons.approvals"),
    ("/inbox", "commons.inbox"),
)


class ProblemAPI(NinjaAPI):
    """Errors leave as RFC 9457 problem+json, made in the one place that renders refusals; answers carry their version.

    A reading that names its version again (`If-None-Match`) is answered 304 without a body.
    """

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, **kwargs)
        for name, text in answer_headers(request).items():
            response[name] = text
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            response.setdefault("ETag", f'"{version_of(response.content)}"')
            patch_vary_headers(response, ["Authorization", "Accept-Language", "Cookie"])
            if matches(request.headers.get("If-None-Match", ""), response["ETag"].strip('"')):
                return _not_modified(response)
        return response

    def on_exception(self, request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
        refusal = as_refusal(exc)
        if refusal is None:
            return super().on_exception(request, exc)
        response = rendering.problem_response(refusal, instance=request.path)
        if refusal.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="luochui"'
        return response


def _not_modified(response: HttpResponse) -> HttpResponse:
    unchanged = HttpResponse(status=304)
    for name in ("ETag", "Vary", "Cache-Control"):
        if name in response:
            unchanged[name] = response[name]
    del unchanged["Content-Type"]
    return unchanged


def as_refusal(exc: Exception | type[Exception]) -> Refusal | None:
    """What an exception says to the caller; None for our own faults."""
    match exc:
        case Refusal():
            return exc
        case ValidationError():
            return _malformed(exc.errors)
        case Http404():
            return NotFound()
        case AuthenticationError():
            return BadKey()
        case Throttled():
            return TooManyRequests()
        case HttpError() if exc.status_code == 400:
            return BadRequest()
        case HttpError() if exc.status_code == 403:
            return NotPermitted()
    return None


def _malformed(errors: Sequence[dict[str, Any]]) -> Malformed:
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "body"
    return Malformed(field=place, reason=str(first["msg"]))


api = ProblemAPI(
    title="Luochui",
    version="1",
    description="Notices, lots, rooms, results and proofs. Amounts are strings, instants RFC 3339 in UTC, lists have "
    "cursors, errors are problem+json (RFC 9457). Whatever changes something carries an Idempotency-Key; what others "
    "may change meanwhile carries If-Match.",
    docs_url=None,  # its viewer comes from a foreign host; the document itself is at openapi.json
    openapi_url="/openapi.json",
    urls_namespace="api",
)


class Platform(Schema):
    name: str
    uscc: str
    server_time: str
    language: str


@api.get("/", response=Platform, summary="Which platform this is, and its clock", tags=["platform"])
def platform(request: HttpRequest) -> dict[str, str]:
    return {
        "name": _("Luochui"),
        "uscc": settings.PLATFORM_USCC,
        "server_time": to_text(timezone.now()),
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
    }


class Me(Schema):
    actor: str
    organisation_id: int | None
    roles: list[str]
    assurance: int


@api.get("/me", response=Me, auth=Key(), summary="Whom this key stands for", tags=["platform"])
def me(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by Key
    roles = sorted(role.value for role in actor.roles)
    return {
        "actor": actor.ref,
        "organisation_id": actor.organisation_id,
        "roles": roles,
        "assurance": int(actor.assurance),
    }


def add_routers() -> None:
    """Every subject that has an `api` module with a `router`."""
    for prefix, subject in ROUTERS:
        if find_spec(subject) and find_spec(f"{subject}.api"):
            router = getattr(import_module(f"{subject}.api"), "router", None)
            if router is not None:
                api.add_router(prefix, router, tags=[prefix.strip("/")])


add_routers()
