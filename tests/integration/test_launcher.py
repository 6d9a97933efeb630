"""The launcher gives the tests their own PostgreSQL and Redis; nobody runs on SQLite without a word."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgresql_when_the_launcher_started_services() -> None:
    expected = "postgresql" if os.environ.get("LUOCHUI_SERVICES") else "sqlite"

    assert connection.vendor == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
