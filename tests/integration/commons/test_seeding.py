"""What comes with the installation stands in the log: one entry for all of it, with its digest."""

from datetime import UTC, datetime

import pytest

from commons.domain.actor import system_actor
from commons.entries import record_seeding
from commons.evidence.domain import canonical
from commons.evidence.models import EvidenceEntry

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_seeds_are_one_entry_with_their_digest():
    rows = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]

    record_seeding("parameters", "Parameters", system_actor("seed"), rows, AT)

    entry = EvidenceEntry.objects.get()
    assert (entry.stream, entry.type) == ("parameters", "ParametersSeeded")
    assert canonical.decode(bytes(entry.payload)) == {"rows": "2", "sha256": canonical.digest(canonical.encode(rows))}


@pytest.mark.django_db
def test_no_seeds_leave_no_entry():
    record_seeding("parameters", "Parameters", system_actor("seed"), [], AT)

    assert not EvidenceEntry.objects.exists()
