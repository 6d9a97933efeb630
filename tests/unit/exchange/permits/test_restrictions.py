"""Where rights may go: every rule refuses what it must, and nothing else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from commons.domain.refusals import Refusal
from exchange.permits.domain import restrictions as rules
from exchange.permits.domain.permits import Industry, Limit, PermitFacts, PermitState
from exchange.permits.domain.restrictions import (
    MissedTarget,
    PermitNotInForce,
    Purchase,
    Source,
    Wish,
    reasons,
)
from exchange.permits.domain.sources import SellerPermitAmbiguous, SellerPermitUnknown, source_permit
from exchange.projects.domain.trades import Instrument

PERMIT = PermitFacts(
    number="91440600000000000X001P",
    organisation_id=7,
    region="440604",
    basin="北江",
    industry=Industry.OTHER,
    valid_from=date(2024, 1, 1),
    valid_until=date(2028, 12, 31),
    limits=(Limit("NH3-N", Decimal("4.048"), approved_need=Decimal("2.000")), Limit("SO2", Decimal("10.000"))),
    document_ref="佛环证〔2024〕1号",
)
RESERVE = Source(1, "440600", "北江")
WATER = Wish(7, Instrument.NH3_N, Decimal("1.680"), date(2026, 6, 1))
AIR = replace(WATER, instrument=Instrument.SO2)
MISSED = MissedTarget("440600", "SO2", "粤环〔2026〕5号")


def codes(found: tuple[Refusal, ...]) -> list[str]:
    return [refusal.code for refusal in found]


@pytest.mark.parametrize("wish", [WATER, AIR])
def test_a_permit_in_force_in_basin_and_city_may_buy(wish: Wish) -> None:
    assert reasons(wish, RESERVE, [PERMIT], []) == ()


@pytest.mark.parametrize(
    ("wish", "source", "permit", "missed", "expected"),
    [
        (WATER, RESERVE, None, [], rules.NoPermit),
        (replace(WATER, on=date(2029, 1, 1)), RESERVE, PERMIT, [], rules.PermitNotInForce),
        (replace(WATER, on=date(2023, 12, 31)), RESERVE, PERMIT, [], rules.PermitNotInForce),
        (WATER, RESERVE, replace(PERMIT, state=PermitState.SUSPENDED), [], rules.PermitNotInForce),
        (replace(WATER, instrument=Instrument.COD), RESERVE, PERMIT, [], rules.PollutantNotPermitted),
        (replace(WATER, quantity=Decimal("2.001")), RESERVE, PERMIT, [], rules.AboveApprovedNeed),
        (
            replace(WATER, bought=(Purchase(date(2026, 1, 5), Decimal("0.321")),)),
            RESERVE,
            PERMIT,
            [],
            rules.AboveApprovedNeed,
        ),
        (replace(WATER, permit_no="91440600000000000X002P"), RESERVE, PERMIT, [], rules.PermitNotYours),
        (WATER, replace(RESERVE, basin="西江"), PERMIT, [], rules.OutsideBasin),
        (WATER, Source(1, "440700", ""), PERMIT, [], rules.BasinUnknown),
        (AIR, replace(RESERVE, region="440700"), PERMIT, [], rules.OutsideCity),
        (AIR, RESERVE, PERMIT, [MISSED], rules.AreaMissesTarget),
        (AIR, replace(RESERVE, industries=frozenset({Industry.THERMAL_POWER})), PERMIT, [], rules.ThermalPowerApart),
        (
            AIR,
            replace(RESERVE, industries=frozenset({Industry.OTHER})),
            replace(PERMIT, industry=Industry.THERMAL_POWER),
            [],
            rules.ThermalPowerApart,
        ),
        (WATER, replace(RESERVE, organisation_id=7), PERMIT, [], rules.SellerIsBuyer),
    ],
)
def test_each_rule_refuses_with_its_own_code(
    wish: Wish, source: Source, permit: PermitFacts | None, missed: list[MissedTarget], expected: type[Refusal]
) -> None:
    found = reasons(wish, source, [permit] if permit else [], missed)

    assert codes(found) == [expected.code]
    assert str(found[0]), "the text has every place filled"


@pytest.mark.parametrize(
    ("wish", "source", "missed"),
    [
        (AIR, replace(RESERVE, basin="西江"), []),
        (WATER, replace(RESERVE, region="440700"), []),
        (WATER, replace(RESERVE, industries=frozenset({Industry.THERMAL_POWER})), []),
        (AIR, RESERVE, [replace(MISSED, instrument="NOx")]),
        (AIR, RESERVE, [replace(MISSED, region="440605")]),
        (WATER, Source(1, "440605", ""), []),
    ],
    ids=["basin is water's", "city is air's", "power is air's", "other pollutant", "other district", "same city"],
)
def test_a_rule_stays_within_its_medium_and_area(wish: Wish, source: Source, missed: list[MissedTarget]) -> None:
    assert reasons(wish, source, [PERMIT], missed) == ()


def test_power_plants_may_trade_among_themselves() -> None:
    source = replace(RESERVE, industries=frozenset({Industry.THERMAL_POWER}))

    assert reasons(AIR, source, [replace(PERMIT, industry=Industry.THERMAL_POWER)], []) == ()


def test_the_first_and_the_last_day_belong_to_the_term() -> None:
    for on in (PERMIT.valid_from, PERMIT.valid_until):
        assert reasons(replace(WATER, on=on), RESERVE, [PERMIT], []) == ()


def test_everything_that_is_wrong_is_told_at_once() -> None:
    source = Source(1, "440700", "西江", frozenset({Industry.THERMAL_POWER}))

    found = reasons(replace(AIR, on=date(2030, 1, 1)), source, [PERMIT], [MISSED])

    assert codes(found) == [
        "PERMIT_NOT_IN_FORCE",
        "PERMIT_OUTSIDE_CITY",
        "PERMIT_THERMAL_POWER_APART",
        "PERMIT_AREA_MISSES_TARGET",
    ]


def test_one_fitting_permit_among_several_is_enough() -> None:
    elsewhere = replace(PERMIT, number="A", basin="西江", region="440700")

    assert reasons(WATER, RESERVE, [elsewhere, PERMIT], []) == ()


def test_carbon_allowances_need_no_permit() -> None:
    assert reasons(replace(WATER, instrument=Instrument.CARBON), RESERVE, [], []) == ()


def test_what_was_bought_before_the_permit_does_not_count_against_its_need() -> None:
    wish = replace(
        WATER, bought=(Purchase(date(2023, 12, 31), Decimal("1.000")), Purchase(date(2024, 1, 1), Decimal("0.320")))
    )

    assert reasons(wish, RESERVE, [PERMIT], []) == ()


def test_the_permit_that_is_named_must_fit_and_not_another_one() -> None:
    second = replace(PERMIT, number="91440600000000000X002P", basin="西江")

    assert codes(reasons(replace(WATER, permit_no=" 91440600000000000x002p"), RESERVE, [PERMIT, second], [])) == [
        rules.OutsideBasin.code
    ]
    assert reasons(replace(WATER, permit_no=PERMIT.number), RESERVE, [PERMIT, second], []) == ()


# Under which permit a seller offers


def seller_permit(number: str, basin: str, **changes: object) -> PermitFacts:
    facts: dict[str, object] = {
        "number": number,
        "organisation_id": 1,
        "region": "440600",
        "basin": basin,
        "industry": Industry.OTHER,
        "valid_from": date(2025, 1, 1),
        "valid_until": date(2029, 12, 31),
        "limits": (Limit("COD", Decimal("10.000")),),
        "document_ref": "x",
        **changes,
    }
    return PermitFacts(**facts)  # type: ignore[arg-type]  # the values above fit


NORTH, WEST = seller_permit("A", "北江"), seller_permit("B", "西江")
ON = date(2026, 6, 1)


def test_a_seller_with_permits_in_two_basins_has_to_choose() -> None:
    with pytest.raises(SellerPermitAmbiguous) as refused:
        source_permit([NORTH, WEST], instrument=Instrument.COD, named="", on=ON)
    assert refused.value.fields["numbers"] == "A, B"
    assert source_permit([NORTH, WEST], instrument=Instrument.COD, named=" b ", on=ON) == WEST


def test_only_permits_that_fit_make_it_unclear() -> None:
    other = seller_permit("B", "西江", limits=(Limit("SO2", Decimal("1.000")),))
    over = seller_permit("C", "东江", valid_until=date(2025, 12, 31))

    assert source_permit([NORTH, other, over], instrument=Instrument.COD, named="", on=ON) == NORTH
    assert source_permit([NORTH, replace(NORTH, number="Z")], instrument=Instrument.COD, named="", on=ON) == NORTH
    assert source_permit([], instrument=Instrument.COD, named="", on=ON) is None


def test_air_is_unclear_only_between_thermal_power_and_others() -> None:
    limits = (Limit("SO2", Decimal("1.000")),)
    one, other = seller_permit("A", "北江", limits=limits), seller_permit("B", "西江", limits=limits)

    assert source_permit([one, other], instrument=Instrument.SO2, named="", on=ON) == one
    power = replace(other, industry=Industry.THERMAL_POWER)
    with pytest.raises(SellerPermitAmbiguous):
        source_permit([one, power], instrument=Instrument.SO2, named="", on=ON)


def test_the_permit_that_a_seller_names_is_its_own_and_in_force() -> None:
    with pytest.raises(SellerPermitUnknown):
        source_permit([NORTH], instrument=Instrument.COD, named="Q", on=ON)
    with pytest.raises(PermitNotInForce):
        source_permit([NORTH], instrument=Instrument.COD, named="A", on=date(2030, 1, 1))
