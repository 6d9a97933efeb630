"""The editable calendar: seeded, corrected by superseding entries, asked for a region."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from commons.calendar import queries, services
from commons.calendar.models import CalendarDay
from commons.calendar.services.editing import YearAlreadyPublished
from commons.domain.deadlines import Direction, Unit
from commons.domain.refusals import Malformed, NotPermitted
from commons.entries import CorrectionNeedsReason, NothingChanges
from commons.evidence.models import EvidenceEntry
from tests.cast import actor

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def enter(on, *, working, **fields):
    defaults: dict[str, Any] = {"name": "台风停工", "source": "佛防指〔2026〕9号", "at": AT, "actor": actor("staff")}
    return services.enter_day(on=on, working=working, **(defaults | fields))


def test_a_new_installation_knows_the_published_calendar():
    assert not queries.is_working_day(date(2026, 10, 1))
    assert queries.is_working_day(date(2026, 10, 10))
    assert 2026 in queries.published_years()
    assert 2027 not in queries.published_years()


def test_seeding_again_changes_nothing():
    before = CalendarDay.objects.count()

    assert services.seed(at=AT) == 0
    assert CalendarDay.objects.count() == before


def test_seeding_does_not_undo_a_correction():
    enter(date(2026, 10, 10), working=False, reason="国办更正")

    services.seed(at=AT)

    assert not queries.is_working_day(date(2026, 10, 10))


def test_a_correction_supersedes_the_entry_and_names_it():
    first = queries.history(on=date(2026, 10, 10))[0]

    enter(date(2026, 10, 10), working=False, reason="国办更正")

    new, old = queries.history(on=date(2026, 10, 10))
    assert (new.replaces_id, new.reason) == (first.id, "国办更正")
    assert old == first
    assert [day.id for day in queries.days_of_year(2026) if day.on == date(2026, 10, 10)] == [new.id]


def test_a_corrected_day_moves_the_deadlines():
    assert queries.deadline(start=date(2026, 9, 28), add=5).on == date(2026, 10, 10)

    enter(date(2026, 10, 10), working=False, reason="国办更正")

    assert queries.deadline(start=date(2026, 9, 28), add=5).on == date(2026, 10, 12)


def test_a_typhoon_in_one_city_leaves_the_others_alone():
    enter(date(2026, 6, 10), working=False, region="440600")

    assert queries.deadline(start=date(2026, 6, 9), add=1, region="440604").on == date(2026, 6, 11)
    assert queries.deadline(start=date(2026, 6, 9), add=1, region="440600").on == date(2026, 6, 11)
    assert queries.deadline(start=date(2026, 6, 9), add=1, region="440100").on == date(2026, 6, 10)
    assert queries.deadline(start=date(2026, 6, 9), add=1).on == date(2026, 6, 10)


def test_the_nearest_region_decides():
    enter(date(2026, 4, 20), working=False, region="450000", name="三月三")
    enter(date(2026, 4, 20), working=True, region="450100", name="补班")

    assert not queries.is_working_day(date(2026, 4, 20), region="450300")
    assert queries.is_working_day(date(2026, 4, 20), region="450100")


def test_an_entry_in_the_way_needs_a_reason():
    with pytest.raises(CorrectionNeedsReason):
        enter(date(2026, 10, 10), working=False)


def test_an_entry_that_says_the_same_is_refused():
    enter(date(2026, 6, 10), working=False)
    with pytest.raises(NothingChanges):
        enter(date(2026, 6, 10), working=False, reason="again")


@pytest.mark.parametrize("fields", [{"region": "44060"}, {"region": "４４０６００"}, {"source": " "}])
def test_an_entry_needs_a_real_region_and_a_source(fields):
    with pytest.raises(Malformed):
        enter(date(2026, 6, 10), working=False, **fields)


@pytest.mark.parametrize("who", ["buyer1", "regulator", "finance"])
def test_only_staff_change_the_calendar(who):
    with pytest.raises(NotPermitted):
        enter(date(2026, 6, 10), working=False, actor=actor(who))


def test_a_published_year_is_no_longer_provisional():
    assert queries.deadline(start=date(2027, 3, 1), add=1).provisional

    services.publish_year(actor=actor("staff"), year=2027, source="国办发明电〔2026〕8号", at=AT)

    assert not queries.deadline(start=date(2027, 3, 1), add=1).provisional
    with pytest.raises(YearAlreadyPublished):
        services.publish_year(actor=actor("staff"), year=2027, source="国办发明电〔2026〕8号", at=AT)


def test_every_change_leaves_evidence():
    enter(date(2026, 6, 10), working=False)

    entry = EvidenceEntry.objects.filter(stream="calendar").latest("seq")
    assert entry.type == "CalendarDayEntered"
    assert "佛防指〔2026〕9号" in bytes(entry.payload).decode()


def test_the_database_refuses_to_change_or_delete_an_entry():
    number = enter(date(2026, 6, 10), working=False)

    for change in (lambda rows: rows.update(working=True), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(CalendarDay.objects.filter(pk=number))


def test_the_database_refuses_a_second_successor():
    first = CalendarDay.objects.get(on=date(2026, 10, 10), region="")
    enter(date(2026, 10, 10), working=False, reason="国办更正")

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(
            on=first.on, working=True, source="x", replaces=first, reason="y", entered_by="person:1@1", entered_at=AT
        )


def test_a_deadline_takes_one_look_at_the_calendar(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.deadline(start=date(2026, 9, 28), add=200)


def test_counting_back_over_a_holiday_finds_the_marks_before_the_day():
    found = queries.deadline(start=date(2026, 10, 9), add=2, unit=Unit.WORKING_DAY, direction=Direction.BEFORE)
    assert found.on == date(2026, 9, 30)


def test_far_limits_still_see_their_own_holidays():
    found = queries.deadline(start=date(2023, 1, 3), add=700)
    assert not queries.working_days(first=found.on, last=found.on).is_provisional(found.on)
    assert found.on == date(2025, 10, 27)
