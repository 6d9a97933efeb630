"""The glossary names every class of the pure rules with its members, and nothing that is gone."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NewType

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace")
CHINESE = re.compile("[\u4e00-\u9fff]")

Terms = dict[str, frozenset[str]]
"""Full name of a class to the names of its members; no members for what is no enum."""


def domain_modules() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(ROOT / package)], prefix=f"{package}."):
            if "domain" in found.name.split("."):
                yield found.name


def terms_of_code() -> Terms:
    """Public classes and new types, where they are defined. Aliases of an enum's members are no members."""
    terms: Terms = {}
    for module in domain_modules():
        for name, value in vars(importlib.import_module(module)).items():
            is_term = inspect.isclass(value) or isinstance(value, NewType)
            if is_term and not name.startswith("_") and (value.__module__, value.__name__) == (module, name):
                is_enum = inspect.isclass(value) and issubclass(value, Enum)
                terms[f"{module}.{name}"] = frozenset(value.__members__) if is_enum else frozenset()
    return terms


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Full name and cells of each row below a heading that names a `domain`."""
    home = ""
    for line in text.splitlines():
        if line.startswith("## "):
            found = re.fullmatch(r"## `([\w.]+)`", line)
            home = found[1] if found else ""
        elif home and (cells := re.fullmatch(r"\| `([\w.]+)` \| (.+) \| (.+) \| (.+) \|", line)):
            yield f"{home}.{cells[1]}", [cells[2], cells[3], cells[4]]


def terms_of_glossary(text: str) -> Terms:
    return {name: frozenset(re.findall(r"`([A-Z][A-Z0-9_]*)` \S", cells[1])) for name, cells in rows(text)}


@pytest.fixture(scope="module")
def text() -> str:
    return GLOSSARY.read_text(encoding="utf-8")


def test_glossary_has_every_term_of_the_code_and_no_other(text: str) -> None:
    code, glossary = terms_of_code(), terms_of_glossary(text)

    assert sorted(code.keys() - glossary.keys()) == [], "missing in docs/glossary.md"
    assert sorted(glossary.keys() - code.keys()) == [], "no longer in the code"


def test_glossary_has_every_member_of_every_enum_and_no_other(text: str) -> None:
    code, glossary = terms_of_code(), terms_of_glossary(text)

    differing = {name: sorted(code[name] ^ glossary[name]) for name in code.keys() & glossary.keys()}
    assert {name: members for name, members in differing.items() if members} == {}


def test_every_term_and_member_has_a_chinese_word(text: str) -> None:
    found = list(rows(text))

    assert [name for name, cells in found if not CHINESE.search(cells[0])] == []
    members = [(name, *pair) for name, cells in found for pair in re.findall(r"`([A-Z][A-Z0-9_]*)` (\S+)", cells[1])]
    assert [found for found in members if not CHINESE.search(found[2])] == []


def test_no_term_stands_twice(text: str) -> None:
    names = [name for name, _ in rows(text)]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_lost_row_or_member_is_noticed(text: str) -> None:
    phase, whole = "exchange.rooms.domain.phases.Phase", terms_of_glossary(text)

    without_row = terms_of_glossary(text.replace("| `phases.Phase` |", "| phases.Phase |"))
    without_member = terms_of_glossary(text.replace("`WAITING` 等待期, ", ""))

    assert whole.keys() - without_row.keys() == {phase}
    assert whole[phase] - without_member[phase] == {"WAITING"}
