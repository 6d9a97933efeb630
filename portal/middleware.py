"""Around every request: a number, a line in the log, two metrics, and the headers that are the same everywhere."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

logger = structlog.get_logger("portal.access")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
QUIET = {"live", "ready", "metrics"}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What is counted by its name: a caller may invent any number of others."""

REQUESTS = Counter("luochui_requests_total", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "luochui_request_seconds",
    "Time from request to response",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class RequestMiddleware:
    """Numbers the request, measures it and writes one line: route and status, no address, no person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = number  # type: ignore[attr-defined]  # read by error pages
        if settings.BEHIND_TLS_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
            # What our own proxy added stands last. Without this all readers would share one address, and one
            # stranger's wrong passwords would lock a bidder out.
            request.META["REMOTE_ADDR"] = forwarded.rsplit(",", 1)[-1].strip()
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self.get_response(request)
            _account(request, response, time.perf_counter() - started)
        response["X-Request-ID"] = number
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


def _account(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "none"
    method = request.method if request.method in METHODS else "OTHER"
    REQUESTS.labels(route, method, str(response.status_code)).inc()
    SECONDS.labels(route).observe(seconds)
    if route not in QUIET:
        milliseconds = round(seconds * 1000, 1)
        logger.info("request", route=route, method=method, status=response.status_code, ms=milliseconds)
