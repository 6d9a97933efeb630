"""What machines ask: alive, ready, metrics, reports of the policy."""

import json

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from portal.views import health

REPORT = {"csp-report": {"effective-directive": "script-src-elem", "document-uri": "https://city.example/lots/3/"}}


def test_alive_asks_no_database() -> None:
    assert Client().get("/health/live").json() == {"live": True}


@pytest.mark.django_db
def test_a_migrated_platform_is_ready() -> None:
    response = Client().get("/health/ready")

    assert response.json() == {"ready": True, "database": True, "redis": True, "triggers": True, "migrations": True}
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_missing_trigger_is_not_ready() -> None:
    from commons.evidence import append_only

    with connection.cursor() as cursor:
        drop_one_trigger(cursor)
    try:
        response = Client().get("/health/ready")
    finally:
        append_only.install("default")

    assert response.status_code == 503
    assert response.json()["triggers"] is False


def drop_one_trigger(cursor) -> None:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'commons_evidenceentry'")
        cursor.execute(f'DROP TRIGGER "{cursor.fetchone()[0]}"')
        return
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'commons_evidenceentry'::regclass AND NOT tgisinternal"
    )
    cursor.execute(f'DROP TRIGGER "{cursor.fetchone()[0]}" ON commons_evidenceentry')


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError("connection refused")

    monkeypatch.setitem(health.CHECKS, "database", away)

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["database"] is False
    assert "refused" not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "forwarded", "allowed", "status"),
    [
        ("127.0.0.1", None, (), 200),
        ("::1", None, (), 200),
        ("10.0.3.7", None, (), 404),
        ("10.0.3.7", None, ("10.0.0.0/16",), 200),
        ("127.0.0.1", "203.0.113.9", (), 404),
        ("", None, (), 404),
    ],
)
def test_metrics_are_for_this_machine_and_the_named_networks(
    settings, address: str, forwarded: str | None, allowed: tuple[str, ...], status: int
) -> None:
    settings.METRICS_ALLOWED = allowed
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    response = Client(headers=headers).get("/metrics", REMOTE_ADDR=address)

    assert response.status_code == status


@pytest.mark.django_db
def test_metrics_count_routes_and_no_addresses() -> None:
    client = Client()
    client.get("/problems/NOT_PERMITTED/")

    text = client.get("/metrics").text

    assert 'luochui_requests_total{method="GET",route="problem",status="200"}' in text
    assert "NOT_PERMITTED" not in text


@pytest.mark.parametrize(
    ("body", "status"),
    [(json.dumps(REPORT), 204), ("{}", 400), ("nonsense", 400), ("[]", 400), ("[" * 40_000, 400)],
)
def test_reports_of_the_policy_are_counted(body: str, status: int) -> None:
    before = _reports("script-src-elem")

    response = Client().post("/csp-report/", body, content_type="application/csp-report")

    assert response.status_code == status
    assert _reports("script-src-elem") - before == (1 if status == 204 else 0)


def _reports(directive: str) -> float:
    return float(health.CSP_REPORTS.labels(directive)._value.get())


def test_an_invented_directive_makes_no_new_series() -> None:
    Client().post(
        "/csp-report/", json.dumps({"csp-report": {"effective-directive": "x" * 99}}), content_type="application/json"
    )

    assert "x" * 99 not in str(health.CSP_REPORTS._metrics)


def test_the_log_configuration_writes_json_in_production() -> None:
    import io
    import logging
    import logging.config

    from django.conf import settings

    from portal import logs

    stream = io.StringIO()
    configuration = logs.configuration(production=True)
    formatter = configuration["formatters"]["lines"]
    make, chain = formatter["()"], formatter["foreign_pre_chain"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make(processors=formatter["processors"], foreign_pre_chain=chain))
    logger = logging.getLogger("portal.test")
    logger.addHandler(handler)
    try:
        logger.warning("written")
    finally:
        logger.removeHandler(handler)
        logs.configuration(production=settings.PRODUCTION)

    line = json.loads(stream.getvalue())
    assert line["event"] == "written"
    assert line["level"] == "warning"
