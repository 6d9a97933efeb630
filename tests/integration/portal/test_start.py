import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from commons.evidence import append_only
from commons.evidence.models import EvidenceEntry
from portal import serving, timekeeping


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
