"""Grades of qualifications 资质等级: in a consortium of one specialty the member with the lowest counts. Pure.

建筑法第二十七条, 招标投标法第三十一条. `bids/static/bids/grades.js` is the same in the browser.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RANKS = {"特级": 0, "一级": 1, "壹级": 1, "甲级": 1, "二级": 2, "贰级": 2, "乙级": 2, "三级": 3, "叁级": 3, "丙级": 3}
"""The best first; construction counts by numbers, surveying, design and supervision by 甲乙丙."""
_TITLE = re.compile(rf"(.+?)[\s(（]*({'|'.join(_RANKS)})[)）]*\Z")
_BETWEEN = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True, slots=True)
class Grade:
    """A specialty 专业 with the grade held in it: 市政公用工程施工总承包, 二级."""

    specialty: str
    word: str

    @property
    def rank(self) -> int:
        """0 is the best."""
        return _RANKS[self.word]

    def __str__(self) -> str:
        return f"{self.specialty}{self.word}"


def grade_of(title: str) -> Grade | None:
    """The grade that the title of a licence names; None for a licence without grades."""
    found = _TITLE.fullmatch(title.strip())
    return Grade(found[1], found[2]) if found else None


def grades_in(text: str) -> tuple[Grade, ...]:
    """Every grade in a text that names licences one after the other."""
    return tuple(grade for part in _BETWEEN.split(text) if (grade := grade_of(part)) is not None)


def joint(members: Sequence[str]) -> tuple[Grade, ...]:
    """The grades of a consortium, by specialty in the order in which its members name them: the lowest counts."""
    counts: dict[str, Grade] = {}
    for grade in (one for text in members for one in grades_in(text)):
        before = counts.get(grade.specialty)
        if before is None or grade.rank > before.rank:
            counts[grade.specialty] = grade
    return tuple(counts.values())


def lowered(titles: Iterable[str], members: Sequence[str]) -> list[tuple[str, str]]:
    """The licences of a bid that count less in its consortium: each title, and the grade that counts instead."""
    counts = {grade.specialty: grade for grade in joint(members)}
    found = []
    for title in titles:
        own = grade_of(title)
        if own is not None and own.specialty in counts and counts[own.specialty].rank > own.rank:
            found.append((title, counts[own.specialty].word))
    return found


def short_of(asked: Sequence[str], titles: Iterable[str], members: Sequence[str]) -> list[tuple[str, str]]:
    """The grades asked for that a bid does not reach: each, and the grade that counts instead, empty without any.

    What the members of a consortium bring counts before the bid's own licences, and of those the best.
    """
    counts: dict[str, Grade] = {}
    for own in (grade for title in titles if (grade := grade_of(title)) is not None):
        before = counts.get(own.specialty)
        if before is None or own.rank < before.rank:
            counts[own.specialty] = own
    counts |= {grade.specialty: grade for grade in joint(members)}
    found = []
    for least in (grade for text in asked if (grade := grade_of(text)) is not None):
        held = counts.get(least.specialty)
        if held is None or held.rank > least.rank:
            found.append((str(least), str(held) if held else ""))
    return found
