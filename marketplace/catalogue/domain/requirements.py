"""What an agency must hold: qualifications joined by all-of and any-of, as text, decided with its reason. Pure.

`SURVEY@2 & (COST@1 | CONSULT)`: surveying at grade 2 or better, and cost consulting at grade 1 or consulting at any.
Grades count from the best, 1 (甲级, 一级). The text is the stored form; Chinese and full-width signs are read too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

ANY_GRADE = 0
DEEPEST = 8
LONGEST = 400
_TOKEN = re.compile(r"\s*(?:([A-Z][A-Z0-9-]{0,23})(?:@([1-9]))?|([&|()]))")
_SIGNS = str.maketrans(
    {"且": "&", "+": "&", "＋": "&", "＆": "&", "或": "|", "｜": "|", "（": "(", "）": ")", "＠": "@"}
)


class RequirementUnreadable(Refusal):
    code = "REQUIREMENT_UNREADABLE"
    message = gettext_noop(
        "The required qualifications cannot be read near “%(near)s”. Write codes joined by & (all) and | (any), with "
        "brackets, for example SURVEY@2 & (COST | CONSULT@1)."
    )
    status = 400


@dataclass(frozen=True, slots=True)
class Holds:
    """One qualification, at `grade` or better; grade 0: at any."""

    code: str
    grade: int = ANY_GRADE


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: "tuple[Requirement, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: "tuple[Requirement, ...]"


Requirement: TypeAlias = Holds | AllOf | AnyOf
NOTHING = AllOf(())
"""No qualification is asked for."""


def parse(text: str) -> Requirement:
    """The requirement that `text` spells; empty text asks for nothing. Refuses (`RequirementUnreadable`)."""
    if len(text) > LONGEST:
        raise RequirementUnreadable(near=text[:20])
    tokens = list(_tokens(text.translate(_SIGNS).upper()))
    if not tokens:
        return NOTHING
    found, rest = _any(tokens, 0)
    if rest:
        raise RequirementUnreadable(near="".join(rest)[:20])
    return found


def text_of(requirement: Requirement) -> str:
    """The one spelling of a requirement; `parse` reads it back."""
    if isinstance(requirement, Holds):
        return f"{requirement.code}@{requirement.grade}" if requirement.grade else requirement.code
    sign = " & " if isinstance(requirement, AllOf) else " | "
    return sign.join(
        text_of(part) if isinstance(part, Holds) or len(requirement.parts) == 1 else f"({text_of(part)})"
        for part in requirement.parts
    )


def codes_of(requirement: Requirement) -> frozenset[str]:
    """Every qualification that is named."""
    if isinstance(requirement, Holds):
        return frozenset({requirement.code})
    return frozenset().union(*(codes_of(part) for part in requirement.parts))


def satisfied(requirement: Requirement, held: Mapping[str, int]) -> bool:
    """Whether somebody who holds each code at that grade meets the requirement."""
    if isinstance(requirement, Holds):
        grade = held.get(requirement.code)
        return grade is not None and (requirement.grade == ANY_GRADE or grade <= requirement.grade)
    results = (satisfied(part, held) for part in requirement.parts)
    return all(results) if isinstance(requirement, AllOf) else any(results)


def lacking(requirement: Requirement, held: Mapping[str, int]) -> Requirement | None:
    """The part of the requirement that is not met; None when all of it is."""
    if satisfied(requirement, held):
        return None
    if isinstance(requirement, AllOf):
        missing = tuple(part for one in requirement.parts if (part := lacking(one, held)) is not None)
        return missing[0] if len(missing) == 1 else AllOf(missing)
    return requirement


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RequirementUnreadable(near=text[at : at + 20].strip())
        yield match[0].strip()
        at = match.end()


def _any(tokens: list[str], depth: int) -> tuple[Requirement, list[str]]:
    part, tokens = _all(tokens, depth)
    parts = [part]
    while tokens and tokens[0] == "|":
        part, tokens = _all(tokens[1:], depth)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else AnyOf(tuple(parts))), tokens


def _all(tokens: list[str], depth: int) -> tuple[Requirement, list[str]]:
    part, tokens = _one(tokens, depth)
    parts = [part]
    while tokens and tokens[0] == "&":
        part, tokens = _one(tokens[1:], depth)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else AllOf(tuple(parts))), tokens


def _one(tokens: list[str], depth: int) -> tuple[Requirement, list[str]]:
    if not tokens or tokens[0] in "&|)" or depth > DEEPEST:
        raise RequirementUnreadable(near="".join(tokens)[:20] or "…")
    if tokens[0] != "(":
        code, _, grade = tokens[0].partition("@")
        return Holds(code, int(grade or ANY_GRADE)), tokens[1:]
    found, rest = _any(tokens[1:], depth + 1)
    if not rest or rest[0] != ")":
        raise RequirementUnreadable(near="".join(tokens)[:20])
    return found, rest[1:]
