"""A popular notice in its last minute, on PostgreSQL with threads: none is lost, none counts twice.

Each race has its pair: without the guard the collision happens.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import make_uscc
from commons.evidence.queries import verify_database
from commons.people import services as people
from marketplace.entry import services as entries
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.services import Admission
from marketplace.procurement import queries as procurements
from marketplace.signups import queries, services
from marketplace.signups.domain.signups import AlreadySignedUp, SignUpClosed
from marketplace.signups.models import SignUp
from portal.demo.cast import CLERK
from tests.integration.marketplace import story
from tests.plugins.races import at_once, errors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
]

AGENCIES, THREADS = 24, 8


def agencies(item: int, count: int, *, first: int = 0) -> list[Actor]:
    """Invented agencies that may sign up, each with somebody who acts for it."""
    made = []
    for number in range(first, first + count):
        organisation = people.enrol_organisation(
            actor=CLERK,
            uscc=code(number),
            name=f"第{number}家测绘公司",
            kind="ENTERPRISE",
            region="440600",
            legal_representative=f"法{number}",
            at=story.AT,
        )
        facts = Admission(organisation, EntrantKind.AGENCY, item_ids=(item,), qualifications=(story.CERTIFICATE,))
        entries.admit(actor=CLERK, facts=facts, at=story.AT - timedelta(days=9))
        roles = frozenset({Role.AGENCY})
        made.append(Actor(None, organisation, roles, Assurance.FACE_OR_LICENCE, f"peak-{number}"))
    return made


def code(number: int) -> str:
    return make_uscc(authority="9", category="1", region="440600", organisation8=f"{7000000 + number:08d}")


@pytest.fixture
def need() -> int:
    item = story.item()
    story.owner()
    return story.published(item)


def test_everybody_who_comes_in_the_last_seconds_is_in_once(need: int) -> None:
    found = procurements.procurement(need)
    assert found.sign_up_until is not None
    actors = agencies(found.need.item_id, AGENCIES)
    last = found.sign_up_until - timedelta(seconds=1)
    outcomes: list[Any] = []

    def work(mine: list[Actor]) -> None:
        try:
            for actor in mine:
                for _again in range(2):  # the answer was lost on the way: the same request once more
                    outcomes.append(story.sign(actor, need, at=last))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(actors[place::THREADS],)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert len(outcomes) == 2 * AGENCIES
    assert len({receipt.sign_up_id for receipt in outcomes}) == AGENCIES
    assert queries.counted(need) == AGENCIES
    assert services.close_signups(procurement_id=need, at=found.sign_up_until)
    assert len(queries.sign_ups_of(need)) == AGENCIES
    assert verify_database().holds


def test_two_requests_of_one_agency_at_once_are_one_sign_up(need: int) -> None:
    actor = agencies(procurements.procurement(need).need.item_id, 1)[0]

    def sign(key: str) -> Any:
        at, quote = story.AT, procurements.procurement(need).need.floor_price
        return services.sign_up(actor=actor, procurement_id=need, at=at, key=key, quote=quote)

    results = at_once(lambda: sign("one"), lambda: sign("two"))

    assert [type(error) for error in errors(results)] == [AlreadySignedUp]
    assert SignUp.objects.count() == 1


def test_without_the_lock_the_table_itself_refuses_the_second_row(need: int) -> None:
    actor = agencies(procurements.procurement(need).need.item_id, 1)[0]
    story.sign(actor, need)
    row = SignUp.objects.get()
    row.pk, row.key = None, "another"

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_sign_up_and_the_closing_at_once_never_lose_one(need: int) -> None:
    found = procurements.procurement(need)
    assert found.sign_up_until is not None
    actors = agencies(found.need.item_id, 3)
    story.sign(actors[0], need)
    until, last = found.sign_up_until, found.sign_up_until - timedelta(milliseconds=1)

    results = at_once(
        lambda: story.sign(actors[1], need, at=last),
        lambda: services.close_signups(procurement_id=need, at=until),
        lambda: story.sign(actors[2], need, at=last),
    )

    refused = [error for error in errors(results) if isinstance(error, SignUpClosed)]
    assert len(errors(results)) == len(refused)
    assert len(queries.sign_ups_of(need)) == 3 - len(refused)
