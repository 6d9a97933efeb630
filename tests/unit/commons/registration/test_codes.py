"""Addresses, the pace of codes, and which organisations register themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from commons.domain.codes import make_uscc
from commons.domain.refusals import Malformed
from commons.registration.domain.codes import AddressKind, CodeAskedTooOften, address, check_pace
from commons.registration.domain.organisations import OrganisationByCentre, kind_of, region_of

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["13800138000", " 138 0013 8000 ", "138-0013-8000", "+8613800138000", "１３８００１３８０００"]
)
def test_a_mobile_number_is_read_as_people_write_it(text: str) -> None:
    assert (address(text).kind, address(text).text) == (AddressKind.PHONE, "13800138000")


def test_a_mail_address_is_kept_in_small_letters() -> None:
    assert address("Li@Example.CN").text == "li@example.cn"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12800138000",
        "1380013800",
        "138001380001",
        "a@b",
        "a b@c.cn",
        "a@b.cn\nBcc: x@y.cn",
        "李@例.中国",
        "x" * 121 + "@a.cn",
    ],
)
def test_what_is_neither_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        address(text)


def test_a_mask_shows_only_to_the_owner_whose_it_is() -> None:
    assert address("13800138000").masked == "138****8000"
    assert address("liwei@example.cn").masked == "l***@example.cn"


def test_the_second_code_waits_a_minute() -> None:
    with pytest.raises(CodeAskedTooOften) as refused:
        check_pace(last=AT - timedelta(seconds=20), today=1, today_from_here=1, at=AT)

    assert refused.value.fields == {"seconds": 40}
    check_pace(last=AT - timedelta(seconds=60), today=1, today_from_here=1, at=AT)


@pytest.mark.parametrize(("today", "from_here"), [(6, 6), (0, 60)])
def test_codes_of_a_day_are_limited(today: int, from_here: int) -> None:
    with pytest.raises(CodeAskedTooOften):
        check_pace(last=None, today=today, today_from_here=from_here, at=AT)


@pytest.mark.parametrize(("authority", "category", "kind"), [("9", "1", "ENTERPRISE"), ("1", "2", "INSTITUTION")])
def test_the_code_says_the_kind(authority: str, category: str, kind: str) -> None:
    code = make_uscc(authority=authority, category=category, region="440604", organisation8="05607990")

    assert (kind_of(code), region_of(code)) == (kind, "440604")


def test_an_organ_of_government_does_not_register_itself() -> None:
    with pytest.raises(OrganisationByCentre):
        kind_of(make_uscc(authority="1", category="1", region="440604", organisation8="05607990"))
