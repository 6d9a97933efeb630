"""The page of one entry of the log in a real browser, which computes the way from the leaf to the signed root again."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Route, expect

from commons.evidence import publicity
from commons.evidence.services import checkpoint
from tests.browser.chromium import DESKTOP, PHONE, axe_problems, chromium
from tests.browser.test_procedure import picture
from tests.integration.commons.evidence.test_appending import append_one

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def changed(route: Route) -> None:
    """The page as somebody would serve it who changed what the entry says."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("2026-02-14", "2026-02-15"))


@pytest.fixture(autouse=True)
def _everybody_may_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(publicity._STREAMS, "rehearsal", publicity.always)


def test_a_visitors_browser_climbs_to_the_root_and_finds_a_changed_entry(live_server: Any) -> None:
    with transaction.atomic():
        append_one("rehearsal", payload={"day": "2026-02-14", "opens": "yes"})
        for number in range(6):
            append_one(f"lot:{number + 1}")
    checkpoint(timezone.now())
    server: Any = SimpleNamespace(http=live_server.url)

    with chromium() as browser:
        for language, viewport, words in (("zh-hans", PHONE, "记录成立"), ("en", DESKTOP, "The entry holds")):
            page = browser.page(server, language=language, viewport=viewport)
            page.goto("/evidence/rehearsal/1/")
            expect(page.locator("#recompute [role=status]")).to_contain_text(words)
            assert page.locator("#recompute li[data-outcome=bad]").count() == 0
            assert page.locator("#recompute li[data-outcome=ok]").count() >= 6
            assert axe_problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            picture(page, f"{language}-entry")
        page.route("**/evidence/rehearsal/1/", changed)
        page.reload()
        expect(page.locator("#recompute [role=status]")).to_have_class("notice stop")
        assert page.locator("#recompute li[data-outcome=bad]").count() == 1
