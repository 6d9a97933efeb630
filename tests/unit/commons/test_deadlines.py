"""Time limits: day 0, rolling after, never rolling before, years that are not published yet."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.calendar import published
from commons.domain.calendar import ONE_DAY, DayMark, WorkingDays
from commons.domain.deadlines import MOST_STEPS, Direction, Unit, deadline, local_day, moment
from commons.domain.refusals import Malformed

CALENDAR = published.working_days()


def limit(start, add, unit=Unit.WORKING_DAY, direction=Direction.AFTER, calendar=CALENDAR):
    return deadline(start=date.fromisoformat(start), add=add, unit=unit, direction=direction, calendar=calendar)


@pytest.mark.parametrize(
    ("start", "add", "unit", "direction", "on"),
    [
        # National Day 2026: 1–7 October off, Saturday 10 October made up for.
        ("2026-09-28", 5, "working_day", "after", "2026-10-10"),
        ("2026-10-10", 1, "working_day", "after", "2026-10-12"),
        ("2026-09-29", 2, "day", "after", "2026-10-08"),
        ("2026-10-01", 0, "working_day", "after", "2026-10-08"),
        ("2026-10-08", 0, "working_day", "after", "2026-10-08"),
        # Spring Festival 2026: 15–23 February off; 14 and 28 February are working Saturdays.
        ("2026-02-13", 1, "working_day", "after", "2026-02-14"),
        ("2026-02-14", 1, "working_day", "after", "2026-02-24"),
        ("2026-02-27", 1, "working_day", "after", "2026-02-28"),
        ("2026-02-27", 1, "day", "after", "2026-02-28"),
        # An ordinary week: a limit in days that ends on Saturday ends on Monday.
        ("2026-06-08", 5, "day", "after", "2026-06-15"),
        ("2026-06-08", 4, "day", "after", "2026-06-12"),
        # 招标投标法实施条例 第21条: 15 days before a deadline; Saturday stays Saturday.
        ("2026-11-16", 15, "day", "before", "2026-11-01"),
        ("2026-10-20", 15, "day", "before", "2026-10-05"),
        ("2026-10-10", 3, "working_day", "before", "2026-09-30"),
        ("2026-10-09", 1, "working_day", "before", "2026-10-08"),
        ("2026-10-04", 0, "working_day", "before", "2026-10-04"),
        # 2024 and 2025, checked against the yearly notices.
        ("2024-09-13", 1, "working_day", "after", "2024-09-14"),
        ("2025-01-24", 3, "working_day", "after", "2025-02-05"),
        # 29 February, and the turn of a year.
        ("2024-02-28", 1, "day", "after", "2024-02-29"),
        ("2025-12-31", 1, "working_day", "after", "2026-01-04"),
    ],
)
def test_limits_of_known_days(start, add, unit, direction, on):
    assert limit(start, add, Unit(unit), Direction(direction)).on == date.fromisoformat(on)


def test_the_steps_say_what_was_counted_and_what_was_not():
    steps = [str(step) for step in limit("2026-09-28", 5).steps]
    assert steps == [
        "2026-09-28 is day 0 and is not counted.",
        "Working day 1–2: 2026-09-29 – 2026-09-30.",
        "Not counted: 2026-10-01 – 2026-10-07 (国庆节).",
        "Working day 3–4: 2026-10-08 – 2026-10-09.",
        "Working day 5: 2026-10-10 (国庆节, made up for).",
    ]


def test_a_long_walk_is_told_briefly():
    assert len(limit("2025-01-01", 400).steps) <= MOST_STEPS + 2


@pytest.mark.parametrize(
    ("start", "add", "unit", "direction", "provisional"),
    [
        ("2026-12-24", 5, "working_day", "after", False),
        ("2026-12-24", 6, "working_day", "after", True),
        ("2026-12-28", 5, "day", "after", True),
        ("2026-12-26", 4, "day", "after", False),
        # Counting back in days asks no calendar at all.
        ("2027-03-01", 20, "day", "before", False),
        ("2027-01-04", 2, "working_day", "before", True),
    ],
)
def test_a_limit_that_needs_an_unpublished_year_is_provisional(start, add, unit, direction, provisional):
    found = limit(start, add, Unit(unit), Direction(direction))

    assert found.provisional is provisional
    assert any("2027 are not published" in str(step) for step in found.steps) is provisional


def test_without_any_calendar_the_week_decides_and_all_is_provisional():
    found = limit("2026-09-28", 5, calendar=WorkingDays())
    assert (found.on, found.provisional) == (date(2026, 10, 5), True)


def test_the_last_day_belongs_to_the_limit_until_midnight_in_shanghai():
    found = limit("2026-09-28", 1)

    assert found.ends_at == datetime(2026, 9, 29, 16, tzinfo=UTC)
    assert found.starts_at == datetime(2026, 9, 28, 16, tzinfo=UTC)


def test_day_zero_is_the_day_in_shanghai():
    assert local_day(datetime(2026, 9, 28, 16, 0, tzinfo=UTC)) == date(2026, 9, 29)
    assert local_day(datetime(2026, 9, 28, 15, 59, 59, tzinfo=UTC)) == date(2026, 9, 28)


def test_hours_run_through_holidays():
    start = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)

    assert moment(start=start, add=24, unit=Unit.HOUR, direction=Direction.AFTER) == start + timedelta(hours=24)
    assert moment(start=start, add=60, unit=Unit.MINUTE, direction=Direction.BEFORE) == start - timedelta(hours=1)


@pytest.mark.parametrize("add", [-1, 36_601, 10**30])
def test_an_absurd_length_is_refused(add):
    with pytest.raises(Malformed):
        limit("2026-01-01", add)


@pytest.mark.parametrize(
    ("start", "add", "unit", "direction"),
    [
        ("9999-12-30", 5, "working_day", "after"),
        ("9999-12-30", 9, "day", "after"),
        ("9999-12-31", 0, "day", "after"),
        ("0001-01-02", 5, "day", "before"),
        ("0001-01-02", 5, "working_day", "before"),
    ],
)
def test_the_edge_of_the_calendar_is_refused_or_reached_but_never_crashes(start, add, unit, direction):
    try:
        found = limit(start, add, Unit(unit), Direction(direction))
    except Malformed:
        return
    assert found.on == date.fromisoformat(start)


def test_hours_are_no_days_and_days_no_hours():
    with pytest.raises(Malformed):
        limit("2026-01-01", 1, Unit.HOUR)
    with pytest.raises(Malformed):
        moment(start=datetime(2026, 1, 1, tzinfo=UTC), add=1, unit=Unit.DAY, direction=Direction.AFTER)


days = st.dates(date(2004, 3, 1), date(2026, 6, 1))
calendars = st.builds(
    lambda marks: WorkingDays({day: DayMark(working) for day, working in marks.items()}, frozenset(range(2003, 2030))),
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.booleans()),
)


@given(days, st.integers(0, 60))
def test_after_always_ends_on_a_working_day_with_exactly_that_many_counted(start, add):
    found = limit(start.isoformat(), add)

    counted = sum(CALENDAR.is_working(start + ONE_DAY * n) for n in range(1, (found.on - start).days + 1))
    assert CALENDAR.is_working(found.on)
    assert counted == add or (add == 0 and counted <= 1)


@given(days, st.integers(0, 400))
def test_days_after_never_end_early_and_roll_only_over_days_off(start, add):
    found = limit(start.isoformat(), add, Unit.DAY)

    nominal = start + timedelta(days=add)
    assert found.on >= nominal
    assert CALENDAR.is_working(found.on)
    assert not any(CALENDAR.is_working(nominal + ONE_DAY * n) for n in range((found.on - nominal).days))


@given(days, st.integers(0, 400))
def test_days_before_never_roll(start, add):
    assert limit(start.isoformat(), add, Unit.DAY, Direction.BEFORE).on == start - timedelta(days=add)


@given(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(1, 30), calendars)
def test_counting_there_and_back_comes_home_on_working_days(start, add, calendar):
    start = calendar.next_working(start)

    there = deadline(start=start, add=add, unit=Unit.WORKING_DAY, direction=Direction.AFTER, calendar=calendar).on
    back = deadline(start=there, add=add, unit=Unit.WORKING_DAY, direction=Direction.BEFORE, calendar=calendar).on

    assert back == start


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_a_longer_limit_never_ends_earlier(start, add, more):
    for unit in (Unit.DAY, Unit.WORKING_DAY):
        assert limit(start.isoformat(), add + more, unit).on >= limit(start.isoformat(), add, unit).on
