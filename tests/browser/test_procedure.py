"""The pages of notices, registrations and deals in a real browser: both languages, phone and desktop, axe clean.

With LUOCHUI_PICTURES set to a folder, every page is also kept as a picture.
"""

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from commons.domain.actor import Assurance
from exchange.auctions import services as auctions
from exchange.contracts.models import Deal
from exchange.projects.models import Lot
from tests.browser.chromium import DESKTOP, PHONE, axe_problems, chromium
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import certified, contracted, hammered, paid

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_lot() -> tuple[Lot, int]:
    """A lot that can be registered for now, with a registration of buyer2 that waits for its deposit."""
    now = timezone.now()
    project_id = story.draft(story.terms(opens_at=now + timedelta(days=30)), at=now - timedelta(days=20))
    (lot,) = story.publish(project_id, at=now - timedelta(days=4))
    auctions.advance_due(now)
    return lot, story.register(lot, "buyer2", need="1.200", at=now)


def finished_lot() -> tuple[Lot, Deal, str]:
    """A lot of last summer, from its notice to its certificate."""
    lot = story.qualified_lot({"buyer1": "1.680", "buyer2": "1.680"})
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    return lot, deal, certified(deal, after + timedelta(days=1))


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("LUOCHUI_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_pages_of_the_procedure_are_clean_for_every_role_in_both_languages(live_server: Any, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    done, deal, code = finished_lot()
    lot, registration_id = open_lot()
    draft_id = story.draft(story.terms(opens_at=timezone.now() + timedelta(days=40)), at=timezone.now())
    pages = {
        "": ["/notices/", f"/notices/{lot.project_id}/", f"/lots/{lot.pk}/", f"/lots/{done.pk}/", "/results/"],
        "buyer1": ["/deals/", f"/deals/{deal.pk}/", f"/lots/{lot.pk}/"],
        "buyer2": ["/registrations/", f"/registrations/{registration_id}/", f"/registrations/{registration_id}/check/"],
        "seller": [
            "/seller/projects/",
            f"/seller/projects/{draft_id}/",
            "/seller/projects/new/",
            "/seller/qualification/",
        ],
        "staff": ["/centre/projects/", f"/centre/projects/{draft_id}/", f"/centre/lots/{lot.pk}/decision/"],
    }
    pages[""].append(f"/verify/certificate/{code}/")
    server: Any = SimpleNamespace(http=live_server.url)

    with chromium() as browser:
        for language, viewport in (("zh-hans", PHONE), ("en", DESKTOP)):
            for person, addresses in pages.items():
                page = browser.page(server, person=person, language=language, viewport=viewport)
                for address in addresses:
                    response = page.goto(address)
                    assert response is not None
                    assert response.status == 200, address
                    assert axe_problems(page) == [], address
                    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
                    picture(page, f"{language}{address.replace('/', '-')}{person}")


def test_a_buyer_registers_on_a_phone(live_server: Any, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    story.bank("buyer1")
    story.registry("buyer1", "buyer2")
    lot, _ = open_lot()
    server: Any = SimpleNamespace(http=live_server.url)

    with chromium() as browser:
        page = browser.page(server, person="buyer1", viewport=PHONE)
        page.goto(f"/lots/{lot.pk}/")
        page.get_by_role("button", name="登记受让意向").click()
        page.get_by_role("link", name="许可证、需求和联系方式").click()
        page.get_by_label("排污许可证编号").fill(story.permit_no("buyer1"))
        page.get_by_label("需求数量").fill("9.000")
        page.get_by_label("联系人").fill("李工")
        page.get_by_label("联系电话").fill("0757-11111111")
        page.get_by_role("button", name="保存并继续").click()
        assert "1.680" in page.get_by_role("alert").inner_text()
        # Chromium reports the refused form (HTTP 400) as a problem of its own; here it is what was wanted.
        browser.problems.clear()
        page.get_by_label("需求数量").fill("1.680")
        page.get_by_role("button", name="保存并继续").click()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="提交登记").click()

        text = page.locator("main").inner_text()
        assert "6,720.00" in text
        assert "陆仟柒佰贰拾元整" in text
