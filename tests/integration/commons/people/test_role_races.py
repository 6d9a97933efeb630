"""Two administrators act at the same moment. Each race happens without the lock, and cannot with it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.refusals import Refusal
from commons.people import queries, services
from commons.people.models import Membership, Person
from commons.people.services import roles
from tests import cast

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
TOGETHER_SECONDS = 0.7
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns by themselves"),
]


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Runs the actions in threads of their own; gives the codes of those that were refused."""

    def attempt(action: Callable[[], object]) -> str:
        try:
            action()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(actions)) as threads:
        return sorted(threads.map(attempt, actions))


def meet(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whoever reaches that check waits a moment for the other: both have read when both go on to write."""
    barrier, check = threading.Barrier(2), getattr(roles, name)

    def together(*args: object, **kwargs: object) -> None:
        check(*args, **kwargs)
        try:
            barrier.wait(TOGETHER_SECONDS)
        except threading.BrokenBarrierError:
            return  # the other is held back by the lock

    monkeypatch.setattr(roles, name, together)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)


def grant_both_sides() -> list[str]:
    person = Person.objects.create_user("newcomer", "luochui-demo", name="newcomer")
    enterprise, centre = cast.organisation("jinma").pk, cast.organisation("centre").pk

    def grant(organisation_id: int, role: Role) -> int:
        return services.grant_role(
            actor=system_actor("test"), person_id=person.pk, organisation_id=organisation_id, role=role, at=AT
        )

    refused = at_once(lambda: grant(enterprise, Role.BIDDER), lambda: grant(centre, Role.STAFF))
    assert len(queries.roles_of(person.pk)) == 2 - sum(map(bool, refused))
    return refused


def test_without_the_lock_one_person_ends_up_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, "check_grant")
    without_locks(monkeypatch)
    # The log has a lock of its own on the person's stream; the race is before it.
    assert "ROLES_EXCLUDE" not in grant_both_sides()


def test_with_the_lock_one_of_the_two_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, "check_grant")

    assert grant_both_sides() == ["", "ROLES_EXCLUDE"]


def end_each_other() -> list[str]:
    organisation = cast.organisation("jinma")
    people = [Person.objects.create_user(name, "luochui-demo", name=name) for name in ("left", "right")]
    held = [
        Membership.objects.create(person=person, organisation=organisation, role="ADMINISTRATOR", granted_at=AT)
        for person in people
    ]

    def end(by: Person, membership: Membership) -> None:
        actor = Actor(by.pk, organisation.pk, frozenset({Role.ADMINISTRATOR}), Assurance.REAL_NAME)
        services.end_role(actor=actor, membership_id=membership.pk, reason="test", at=AT)

    refused = at_once(lambda: end(people[0], held[1]), lambda: end(people[1], held[0]))
    left = Membership.objects.filter(organisation=organisation, role="ADMINISTRATOR", ended_at__isnull=True).count()
    assert left == sum(map(bool, refused))
    return refused


def test_without_the_lock_two_administrators_end_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, "_require_another_administrator")
    without_locks(monkeypatch)

    assert end_each_other() == ["", ""]


def test_with_the_lock_one_administrator_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(monkeypatch, "_require_another_administrator")

    assert end_each_other() == ["", "LAST_ADMINISTRATOR"]
