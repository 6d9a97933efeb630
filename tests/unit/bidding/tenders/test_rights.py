"""Rights that are granted by tender: area, term, start price and bond; how each procedure calls its owner."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bidding.profiles.domain.vocabulary import OwnerKind
from bidding.profiles.seeds import seed_profiles
from bidding.tenders.domain.rights import (
    AreaUnit,
    Right,
    RightBondTooLow,
    RightInvalid,
    RightUse,
    TermTooLong,
    check_right,
)
from bidding.tenders.domain.sections import SectionInvalid, SectionTermsDraft, check_section
from tests.unit.bidding.tenders.test_rules import profile

D = Decimal
RIGHT = Right(RightUse.INDUSTRIAL, D("12000.50"), AreaUnit.M2, 50, D("10000000"))
BOND = D("2000000")


def checked(right: Right, *, ceiling: Decimal | None = None, bond: Decimal | None = BOND) -> None:
    check_right(right, profile("LAND_OPEN"), ceiling=ceiling, bond=bond)


@pytest.mark.parametrize(
    ("use", "longest"),
    [
        (RightUse.RESIDENTIAL, 70),
        (RightUse.INDUSTRIAL, 50),
        (RightUse.PUBLIC, 50),
        (RightUse.COMMERCIAL, 40),
        (RightUse.MIXED, 50),
    ],
)
def test_each_use_has_the_longest_term_of_the_law(use: RightUse, longest: int) -> None:
    checked(replace(RIGHT, use=use, years=longest))

    with pytest.raises(TermTooLong) as refused:
        checked(replace(RIGHT, use=use, years=longest + 1))
    assert refused.value.fields["longest"] == str(longest)
    assert "第十二条" in str(refused.value.fields["source"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": D(0)},
        {"area": D("12000.505")},
        {"area": D("1.20005"), "unit": AreaUnit.HECTARE},
        {"years": 0},
        {"start_price": D(0)},
        {"use": "GOLF"},
        {"unit": "ACRE"},
    ],
)
def test_what_cannot_be_measured_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RightInvalid):
        checked(replace(RIGHT, **wrong))  # type: ignore[arg-type]


def test_hectares_and_mu_are_stated_to_four_places() -> None:
    for unit in (AreaUnit.HECTARE, AreaUnit.MU):
        checked(replace(RIGHT, area=D("1.2001"), unit=unit))


def test_a_start_price_is_not_above_the_ceiling() -> None:
    checked(RIGHT, ceiling=D("10000000"))

    with pytest.raises(RightInvalid):
        checked(RIGHT, ceiling=D("9999999.99"))


def test_the_bond_is_at_least_a_fifth_of_the_start_price() -> None:
    with pytest.raises(RightBondTooLow) as refused:
        checked(RIGHT, bond=D("1999999.99"))
    assert refused.value.fields["least"] == "2000000"
    with pytest.raises(RightBondTooLow):
        checked(RIGHT, bond=None)


def test_a_right_and_it_alone_is_measured() -> None:
    land = SectionTermsDraft("地块", "", "RIGHTS", D("12000000"), "AMOUNT", None, BOND, right=RIGHT)
    check_section(land, profile("LAND_OPEN"))

    with pytest.raises(SectionInvalid):
        check_section(replace(land, right=None), profile("LAND_OPEN"))
    works = replace(land, kind="WORKS", ceiling=D("11000000"), bond=None)
    with pytest.raises(SectionInvalid):
        check_section(works, profile("WORKS_OPEN"))


def test_the_owner_of_every_procedure_is_called_by_its_word() -> None:
    called = {one.code: one.owner_kind for one in seed_profiles()}
    alone = {"LAND_TRANSFER": OwnerKind.TRANSFEROR, "PROPERTY_AGREEMENT": OwnerKind.DEVELOPER}

    assert {code: called[code] for code in alone} == alone
    assert {code.partition("_")[0]: kind for code, kind in called.items() if code not in alone} == {
        "WORKS": OwnerKind.TENDEREE,
        "PROPERTY": OwnerKind.TENDEREE,
        "GOV": OwnerKind.BUYER,
        "SOE": OwnerKind.BUYER,
        "LAND": OwnerKind.GRANTOR,
    }
