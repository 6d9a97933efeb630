"""The demo city as a newcomer meets it: one command, one process, SQLite; an open room with robots, a login, a bid."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE, Chromium, chromium
from tests.browser.signing import open_p12
from tests.browser.walking import blemishes, walk
from tests.live.servers import ROOT, Server, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("story")]

OPEN_WITHIN_S = 240
BY_SERVICES = ("DATABASE_URL", "REDIS_URL", "LUOCHUI_SERVICES", "LUOCHUI_MODE")


class Demo(Server):
    """`make demo`'s own command, in a folder of its own, without the services of the tests around it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(port=free_port())
        self.folder = folder
        self.said = folder.parent / "said.txt"

    def start(self) -> "Demo":
        environment = {name: value for name, value in os.environ.items() if name not in BY_SERVICES}
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), "--folder", str(self.folder)],
                cwd=ROOT,
                env=environment | {"PYTHONUNBUFFERED": "1"},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        return self

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One city for all who come."""
    server = Demo(tmp_path_factory.mktemp("demo") / "city").start()
    try:
        deadline = time.monotonic() + OPEN_WITHIN_S
        while "is open at" not in server.words():
            assert server.process is not None
            assert server.process.poll() is None, server.words()
            assert time.monotonic() < deadline, f"not open within {OPEN_WITHIN_S} s:\n{server.words()}"
            time.sleep(0.2)
        yield server
    finally:
        server.stop()


def address(words: str, what: str) -> str:
    found = re.search(rf"{what}\s+http://localhost:\d+(\S+)", words)
    assert found, words
    return found[1]


def sign_in(page: Page, name: str) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "luochui-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/workspace/**")


def bid_until_it_counts(page: Page) -> None:
    """Robots may be faster: the page then says that the price has moved and sends nothing; one presses again."""
    for _ in range(20):
        page.locator("[data-send]").click()
        with contextlib.suppress(AssertionError):
            expect(page.locator("#result")).to_contain_text("有效", timeout=2_000)
            return
    raise AssertionError(page.locator("main").inner_text())


def test_a_newcomer_bids_against_robots_and_checks_a_certificate(demo: Demo) -> None:
    words = demo.words()
    room, certificate = address(words, "Live room, ascending price"), address(words, "A certificate to verify")

    with chromium() as browser:
        buyer, watcher = two_pages(browser, demo)
        sign_in(buyer, "buyer1")
        buyer.goto(room)
        buyer.locator("[data-key-sign]").click(timeout=30_000)
        open_p12(buyer, demo.folder / "authority" / "p12" / "buyer1.p12")
        buyer.click("#signing-sign")
        buyer.wait_for_url(f"**{room}", timeout=30_000)
        browser.forget_refusals()
        watcher.goto(room)
        expect(buyer.locator("body")).to_have_attribute("data-room-phase", "FREE", timeout=30_000)
        expect(buyer.locator("[data-send]")).to_be_enabled(timeout=15_000)
        bid_until_it_counts(buyer)
        expect(watcher.locator("[data-bind=price]")).to_have_text(re.compile(r"2\d,\d00\.00"))
        rooted = watcher.locator("[data-bind=price]").inner_text()
        expect(watcher.locator("[data-bind=price]")).not_to_have_text(rooted, timeout=60_000)  # a robot answers

        watcher.goto(certificate)
        expect(watcher.locator("main")).to_contain_text("三水南风陶瓷有限公司")


def two_pages(browser: Chromium, demo: Demo) -> tuple[Page, Page]:
    return browser.page(demo, viewport=PHONE), browser.page(demo, language="en")


def test_a_visitor_of_the_hall_in_session_sees_how_each_bid_is_secured(demo: Demo) -> None:
    with chromium() as browser:
        phone, page = two_pages(browser, demo)
        page.goto("/halls/")
        page.get_by_role("link", name=re.compile("汾江路人行景观桥")).first.click()
        rows = page.locator("#hall-bids")
        expect(rows.get_by_text("bond paid in full")).to_have_count(2)
        expect(rows.get_by_text("bond by a guarantee, as asked")).to_have_count(1)
        colours = page.evaluate(COLOURS)
        phone.goto(page.url)
        expect(phone.locator("#hall-bids").get_by_text("保函")).to_have_count(1)

    assert colours["bar"] == colours["teal"] != ""


COLOURS = """() => ({
    bar: getComputedStyle(document.querySelector("#hall-progress progress")).accentColor,
    teal: getComputedStyle(document.querySelector("main a[href]")).color,
})"""


def test_every_public_link_leads_to_a_page_that_is_in_order(demo: Demo) -> None:
    with chromium() as browser:
        page = browser.page(demo, viewport=PHONE, reduced_motion="reduce")

        wrong = {path: found for path in walk(page, "/") if (found := blemishes(page))}

    assert not wrong
