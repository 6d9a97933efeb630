"""Regions by code and by name."""

import pytest

from commons.domain.regions import NAMES, region, region_name


@pytest.mark.parametrize(
    ("code", "shown"),
    [("440604", "佛山市禅城区 (440604)"), ("440600", "佛山市 (440600)"), ("440000", "广东省 (440000)"),
     ("110105", "110105"), ("", "")],
)  # fmt: skip
def test_a_region_is_called_by_its_name_where_it_has_one(code: str, shown: str) -> None:
    assert region_name(code) == shown


def test_every_name_belongs_to_a_region_and_every_district_to_a_named_city() -> None:
    for code in NAMES:
        assert region(code) == code
        assert code.endswith("00") or code[:4] + "00" in NAMES
