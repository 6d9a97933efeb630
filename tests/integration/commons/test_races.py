"""Two editors at once: the unique key on what is replaced lets one of them supersede an entry."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from commons import entries
from commons.calendar import services as calendar
from commons.calendar.models import CalendarDay
from commons.domain.actor import Actor, Assurance, Role
from commons.domain.refusals import Refusal
from commons.parameters import services as parameters
from commons.parameters.models import ParameterValue

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ON = date(2026, 10, 10)
STAFF = Actor(person_id=1, organisation_id=1, roles=frozenset({Role.OPERATOR}), assurance=Assurance.FACE_OR_LICENCE)

pytestmark = pytest.mark.django_db(transaction=True)


def enter_day(name):
    calendar.enter_day(actor=STAFF, on=ON, working=False, name=name, source="国办更正", reason="更正", at=AT)


def enter_value(value):
    parameters.enter_value(
        actor=STAFF,
        key="notice.days",
        trade_type="EMISSION_RIGHTS",
        value=value,
        source="办法",
        mark="V",
        valid_from=date(2027, 1, 1),
        reason="更正",
        at=AT,
    )


def while_the_first_has_not_committed(monkeypatch, second):
    """Let `second` run in another connection between the first editor's insert and its commit; gives what befell it."""
    recorded, outcome = entries._record, []

    def other():
        try:
            second()
            outcome.append("entered")
        except Refusal as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    thread = threading.Thread(target=other)

    def record(*arguments):
        recorded(*arguments)
        monkeypatch.setattr(entries, "_record", recorded)
        thread.start()
        time.sleep(0.4)  # time enough for the other editor to read the old entry and reach its own insert

    monkeypatch.setattr(entries, "_record", record)
    return thread, outcome


def test_of_two_corrections_of_one_day_the_database_lets_one_supersede(monkeypatch):
    thread, outcome = while_the_first_has_not_committed(monkeypatch, lambda: enter_day("second"))

    enter_day("first")
    thread.join(20)

    # PostgreSQL: both read the same entry, and the unique key refuses the second. SQLite: the second waits and follows.
    assert outcome == (["ENTERED_MEANWHILE"] if connection.vendor == "postgresql" else ["entered"])
    assert CalendarDay.objects.filter(on=ON, region="", replaced_by__isnull=True).count() == 1


def test_of_two_changes_of_one_parameter_the_database_lets_one_supersede(monkeypatch):
    thread, outcome = while_the_first_has_not_committed(monkeypatch, lambda: enter_value("9"))

    enter_value("8")
    thread.join(20)

    assert outcome == (["ENTERED_MEANWHILE"] if connection.vendor == "postgresql" else ["entered"])
    rows = ParameterValue.objects.filter(
        key="notice.days", trade_type="EMISSION_RIGHTS", region="", valid_from="1990-01-01"
    )
    assert rows.filter(replaced_by__isnull=True).count() == 1
