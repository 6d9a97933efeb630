"""For machines: alive, ready, measured; and what browsers report about the content security policy."""

import ipaddress
import json
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import Counter

from commons.evidence import append_only

logger = structlog.get_logger(__name__)
CSP_REPORTS = Counter(
    "luochui_csp_reports_total", "Violations of the content security policy, as browsers report them", ["directive"]
)
CSP_REPORT_BYTES = 16_384
DIRECTIVES = frozenset(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]) | {
    "script-src-elem",
    "style-src-elem",
    "style-src-attr",
    "script-src-attr",
}


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else, so that a restart is not the answer to a database outage."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process can serve: database, Redis, triggers of the append-only tables, migrations; 503 names what is not."""
    checks = {name: holds(check) for name, check in CHECKS.items()}
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine and the networks of METRICS_ALLOWED; to others there is no such page."""
    # What came through the proxy has its address in a header and is the public, wherever the proxy runs.
    if "HTTP_X_FORWARDED_FOR" in request.META or not _may_measure(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Counts what a browser blocked. Only the directive is kept: a report also tells what somebody was reading."""
    body = request.read(CSP_REPORT_BYTES)
    try:
        directive = str(json.loads(body)["csp-report"]["effective-directive"])
    except (ValueError, KeyError, TypeError, RecursionError):  # json counts nesting by recursion
        return HttpResponse(status=400)
    directive = directive if directive in DIRECTIVES else "other"
    CSP_REPORTS.labels(directive).inc()
    logger.warning("content security policy broken", directive=directive)
    return HttpResponse(status=204)


def answers() -> bool:
    """Whether the database answers at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _redis() -> bool:
    if not settings.REDIS_URL:
        return True
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        return bool(client.ping())


def _triggers() -> bool:
    return not append_only.missing("default")


def _migrations() -> bool:
    loader = MigrationLoader(None)
    if not loader.graph.nodes:
        return True  # an installation whose tables are made from the models has nothing to apply
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    return all(key in applied or _is_replaced(loader, key, applied) for key in loader.graph.nodes)


def _is_replaced(loader: MigrationLoader, key: tuple[str, str], applied: set[tuple[str, str]]) -> bool:
    """Whether everything that a squashed migration stands for was applied."""
    replaces = loader.disk_migrations[key].replaces if key in loader.disk_migrations else []
    return bool(replaces) and all(tuple(one) in applied for one in replaces)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": answers,
    "redis": _redis,
    "triggers": _triggers,
    "migrations": _migrations,
}


def holds(check: Callable[[], bool]) -> bool:
    """Whether a check holds; one that cannot be made does not."""
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError):
        logger.warning("not ready", exc_info=True)
        return False


def _may_measure(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
        networks = [ipaddress.ip_network(network, strict=False) for network in settings.METRICS_ALLOWED]
    except ValueError:
        return False
    return ip.is_loopback or any(ip in network for network in networks)
