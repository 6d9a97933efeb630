from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from commons.domain.actor import system_actor
from commons.domain.refusals import IdempotencyConflict
from commons.evidence import queries
from commons.evidence.domain import canonical, chain
from commons.evidence.domain.canonical import NotCanonical
from commons.evidence.domain.chain import BadName, Draft, Head
from commons.evidence.models import EvidenceEntry, EvidenceStream
from commons.evidence.services import StreamMoved, append, append_prepared, embedded
from commons.postgresql import PreparedStatement

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 2, 0, 0, 123456, tzinfo=UTC)
ACTOR = system_actor("test")
DRAFT = Draft("bid.accepted", "alias:4317", b'{"price":"1680.00"}', "2026-01-05T02:00:00.123Z")


def append_one(stream="lot:1", **changes):
    return append(
        **{"stream": stream, "type": "test", "actor": ACTOR, "payload": {"a": "1"}, "decided_at": AT, **changes}
    )


def newest() -> queries.CheckpointView:
    """The newest checkpoint, which is there."""
    view = queries.latest_checkpoint()
    assert view is not None
    return view


def links_of(stream):
    return [row.link for row in EvidenceEntry.objects.filter(stream=stream).order_by("seq")]


def test_entries_of_a_stream_form_an_unbroken_chain():
    for number in range(3):
        append_one(payload={"n": str(number)})

    assert [link.seq for link in links_of("lot:1")] == [1, 2, 3]
    assert list(chain.check_links(links_of("lot:1"), stream="lot:1")) == []
    assert EvidenceStream.objects.get(name="lot:1").seq == 3


def test_streams_are_numbered_apart():
    append_one("lot:1")

    assert append_one("lot:2").seq == 1


def test_the_instant_is_kept_to_the_millisecond_that_the_hash_covers():
    assert append_one().decided_at == AT.replace(microsecond=123000)
    assert EvidenceEntry.objects.get().decided_at == AT.replace(microsecond=123000)


def test_the_same_key_with_the_same_body_is_the_first_entry():
    first = append_one(idempotency_key="k")
    append_one()

    assert append_one(idempotency_key="k", decided_at=AT + timedelta(minutes=1)) == first
    assert EvidenceEntry.objects.count() == 2


@pytest.mark.parametrize("change", [{"payload": {"a": "2"}}, {"type": "other"}, {"actor": system_actor("other")}])
def test_the_same_key_with_another_body_is_a_conflict(change):
    append_one(idempotency_key="k")

    with pytest.raises(IdempotencyConflict):
        append_one(idempotency_key="k", **change)


def test_the_same_key_in_another_stream_is_another_entry():
    append_one("lot:1", idempotency_key="k")

    assert append_one("lot:2", idempotency_key="k", payload={"a": "2"}).seq == 1


@pytest.mark.parametrize("change", [{"stream": 'lot:"1'}, {"type": "a b"}, {"idempotency_key": "中"}])
def test_names_that_a_leaf_cannot_carry_are_refused(change):
    with pytest.raises(BadName):
        append_one(**change)


def test_numbers_are_refused():
    with pytest.raises(NotCanonical):
        append_one(payload={"price": 1})


def test_prepared_entries_of_several_streams_are_stored_at_once():
    first = append_one("lot:1")
    rows = [
        *chain.extend("lot:1", Head(1, first.hash), [DRAFT, DRAFT._replace(key="k")]),
        *chain.extend("room:7", chain.START, [DRAFT]),
    ]

    append_prepared(rows)

    assert links_of("lot:1")[1:] == rows[:2]
    assert links_of("room:7") == rows[2:]
    assert append_one("room:7").seq == 2
    assert list(chain.check_links(links_of("lot:1"), stream="lot:1")) == []


@pytest.mark.parametrize("head", [Head(0, chain.GENESIS), Head(1, bytes(32)), Head(2, bytes(32))])
def test_a_chain_that_begins_elsewhere_than_the_stream_stands_is_refused_whole(head):
    append_one("lot:1")
    rows = [*chain.extend("room:7", chain.START, [DRAFT]), *chain.extend("lot:1", head, [DRAFT])]

    with pytest.raises(StreamMoved), transaction.atomic():
        append_prepared(rows)

    assert links_of("room:7") == []
    assert EvidenceEntry.objects.count() == 1


def test_nothing_prepared_is_nothing_done():
    append_prepared([])

    assert not EvidenceStream.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_appending_outside_a_transaction_is_a_mistake():
    with pytest.raises(AssertionError):
        append_one()


@pytest.fixture
def store(request: pytest.FixtureRequest) -> PreparedStatement:
    """The statement under a name of its own: what a test prepared, its end has the server forget."""
    name = f"store-{abs(hash(request.node.name))}"
    return PreparedStatement(name, f"WITH {embedded.CTES} SELECT 1 / ({embedded.HELD})::int")


@pytest.mark.services
def test_embedded_entries_are_those_that_would_be_stored_at_once(store):
    if connection.vendor != "postgresql":
        pytest.skip("one statement for everything is PostgreSQL's")
    first, other = append_one("lot:1"), append_one("room:7")
    odd = DRAFT._replace(payload=canonical.encode({"a": '引号"\\ \n\x00\x7f 😀'}), key="k")
    rows = [
        *chain.extend("lot:1", Head(1, first.hash), [DRAFT, odd]),
        *chain.extend("room:7", Head(1, other.hash), [odd, DRAFT]),
    ]

    store.execute(connection.connection, embedded.parameters(rows))

    assert links_of("lot:1")[1:] + links_of("room:7")[1:] == rows
    assert append_one("room:7").seq == 4


@pytest.mark.services
@pytest.mark.parametrize("head", [Head(0, bytes(31) + b"\1"), Head(1, bytes(32)), Head(2, bytes(32))])
def test_embedded_entries_of_a_stream_that_moved_fail_the_statement(store, head):
    if connection.vendor != "postgresql":
        pytest.skip("one statement for everything is PostgreSQL's")
    append_one("lot:1")
    other = append_one("room:7")
    rows = [
        *chain.extend("room:7", Head(1, other.hash), [DRAFT]),
        *chain.extend("lot:1", head, [DRAFT]),
    ]

    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic():
        store.execute(connection.connection, embedded.parameters(rows))
    assert len(links_of("room:7")) == 1
    assert EvidenceEntry.objects.count() == 2


def test_rows_that_begin_a_stream_are_told_apart():
    later = chain.extend("lot:1", Head(4, bytes(31) + b"\1"), [DRAFT])

    assert not embedded.begins_a_stream(later)
    assert embedded.begins_a_stream([*later, *chain.extend("room:7", chain.START, [DRAFT])])
