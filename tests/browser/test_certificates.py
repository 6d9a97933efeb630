"""A certificate in a real browser: signing in with a .p12 file at level L4, and binding one's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from signatures.pki import queries
from tests import cast
from tests.browser.chromium import DESKTOP, PHONE, axe_problems, chromium
from tests.browser.signing import PATIENCE_MS, certified, choose_p12, key_file
from tests.live.servers import Server, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("softhsm")]

SCREENS = [("zh-hans", PHONE), ("en", DESKTOP)]


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with certified("buyer1"):
        server = Server()
        with running(server):
            yield server


@pytest.mark.parametrize(("language", "viewport"), SCREENS)
def test_a_file_signs_its_holder_in_at_level_four(
    server: Server, tmp_path: Path, language: str, viewport: ViewportSize
) -> None:
    with chromium() as browser:
        page = browser.page(server, language=language, viewport=viewport)
        page.goto("/account/login/?next=/inbox/")
        page.locator("a[href*='/certificate/login/']").click()
        page.wait_for_url("**/certificate/login/**")
        choose_p12(page, key_file("buyer1", tmp_path))
        shoot(page, f"login-{language}")
        assert axe_problems(page) == []
        page.click("#proof-go")
        page.wait_for_url(f"{server.http}/inbox/", timeout=PATIENCE_MS)
        page.goto("/account/")
        expect(page.locator("main")).to_contain_text("L4")
        page.goto("/certificates/")
        expect(page.locator("main .tag.done")).to_have_count(1)
        shoot(page, f"own-{language}")
        assert axe_problems(page) == []


def test_a_certificate_that_is_bound_to_nobody_signs_nobody_in(server: Server, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.page(server, language="en")
        page.goto("/certificate/login/")
        choose_p12(page, key_file("buyer2", tmp_path))
        page.click("#proof-go")
        expect(page.locator("#proof-trouble")).to_be_visible(timeout=PATIENCE_MS)
        shoot(page, "login-refused")
        browser.forget_refusals()
        page.goto("/account/")
        page.wait_for_url("**/login/**")


def test_a_person_binds_its_own_certificate_and_ends_the_binding(server: Server, tmp_path: Path) -> None:
    buyer = cast.person("buyer2").pk
    with chromium() as browser:
        page = browser.page(server, person="buyer2", language="en")
        page.goto("/certificates/")
        expect(page.locator("main")).to_contain_text("No certificate is bound")
        choose_p12(page, key_file("buyer2", tmp_path))
        shoot(page, "bind")
        page.click("#proof-go")
        expect(page.locator("main .tag.done")).to_have_count(1, timeout=PATIENCE_MS)
        (bound,) = queries.certificates_of(buyer)
        page.locator(f"form[action$='/{bound.id}/unbind/'] button").click()
        expect(page.locator("main")).to_contain_text("Unbound")

    assert queries.certificates_of(buyer) == ()


def shoot(page: Page, name: str) -> None:
    """A picture for people, where they ask for one."""
    if folder := os.environ.get("LUOCHUI_PICTURES"):
        page.screenshot(path=Path(folder) / f"certificates-{name}.png", full_page=True)
