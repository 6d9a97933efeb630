"""What a seal and a signature look like: drawn from data, within their measures, and never with a gap."""

import itertools
import math
from datetime import UTC, datetime

import pytest

from signatures.documents.domain.seals import (
    MILLIMETRE,
    SEAL_MM,
    Appearance,
    Letter,
    Line,
    Ring,
    Star,
    organisation_seal,
    personal_signature,
    short_serial,
)
from signatures.documents.pades.drawing import pdf_operators, svg

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NAME, SERIAL = "佛山市公共资源交易中心", "0A1B2C3D"
LONG = "佛山市南海区狮山镇社会主义新农村建设投资开发集团有限责任公司第一分公司"


def seal(name: str = NAME, serial: str = SERIAL, at: datetime = AT) -> Appearance:
    return organisation_seal(name=name, serial=serial, at=at)


def letters(appearance: Appearance) -> list[Letter]:
    return [mark for mark in appearance.marks if isinstance(mark, Letter)]


def texts(appearance: Appearance) -> list[str]:
    return [mark.text for mark in appearance.marks if isinstance(mark, Line)]


def test_a_seal_shows_name_certificate_and_local_time_around_a_star() -> None:
    drawn = seal()

    assert "".join(one.character for one in letters(drawn)) == NAME + SERIAL
    assert texts(drawn) == ["电子印章", "2026-03-02 10:00:00"]
    assert [type(mark) for mark in drawn.marks[:2]] == [Ring, Star]
    assert drawn.width == drawn.height == SEAL_MM * MILLIMETRE


@pytest.mark.parametrize("name", ["中", NAME, LONG])
def test_the_name_runs_from_left_to_right_on_the_ring_without_touching_it_or_itself(name: str) -> None:
    drawn = seal(name)
    ring = next(mark for mark in drawn.marks if isinstance(mark, Ring))
    around = letters(drawn)[: len(name)]

    for one in around:
        assert math.hypot(one.x - ring.x, one.y - ring.y) + one.size / 2 < ring.radius
    for one, after in itertools.pairwise(around):
        assert math.dist((one.x, one.y), (after.x, after.y)) > one.size * one.narrow * 0.8
        assert one.turn > after.turn


def test_a_signature_shows_who_for_whom_with_which_certificate_and_when() -> None:
    drawn = personal_signature(name="梁一", organisation="佛山金马印染有限公司", role="受让方", serial=SERIAL, at=AT)

    shown = "佛山金马印染有限公司", "受让方", f"证书 {SERIAL}", "时间 2026-03-02 10:00:00 UTC+8"
    assert texts(drawn) == ["梁一", "电子签名", *shown]


def test_other_data_are_another_picture_and_the_same_are_the_same() -> None:
    pictures = {
        pdf_operators(one)
        for one in (seal(), seal(), seal(name=NAME[:-1]), seal(serial="0A1B2C3E"), seal(at=AT.replace(second=1)))
    }

    assert len(pictures) == 4
    assert svg(seal()).count("<path") == len(seal().marks)


def test_a_character_that_the_font_lacks_stands_as_the_printers_mark_and_keeps_nobody_from_signing() -> None:
    lacking = svg(seal(name="佛山\U000e0041公司"))

    assert lacking == svg(seal(name="佛山〓公司"))
    assert lacking != svg(seal(name="佛山公司"))


def test_a_long_serial_number_is_shown_by_its_end() -> None:
    assert short_serial("ab" * 20) == "AB" * 8
