"""A walk along every link of a running site, as a visitor would find them, looking at each page on the way."""

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from tests.browser.chromium import DESKTOP, axe_problems

ASIDE = ("/account/logout/", "/language/", "/admin/")
"""What ends the walk, changes the page's own language, or refuses everybody without a second factor."""


def walk(page: Page, start: str, *, of_a_kind: int = 1) -> Iterator[str]:
    """Every address that links lead to from `start`, opened; `of_a_kind` of those that one route serves."""
    home = page.context.new_page()
    home.goto(start)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(home.url))
    home.close()
    waiting, seen = deque([origin + start]), Counter[str]()
    while waiting:
        address = waiting.popleft()
        kind = kind_of(address)
        if seen[kind] >= of_a_kind:
            continue
        seen[kind] += 1
        if not opened(page, address):
            continue
        yield urlsplit(address).path
        links: list[str] = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
        inside = (urldefrag(link)[0] for link in links if link.startswith(origin + "/"))
        waiting.extend(link for link in inside if not urlsplit(link).path.startswith(ASIDE))


def kind_of(address: str) -> str:
    """The route behind the address: what tells one record from another is left out."""
    path = urlsplit(address).path
    try:
        return resolve(path).route
    except Resolver404:
        return path


def opened(page: Page, address: str) -> bool:
    """Whether there is a page: a file that the browser saves, or shows as text, is none."""
    try:
        answer = page.goto(address, wait_until="load")
    except Error as error:
        if "Download is starting" in str(error):
            return False
        raise
    assert answer is not None, address
    assert answer.status < 400, f"{address}: {answer.status}"
    return "text/html" in answer.headers.get("content-type", "")


_BEYOND = """
[...document.querySelectorAll(".tiles > li")].filter((tile) => tile.scrollWidth > tile.clientWidth + 1)
  .map((tile) => tile.innerText.slice(0, 60))
"""


def blemishes(page: Page) -> list[str]:
    """What is wrong with the page: WCAG 2.2 AA, wider than its window, words beyond their tile on a desktop."""
    found = axe_problems(page)
    asked = page.viewport_size
    page.set_viewport_size(DESKTOP)
    found += [f"runs out of its tile: {text}" for text in page.evaluate(_BEYOND)]
    page.set_viewport_size(asked or DESKTOP)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{width} px wider than the window"] if width > 0 else found
