"""Whose grade counts in a consortium (建筑法 第27条, 招标投标法 第31条)."""

import pytest

from bidding.tenders.domain.grades import grade_of, joint, lowered

ROADS, BRIDGES = "市政公用工程施工总承包", "桥梁工程专业承包"


def test_the_lowest_grade_in_a_specialty_counts_and_others_stay_their_own() -> None:
    members = [f"{ROADS}一级、{BRIDGES}二级", f"{ROADS}三级", f"{ROADS}贰级"]
    assert [str(one) for one in joint(members)] == [f"{ROADS}三级", f"{BRIDGES}二级"]
    assert lowered([f"{ROADS}一级", f"{BRIDGES}二级", "安全生产许可证"], members) == [(f"{ROADS}一级", "三级")]


def test_who_is_alone_in_its_specialty_keeps_its_grade() -> None:
    assert lowered([f"{ROADS}一级"], [f"{ROADS}一级", f"{BRIDGES}三级"]) == []
    assert lowered([f"{ROADS}三级"], [f"{ROADS}三级", f"{ROADS}一级"]) == []


@pytest.mark.parametrize(
    ("title", "word", "rank"),
    [("公路工程（甲级）", "甲级", 1), ("建筑工程施工总承包特级", "特级", 0), (" 工程监理 丙级 ", "丙级", 3)],
)
def test_grades_are_read_as_licences_spell_them(title: str, word: str, rank: int) -> None:
    grade = grade_of(title)
    assert grade is not None
    assert (grade.word, grade.rank) == (word, rank)


@pytest.mark.parametrize("title", ["", "安全生产许可证", "二级", "一级建造师"])
def test_what_is_no_grade_of_a_company_is_none(title: str) -> None:
    assert grade_of(title) is None
