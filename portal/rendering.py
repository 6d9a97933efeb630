"""Refusals for the reader, in one place: pages (htmx too), REST as RFC 9457 problem+json, and frames of sockets.

A view, an endpoint or a consumer lets a `Refusal` rise; nobody else turns one into words. A refusal is no server error:
it is logged as information, without its fields.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from commons.domain.actor import ANONYMOUS
from commons.domain.refusals import AssuranceTooLow, NotFound, NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.texts import refusal_text

logger = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"


class SignedOut(NotPermitted):
    """Somebody sends a form that only a signed-in person may send; most often the session has ended meanwhile."""

    code = "SIGNED_OUT"
    message = gettext_noop("You are not signed in, or no longer; nothing was changed. Sign in and send it again.")


class RefusalMiddleware:
    """Catches the refusals that views let rise and answers in the form that the caller reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """PostgreSQL stores no NUL: whoever sends one is told so, instead of meeting a fault of the server."""
        sent = [request.path_info, *(text for data in (request.GET, request.POST) for text in _values(data))]
        if any("\0" in text for text in sent):
            raise SuspiciousOperation("a NUL character")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return respond(request, exception)
        if isinstance(exception, PermissionDenied):
            return respond(request, NotPermitted())
        if isinstance(exception, Http404) and reads_json(request):
            return respond(request, NotFound())
        return None


def _values(data: QueryDict) -> Iterator[str]:
    return (str(text) for _name, texts in data.lists() for text in texts)


def respond(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as this caller reads it: problem+json, a fragment for htmx, the sign-in page, or its own page."""
    logger.info("refused", code=refusal.code, status=refusal.status)
    if reads_json(request):
        return problem_response(refusal, instance=request.path)
    if getattr(request, "htmx", False):
        return _fragment(request, refusal)
    if isinstance(refusal, NotPermitted) and request.method in ("GET", "HEAD") and _anonymous(request):
        return redirect_to_login(request.get_full_path())
    return page(request, refusal)


def page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A whole page: what happened, what to do next, and the way back."""
    if type(refusal) is NotPermitted and request.method == "POST" and _anonymous(request):
        refusal = SignedOut()
    return render(request, "portal/refusal.html", _words(request, refusal), status=refusal.status)


def problem(refusal: Refusal, *, instance: str = "") -> dict[str, Any]:
    """The refusal as RFC 9457 problem details; `type` leads to the page that explains the code."""
    return {
        "type": f"{settings.PUBLIC_URL}/problems/{refusal.code}/",
        "title": refusal.code,
        "status": refusal.status,
        "detail": refusal_text(refusal),
        "instance": instance,
        "code": refusal.code,
        "fields": refusal.fields,
        "retryable": refusal.retryable,
    }


def problem_response(refusal: Refusal, *, instance: str = "") -> HttpResponse:
    return JsonResponse(
        problem(refusal, instance=instance),
        status=refusal.status,
        content_type=PROBLEM,
        json_dumps_params={"ensure_ascii": False},
    )


def frame(refusal: Refusal, *, language: str) -> dict[str, Any]:
    """The refusal as a frame of a socket (docs/protocol.md), in the language of the socket."""
    with translation.override(language):
        message = refusal_text(refusal)
    return {
        "type": "refusal",
        "code": refusal.code,
        "message": message,
        "fields": refusal.fields,
        "retryable": refusal.retryable,
    }


def reads_json(request: HttpRequest) -> bool:
    """Whether the caller is a program: an address of the API, or JSON preferred to HTML."""
    if request.path.startswith("/api/"):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", PROBLEM])
    return preferred in ("application/json", PROBLEM)


def _fragment(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = render(request, "portal/fragments/refusal.html", _words(request, refusal), status=refusal.status)
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML show:window:top"
    return response


def _words(request: HttpRequest, refusal: Refusal) -> dict[str, Any]:
    back = _way_back(request)
    return {
        "refusal": refusal,
        "text": refusal_text(refusal),
        "back": back,
        "sign_in": _sign_in(back) if isinstance(refusal, SignedOut) else "",
        "needs_second_factor": isinstance(refusal, AssuranceTooLow),
    }


def _way_back(request: HttpRequest) -> str:
    """The page that the reader came from, if it is ours; a form may well have come from its own address."""
    referrer = request.META.get("HTTP_REFERER", "")
    same_site = url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()})
    circle = request.method in ("GET", "HEAD") and referrer == request.build_absolute_uri()
    return referrer if referrer and same_site and not circle else ""


def _sign_in(back: str) -> str:
    """The sign-in page, which leads on to the page with the form."""
    there = urlsplit(back)
    next_address = urlunsplit(("", "", there.path, there.query, ""))
    login = resolve_url(settings.LOGIN_URL)
    return f"{login}?{urlencode({'next': next_address})}" if next_address else login


def _anonymous(request: HttpRequest) -> bool:
    return bool(getattr(request, "actor", ANONYMOUS).is_anonymous)
