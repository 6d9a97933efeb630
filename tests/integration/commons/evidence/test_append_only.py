import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from commons.evidence import append_only
from commons.evidence.models import EvidenceCheckpoint, EvidenceEntry, EvidenceStream
from tests.integration.commons.evidence.test_appending import append_one
from tests.plugins.append_only import triggers_lifted

pytestmark = pytest.mark.django_db

UNDERHAND = [
    "UPDATE commons_evidenceentry SET type = 'x'",
    "UPDATE commons_evidenceentry SET hash = hash",
    "DELETE FROM commons_evidenceentry",
    "DELETE FROM commons_evidencestream",
    "UPDATE commons_evidencestream SET seq = 0",
    "UPDATE commons_evidencestream SET name = 'lot:9', seq = 9",
]
UNDERHAND_POSTGRESQL = ["TRUNCATE commons_evidenceentry", "TRUNCATE commons_evidencestream"]
UNDERHAND_SQLITE = [
    "INSERT OR REPLACE INTO commons_evidenceentry SELECT * FROM commons_evidenceentry",
    "REPLACE INTO commons_evidenceentry SELECT id + 100, stream, seq, 'x', actor, payload, decided_at, idempotency_key,"
    " prev, hash FROM commons_evidenceentry",
    "UPDATE OR REPLACE commons_evidenceentry SET seq = 1",
    "INSERT OR REPLACE INTO commons_evidencestream SELECT name, 0, head FROM commons_evidencestream",
]


def attempts():
    return UNDERHAND + (UNDERHAND_POSTGRESQL if connection.vendor == "postgresql" else UNDERHAND_SQLITE)


def assert_refused():
    append_one("lot:1", idempotency_key="k")
    append_one("lot:1")
    for statement in attempts():
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_refuses_to_change_or_remove_entries():
    assert_refused()

    assert EvidenceEntry.objects.filter(type="test").count() == 2


def test_replace_is_refused_even_without_recursive_triggers():
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    append_one()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(UNDERHAND_SQLITE[0])
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")


def test_installing_again_changes_nothing():
    append_only.install()

    assert append_only.missing() == []
    assert_refused()


def test_a_missing_trigger_is_reported_before_the_platform_serves():
    name = append_only.trigger_names(connection.vendor, EvidenceEntry)[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TRIGGER {name}" + (" ON commons_evidenceentry" if connection.vendor != "sqlite" else "")
            )

        assert append_only.missing() == [name]
        assert [error.id for error in run_checks(tags=[Tags.database], databases=["default"])] == ["evidence.E001"]
        append_only.install()

    assert append_only.missing() == []


def test_a_disabled_trigger_is_reported():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot disable a trigger")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE commons_evidenceentry DISABLE TRIGGER USER")
        found = append_only.missing()
        append_only.install()

    assert found == append_only.trigger_names("postgresql", EvidenceEntry)
    assert append_only.missing() == []


def test_lifting_the_triggers_ends_with_the_block():
    append_one()
    with triggers_lifted(connection):
        EvidenceEntry.objects.update(type="other")

    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceEntry.objects.update(type="test")


@pytest.mark.django_db(transaction=True)
def test_the_tables_are_still_guarded_after_a_flush():
    with transaction.atomic():
        append_one()
    call_command("flush", interactive=False, verbosity=0)
    assert not EvidenceEntry.objects.exists()

    with transaction.atomic():
        assert_refused()


def test_every_guarded_table_has_its_triggers_after_migrate():
    assert {EvidenceEntry, EvidenceStream, EvidenceCheckpoint} <= set(append_only.guarded_models())
    assert append_only.missing() == []
