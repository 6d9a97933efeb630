"""Every inner page says what stands above it: its own trail, or that of the house (portal/base.html)."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace", "portal")
TEMPLATES = {
    str(path).rpartition("/templates/")[2]: path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in (ROOT / package).rglob("templates/**/*.html")
}
PAGE = "portal/base.html"
TRAIL = "{% block breadcrumbs %}"
WITHOUT = {"portal/home.html"}
"""The front page stands above everything."""
ROOMS = {"exchange/rooms/live.html", "exchange/rooms/replay.html"}
"""Their trail stands closer above what is shown live."""
SECTIONS = {
    "commons/calendar/year.html",
    "commons/parameters/list.html",
    "marketplace/entry/directory.html",
    "pki/trust_list.html",
}
"""Pages at the top of a section that are also shown, or gone back to, at an address with a part."""
NAMED = re.compile(r"[\"']([\w/]+\.html)[\"']")
EXTENDS = re.compile(r'{% extends "([\w/]+\.html)" %}')


def lineage(name: str) -> list[str]:
    """The template and those that it extends, up to the page of the house; empty for what is no page."""
    parent = EXTENDS.search(TEMPLATES.get(name, ""))
    if name == PAGE or parent is None:
        return []
    return [name, *lineage(parent[1])] if parent[1] == PAGE or lineage(parent[1]) else []


PAGES = sorted(name for name in TEMPLATES if lineage(name))


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, address)
        else:
            yield address, one.callback


def shown_by(view: Any) -> set[str]:
    """The templates that a view of ours names: itself, its class, or a function of its module that it calls."""
    subject = getattr(view, "view_class", None) or inspect.unwrap(view)
    module = inspect.getmodule(subject)
    if module is None or not module.__name__.startswith(PACKAGES):
        return set()
    source = inspect.getsource(subject)
    found = set(NAMED.findall(source)) | {getattr(subject, "template_name", None) or ""}
    for name, helper in inspect.getmembers(module, inspect.isfunction):
        if helper is not subject and helper.__module__ == module.__name__ and f"{name}(" in source:
            found |= set(NAMED.findall(inspect.getsource(helper)))
    return found & set(PAGES)


INNER = sorted(set().union(*(
    shown_by(view) for address, view in addresses(get_resolver().url_patterns) if "<" in address
)) - SECTIONS)  # fmt: skip
"""Pages about one thing of many: their address names it."""


def own_trail(name: str) -> str | None:
    """What the template itself writes as its trail."""
    _, found, rest = TEMPLATES[name].partition(TRAIL)
    return rest.partition("{% endblock %}")[0] if found else None


def test_no_page_but_the_front_page_takes_the_trail_away() -> None:
    trails = {name: own_trail(name) for name in PAGES}

    assert {name for name, own in trails.items() if own is not None and not own.strip()} == WITHOUT


def test_a_page_about_one_thing_names_the_page_above() -> None:
    assert [name for name in INNER if all(own_trail(one) is None for one in lineage(name))] == []


def test_trails_are_drawn_and_spoken_in_one_way() -> None:
    spoken = """<nav class="breadcrumb" aria-label="{% translate 'You are here' %}">"""
    trails = {name: own for name in PAGES if (own := own_trail(name)) and name not in ROOMS}

    assert [name for name, own in trails.items() if own.count("<nav") != own.count(spoken) or "<ol" in own] == []


def test_the_walk_finds_the_inner_pages() -> None:
    assert len(INNER) > 60
    assert {"exchange/notices/project.html", "deposits/money.html", "draws/one.html"} <= set(INNER)
