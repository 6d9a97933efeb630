"""Times, methods, terms, aliases, formats: the rules of an auction that need nothing but values."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from commons.domain.calendar import DayMark, WorkingDays
from commons.domain.deadlines import Direction, Unit
from commons.domain.deadlines import deadline as compute
from commons.parameters import definitions
from exchange.auctions.domain.aliases import POOL, NoAliasLeft, alias_of, order_of
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.domain.formats import (
    PROFILES,
    FormatUnknown,
    QuantityTooFine,
    choices,
    profile_of,
    room_rules,
)
from exchange.auctions.domain.methods import Method, method_for
from exchange.auctions.domain.terms import DepositShareTooHigh, read_terms
from exchange.auctions.domain.timetable import OpensTooEarly, Periods, require_time, timetable
from exchange.contracts.domain.limits import Flag, flag_for
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.services.credits import Allowance, allowance_of
from tests.unit.exchange.auctions.snapshots import snapshot

PERIODS = Periods(notice_days=7, registration_days=5, qualification_working_days=1)
NATIONAL_DAY = WorkingDays({date(2026, 10, day): DayMark(False, "国庆节") for day in range(1, 9)}, frozenset({2026}))


def engine(days: WorkingDays) -> Callable[[date, int, str], date]:
    def after(on: date, add: int, unit: str) -> date:
        return compute(start=on, add=add, unit=Unit(unit), direction=Direction.AFTER, calendar=days).on

    return after


def test_registration_takes_the_last_days_of_the_notice() -> None:
    published = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai

    table = timetable(published, PERIODS, engine(WorkingDays()))

    assert table.registration_starts_at == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    assert table.registration_ends_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert table.qualification_ends_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_an_end_on_a_holiday_moves_to_the_next_working_day() -> None:
    published = datetime(2026, 9, 25, 2, 0, tzinfo=UTC)  # Friday; seven days later is the second day of the holiday

    table = timetable(published, PERIODS, engine(NATIONAL_DAY))

    assert table.registration_ends_at == datetime(2026, 10, 9, 9, 0, tzinfo=UTC)


def test_a_notice_no_longer_than_the_registration_opens_it_at_once() -> None:
    published = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    table = timetable(published, Periods(5, 5, 1), engine(WorkingDays()))

    assert table.registration_starts_at == published


def test_bidding_at_the_instant_at_which_its_method_is_decided_is_refused_with_the_earliest_time() -> None:
    periods = replace(PERIODS, readiness_minutes=5)
    table = timetable(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), periods, engine(WorkingDays()))

    require_time(table, lot=1, opens_at=table.qualification_ends_at + timedelta(minutes=5))
    for early in (timedelta(0), timedelta(minutes=4, seconds=59)):
        with pytest.raises(OpensTooEarly) as refused:
            require_time(table, lot=1, opens_at=table.qualification_ends_at + early)
        assert refused.value.fields["earliest"] == "2026-03-10 17:05"


def test_bidding_starts_so_long_after_the_deposits_were_due_as_the_rules_say() -> None:
    periods = replace(PERIODS, deposit_hours=36)
    table = timetable(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), periods, engine(WorkingDays()))

    assert table.earliest_opening == table.registration_ends_at + timedelta(hours=36)
    with pytest.raises(OpensTooEarly):
        require_time(table, lot=1, opens_at=table.earliest_opening - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("qualified", "minimum", "method"),
    [
        (0, 2, None),
        (0, 1, None),
        (1, 2, Method.NEGOTIATION),
        (1, 1, Method.ROOM),
        (2, 2, Method.ROOM),
        (9, 2, Method.ROOM),
    ],
)
def test_the_number_of_buyers_decides_the_method(qualified: int, minimum: int, method: Method | None) -> None:
    assert method_for(qualified, minimum=minimum) is method


def test_the_deposit_is_a_share_of_start_price_times_need() -> None:
    terms = read_terms(snapshot())

    assert terms.deposit_for(Decimal("20000.00"), Decimal("1.680")) == Decimal("6720.00")
    assert terms.deposit_for(Decimal("0.01"), Decimal("2.500")) == Decimal("0.01")  # 0.005 rounds half up


def test_a_larger_deposit_than_the_rules_allow_is_not_published() -> None:
    read_terms(snapshot(deposit__share="0.30")).require_publishable()
    with pytest.raises(DepositShareTooHigh) as refused:
        read_terms(snapshot(deposit__share="0.305")).require_publishable()
    assert refused.value.fields == {"share": "30.5%", "maximum": "30%"}


def test_every_parameter_that_the_flow_reads_is_defined() -> None:
    known = set(definitions.definitions())

    assert set(snapshot()) <= known


SECRET = bytes(range(32))


def test_the_numbers_of_a_lot_are_all_of_them_in_an_order_that_its_secret_gives() -> None:
    order = order_of("lot:7", SECRET)

    assert sorted(order) == list(POOL)
    assert order == order_of("lot:7", SECRET)
    assert len({order, order_of("lot:8", SECRET), order_of("lot:7", bytes(32))}) == 3
    assert [alias_of("lot:7", SECRET, place) for place in (1, 2, 900)] == [order[0], order[1], order[899]]


def test_the_nine_hundred_and_first_submission_finds_no_number() -> None:
    with pytest.raises(NoAliasLeft):
        alias_of("lot:7", SECRET, 901)


def test_a_blinded_reference_needs_its_salt() -> None:
    references = Counter(blinded_ref(organisation, salt) for organisation in range(50) for salt in ("00", "ff"))

    assert len(references) == 100
    assert blinded_ref(7, "00") == blinded_ref(7, "00")
    assert "7" not in blinded_ref(7, "00").partition(":")[0]


TERMS = LotTerms(
    Instrument.NH3_N,
    Decimal("1.680"),
    Decimal("20000.00"),
    Decimal("100.00"),
    "FOSHAN_2018",
    datetime(2026, 3, 20, tzinfo=UTC),
)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_format_makes_sound_rules_that_survive_storage(name: str) -> None:
    kind = sorted(PROFILES[name].trade_types)[0]
    terms = LotTerms(
        TERMS.instrument, Decimal("4000.000"), TERMS.start_price, TERMS.step, name, TERMS.opens_at, TERMS.term_years
    )

    stored = json.loads(json.dumps(room_rules(terms, kind, snapshot())))

    assert RoomRules.from_json(stored).to_json() == stored
    assert RoomRules.from_json(stored).supply == Decimal("4000.000")


def test_the_foshan_format_takes_its_times_from_the_parameters() -> None:
    rules = RoomRules.from_json(room_rules(TERMS, TradeType.EMISSION_RIGHTS, snapshot()))

    assert (rules.free_ms, rules.waiting_ms, rules.timed_ms, rules.extension_ms) == (
        1_800_000,
        240_000,
        240_000,
        240_000,
    )
    assert (rules.start_price, rules.step, rules.divisible) == (Decimal("20000.00"), Decimal("100.00"), False)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_the_bids_that_a_bidder_may_send_and_their_smallest_part_come_from_the_parameters(name: str) -> None:
    kind = sorted(PROFILES[name].trade_types)[0]
    changed = snapshot(room__rate_bids_per_second="3", room__rate_burst="7", quantity__places="1")

    rules = RoomRules.from_json(room_rules(replace(TERMS, quantity=Decimal(4000), profile=name), kind, changed))

    assert (rules.bids_per_second, rules.bids_burst, rules.lot_size) == (3, 7, Decimal("0.1"))
    assert allowance_of(rules) == Allowance(burst=7, per_second=3)


def test_a_quantity_finer_than_the_instrument_is_traded_is_refused() -> None:
    whole = snapshot(quantity__places="0")
    terms = replace(TERMS, quantity=Decimal("4000.5"), profile="GUANGDONG_2017")

    with pytest.raises(QuantityTooFine) as refused:
        room_rules(terms, TradeType.CARBON_ALLOWANCES, whole)
    assert refused.value.fields == {"part": "1"}


def test_a_format_of_another_trade_is_refused() -> None:
    with pytest.raises(FormatUnknown):
        profile_of("GUANGDONG_2017", TradeType.EMISSION_RIGHTS)
    assert all(choices(kind) for kind in TradeType)


@pytest.mark.parametrize(
    ("today", "flag"),
    [
        (date(2026, 3, 4), Flag.NONE),
        (date(2026, 3, 5), Flag.YELLOW),
        (date(2026, 3, 6), Flag.YELLOW),
        (date(2026, 3, 9), Flag.YELLOW),
        (date(2026, 3, 10), Flag.RED),
    ],
)
def test_a_limit_turns_yellow_and_then_red(today: date, flag: Flag) -> None:
    friday = date(2026, 3, 6)

    found = flag_for(
        today=today, due_on=friday, working_day_before=date(2026, 3, 5), working_day_after=date(2026, 3, 9)
    )

    assert found is flag
