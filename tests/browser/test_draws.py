"""A draw in a real browser: a custodian commits and reveals on its page, and a visitor's browser computes it again.

With LUOCHUI_PICTURES set to a folder, every page is also kept as a picture.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.domain.actor import Assurance
from signatures.draws import queries
from signatures.draws import services as draws
from signatures.draws.domain.states import DrawState
from signatures.draws.models import Draw
from signatures.draws.services import PLATFORM
from tests import cast
from tests.browser.chromium import DESKTOP, PHONE, axe_problems, chromium
from tests.browser.test_procedure import picture
from tests.integration.signatures.draws.story import announced, beacon_file, holder, plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def computed(page: Page, address: str) -> str:
    """What the visitor's browser says of a draw."""
    page.goto(address)
    verdict = page.locator("#recompute [role=status]")
    expect(verdict).to_have_class("notice done")
    return verdict.inner_text()


def test_a_visitors_browser_computes_a_draw_again_and_finds_a_changed_roster(
    live_server: Any, settings: Any, tmp_path: Any
) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    settings.DRAW_BEACON_FILE = beacon_file(tmp_path / "beacon")
    view = announced()
    draws.advance_due(view.reveal_from)
    server: Any = SimpleNamespace(http=live_server.url)
    address = f"/draws/{view.id}/"

    with chromium() as browser:
        for language, viewport, words in (("zh-hans", PHONE, "抽取成立"), ("en", DESKTOP, "The draw holds")):
            page = browser.page(server, language=language, viewport=viewport)
            assert words in computed(page, address)
            assert page.locator("#recompute li[data-outcome=bad]").count() == 0
            assert page.locator("#recompute li[data-outcome=ok]").count() == 10
            shown = page.locator("#numbers tbody tr td:last-child").all_inner_texts()
            assert [name for name in shown if name.startswith("agency")] == list(queries.draw(view.id).selected)
            assert axe_problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            picture(page, f"{language}-draw")
        row = Draw.objects.get(pk=view.id)
        Draw.objects.filter(pk=row.pk).update(roster=[*row.roster[1:], "agency:9"])
        page.reload()
        expect(page.locator("#recompute [role=status]")).to_have_class("notice stop")


def test_a_custodian_commits_and_reveals_with_a_secret_that_only_its_browser_knew(
    live_server: Any, settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    real_now = timezone.now
    now, ahead = timezone.now(), timedelta(hours=1)
    moments = {"reveal_from": now + ahead, "reveal_until": now + 2 * ahead, "beacon": None}
    view = draws.announce(
        actor=cast.actor("staff"), plan=plan(**moments), custodians=(PLATFORM, holder("regulator")), at=now
    )
    server: Any = SimpleNamespace(http=live_server.url)
    address = f"/draws/{view.id}/custody/"

    with chromium() as browser:
        page = browser.page(server, person="regulator", language="en")
        page.goto(address)
        assert axe_problems(page) == []
        picture(page, "en-custody")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Make and save").click()
        kept = tmp_path / "secret.json"
        saving.value.save_as(kept)
        page.get_by_role("button", name="Publish the commitment").click()
        expect(page.get_by_text("You have committed")).to_be_visible()
        assert queries.draw(view.id).state == DrawState.ANNOUNCED
        assert Draw.objects.get(pk=view.id).holders.get(place=1).sealed_secret is None

        draws.advance_due(timezone.now())
        # The announced moment stands in the log; an hour later is now.
        monkeypatch.setattr("django.utils.timezone.now", lambda: real_now() + ahead)
        draws.advance_due(timezone.now())
        page.goto(address)
        page.set_input_files("#secret-file", kept)
        page.get_by_role("main").get_by_role("button", name="Reveal").click()
        expect(page.locator("#recompute [role=status]")).to_have_class("notice done")
        assert queries.draw(view.id).state == DrawState.DRAWN
        picture(page, "en-draw-custodian")
