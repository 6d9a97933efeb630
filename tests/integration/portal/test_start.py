from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from commons.evidence import append_only, keys
from commons.evidence.models import EvidenceEntry
from commons.secrecy.keys import key_for
from portal import serving, timekeeping
from portal.management.commands import prepare
from signatures import at_rest


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["serve", "web", "timekeeper"])
def test_nothing_starts_while_a_trigger_is_missing(command, monkeypatch):
    started = []
    for name in ("run_daphne", "run_uvicorn", "start_timekeeper", "start_worker"):
        monkeypatch.setattr(serving, name, lambda *args, **options: started.append(1))
    monkeypatch.setattr(timekeeping, "run", lambda *args, **options: started.append(1))
    table = EvidenceEntry._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {append_only.trigger_names(connection.vendor, EvidenceEntry)[0]}{on}")

        with pytest.raises(SystemCheckError, match="prepare"):
            call_command(command)
        transaction.set_rollback(True)

    assert started == []


@pytest.mark.django_db
def test_what_is_prepared_lacks_no_key(settings, tmp_path, monkeypatch):
    """In production none is made later: the first bid or guarantee would find it missing."""
    settings.PLATFORM_KEYS_DIR, settings.STATIC_ROOT = tmp_path / "keys", tmp_path / "static"
    settings.PLATFORM_KEYS_MAY_BE_MADE = False

    def without_the_database(name: str, **options: Any) -> None:
        if name not in ("migrate", "collectstatic"):
            call_command(name, **options)

    monkeypatch.setattr(prepare, "call_command", without_the_database)
    call_command("prepare")

    assert at_rest.tag("upload")
    assert key_for("columns")
    assert [keys.signing_key(purpose).name for purpose in keys.Purpose]
