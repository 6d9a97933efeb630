"""Requirements: read, spelled, decided; whatever is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.domain.requirements import (
    NOTHING,
    AllOf,
    AnyOf,
    Holds,
    Requirement,
    RequirementUnreadable,
    lacking,
    parse,
    satisfied,
    text_of,
)

SURVEY, COST, CONSULT = Holds("SURVEY", 2), Holds("COST", 1), Holds("CONSULT")


def test_all_of_binds_closer_than_any_of_and_chinese_signs_are_read():
    assert parse("SURVEY@2 & (COST@1 | CONSULT)") == AllOf((SURVEY, AnyOf((COST, CONSULT))))
    assert parse("survey@2且（cost@1或consult）") == AllOf((SURVEY, AnyOf((COST, CONSULT))))
    assert parse("CONSULT | SURVEY@2 & COST@1") == AnyOf((CONSULT, AllOf((SURVEY, COST))))
    assert parse("  ") == NOTHING


@pytest.mark.parametrize("text", ["&", "SURVEY &", "(SURVEY", "SURVEY)", "SURVEY COST", "SURVEY@0", "测绘",
                                  "((((((((((A))))))))))", "A" * 500])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(text):
    with pytest.raises(RequirementUnreadable):
        parse(text)


def test_a_better_grade_is_enough_and_a_worse_one_is_not():
    assert satisfied(SURVEY, {"SURVEY": 1})
    assert not satisfied(SURVEY, {"SURVEY": 3})
    assert satisfied(CONSULT, {"CONSULT": 99})
    assert not satisfied(COST, {"COST": 99})


def test_what_is_missing_is_named_and_nothing_else():
    wanted = parse("SURVEY@2 & (COST@1 | CONSULT)")

    assert lacking(wanted, {"SURVEY": 1, "CONSULT": 99}) is None
    assert lacking(wanted, {"SURVEY": 2}) == AnyOf((COST, CONSULT))
    assert lacking(wanted, {"COST": 1}) == SURVEY


leaves = st.builds(Holds, st.sampled_from(["A", "B", "C1", "D-2"]), st.integers(0, 9))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@given(trees, st.dictionaries(st.sampled_from(["A", "B", "C1", "D-2"]), st.integers(1, 99)))
def test_a_requirement_survives_its_spelling(tree: Requirement, held: dict[str, int]):
    read = parse(text_of(tree))

    assert satisfied(read, held) == satisfied(tree, held)
    assert text_of(read) == text_of(parse(text_of(read)))
