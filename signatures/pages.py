"""What pages with a holder's key share: they alone may speak with the agent on this computer and a remote signer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signing_page(view: View[P]) -> View[P]:
    """The page may open the agent's loopback port and the remote signing service; every other page may not."""

    @wraps(view)
    def widened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response._csp_update = {"connect-src": connections()}  # type: ignore[attr-defined]  # as csp_update does
        response["Cache-Control"] = "no-store"
        return response

    return widened


def agent_urls() -> list[str]:
    """Where the agent of this computer listens."""
    return [f"ws://127.0.0.1:{settings.SIGNING_AGENT_PORT}"]


def connections() -> list[str]:
    """The sources that a signing page may connect to besides the platform."""
    return [*agent_urls(), *([_origin(settings.SIGNING_CSC_URL)] if settings.SIGNING_CSC_URL else [])]


def origin_of(request: HttpRequest) -> str:
    """The origin of the page as its browser names it."""
    return f"{request.scheme}://{request.get_host()}"


def signer_options() -> dict[str, Any]:
    """For the browser's adapters (static/signatures/signing/signer.js)."""
    return {"agent": {"urls": agent_urls()}, "csc": {"url": settings.SIGNING_CSC_URL}}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
