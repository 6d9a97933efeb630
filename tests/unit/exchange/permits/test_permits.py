"""Terms, renewals and related organisations."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.permits.domain import permits as rules
from exchange.permits.domain.groups import Control, related
from exchange.permits.domain.permits import check, check_renewal, years_after
from tests.unit.exchange.permits.test_restrictions import PERMIT


def test_a_term_of_five_years_is_allowed_and_a_day_more_is_not() -> None:
    check(replace(PERMIT, valid_from=date(2024, 1, 1), valid_until=date(2029, 1, 1)))

    with pytest.raises(rules.PermitTermWrong):
        check(replace(PERMIT, valid_from=date(2024, 1, 1), valid_until=date(2029, 1, 2)))
    with pytest.raises(rules.PermitTermWrong):
        check(replace(PERMIT, valid_from=date(2024, 1, 2), valid_until=date(2024, 1, 1)))


def test_five_years_after_a_leap_day_is_the_last_of_february() -> None:
    assert years_after(date(2024, 2, 29), 5) == date(2029, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_permit_names_a_pollutant() -> None:
    with pytest.raises(rules.PermitHasNoPollutant):
        check(replace(PERMIT, limits=()))


def test_renewal_is_applied_for_sixty_days_before_the_end() -> None:
    assert PERMIT.renewal_due_on == date(2028, 11, 1)

    check_renewal(PERMIT, applied_on=date(2028, 11, 1))
    with pytest.raises(rules.RenewalTooLate):
        check_renewal(PERMIT, applied_on=date(2028, 11, 2))


JINMA = Control(1, "A", "陈立", "")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([Control(2, "B", "李明", "")], {}),
        ([Control(2, "B", "", "")], {}),
        ([Control(2, "B", " 陈立 ", "")], {1: "g1", 2: "g1"}),
        ([Control(2, "B", "李明", "A")], {1: "g1", 2: "g1"}),
        (
            [Control(2, "B", "陈立", ""), Control(3, "C", "王", "B"), Control(4, "D", "赵", "")],
            {1: "g1", 2: "g1", 3: "g1"},
        ),
        ([Control(2, "B", "李明", "Z"), Control(3, "C", "王", "Z")], {2: "g2", 3: "g2"}),
    ],
    ids=[
        "strangers",
        "nothing known",
        "one representative",
        "controller itself",
        "over two steps",
        "common controller",
    ],
)
def test_related_organisations_share_a_group(others: list[Control], expected: dict[int, str]) -> None:
    assert related([JINMA, *others]) == expected


@given(st.permutations([JINMA, Control(2, "B", "陈立", ""), Control(3, "C", "王", "B"), Control(4, "D", "赵", "Z")]))
def test_groups_do_not_depend_on_the_order(listed: list[Control]) -> None:
    assert related(listed) == {1: "g1", 2: "g1", 3: "g1"}
