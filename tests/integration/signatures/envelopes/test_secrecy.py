"""Until the opening nobody can tell who bid, for what, or how many: no role, no row of the database."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from commons.evidence import services as evidence
from commons.evidence.models import EvidenceEntry
from signatures.envelopes import queries, services
from signatures.envelopes.models import SealedEnvelope, ShareHandover
from tests import cast
from tests.dumps import found_in
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import AT, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return stories.story_of()


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the database, as whoever steals it reads it."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # our own tables
            found[model._meta.db_table] = cursor.fetchall()
    return found


def fresh(before: dict[str, list[tuple[Any, ...]]], after: dict[str, list[tuple[Any, ...]]]) -> Iterator[str]:
    """What sealing left behind, as text."""
    for table, rows in after.items():
        for row in rows:
            if row not in before[table]:
                yield f"{table}: " + " ".join(_readable(value) for value in row)


def _readable(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def test_a_dump_of_the_database_tells_neither_bidder_nor_tender_nor_size(story: Story) -> None:
    cast.actor("buyer1")
    data = stories.sealed(story, "buyer1")
    evidence.checkpoint(AT)  # what the story before left in the log is gathered
    before = dump()

    number = stories.hand_in(story, "buyer1", data)

    organisation, person = cast.organisation("jinma"), cast.person("buyer1")
    secrets = (
        organisation.uscc,
        organisation.name,
        f"organisation:{organisation.pk}",
        f"person:{person.pk}@",
        f"intake:{story.intake_id}",
        "FS2026-001",
        str(len(data)),
    )
    left = list(fresh(before, dump()))
    assert any(number in line for line in left)
    for line in left:
        assert found_in(line, secrets) == [], line


def test_rows_of_two_bidders_cannot_be_told_to_be_of_one_tender(story: Story) -> None:
    for key in ("buyer1", "buyer2"):
        stories.hand_in(story, key, stories.sealed(story, key))

    first, second = SealedEnvelope.objects.all()

    assert (first.intake_id, first.organisation_id, first.size, first.commit) == (None, None, None, "")
    assert len(first.facts) == len(second.facts)
    assert first.slot_tag[:16] != second.slot_tag[:16]


@pytest.mark.parametrize("key", ["host", "staff", "regulator", "auditor", "officer1"])
def test_no_role_sees_anything_before_the_opening(story: Story, key: str) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    if key != "officer1":
        assert queries.opening(cast.actor(key), story.intake_id).envelopes == ()
    assert queries.own_envelope(cast.actor(key), story.intake_id) is None


def test_an_officer_who_leaves_cannot_count_the_bids(story: Story) -> None:
    """Sixteen slots whether there are none or a dozen; all look alike."""
    seat = stories.seat_of(story.roster_id, "officer1")
    empty = services.shares_to_rewrap(actor=cast.actor("officer1"), seat_id=seat.pk)
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    one = services.shares_to_rewrap(actor=cast.actor("officer1"), seat_id=seat.pk)

    assert len(empty) == len(one) == 16
    assert len({len(json.dumps(dict(share.slot))) for share in one}) == 1
    assert not ShareHandover.objects.exists()


def test_the_log_of_a_tender_is_the_same_with_and_without_bids(story: Story) -> None:
    before = list(stream_of(story))

    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"), at=AT)

    assert list(stream_of(story)) == before


def stream_of(story: Story) -> Iterator[tuple[str, int]]:
    rows = EvidenceEntry.objects.filter(stream=f"intake:{story.intake_id}").order_by("seq")
    yield from rows.values_list("type", "seq")
