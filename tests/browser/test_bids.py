"""A construction tender in browsers: a bid composed, checked and sealed on the bidder's device, three bidders in the
opening hall of whom one fails to unlock, the floating point drawn on air, prices confirmed, the record made."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypedDict

import pikepdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bidding.opening.models import Hall
from bidding.tenders.models import Tender
from signatures.envelopes.models import SealedIntake
from tests import cast
from tests.browser.chromium import PHONE, Chromium, chromium
from tests.integration.bidding.opening import story as stories
from tests.integration.signatures.envelopes import story as envelopes
from tests.live.servers import Background, Server, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("bids-browser"),
]
VECTORS = Path(__file__).parents[1] / "unit" / "bidding" / "bids" / "check_vectors.json"


class Own(TypedDict):
    """Where the servers keep what this process reads, as their environment says it."""

    DATA_DIR: str
    SIGNING_KEYS_DIR: str


@pytest.fixture
def own(tmp_path: Path, settings: Any) -> Own:
    """This process and the servers share folders and keys."""
    settings.DATA_DIR = tmp_path
    settings.PLATFORM_KEYS_DIR = tmp_path / "keys"
    vault = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "vault")}}
    settings.STORAGES = {**settings.STORAGES, "vault": vault}
    return {"DATA_DIR": str(tmp_path), "SIGNING_KEYS_DIR": str(tmp_path / "keys")}


@pytest.fixture
def server(own: Own) -> Server:
    return Server(**own)


@pytest.fixture
def browser(transactional_db: None, server: Server, own: Own) -> Iterator[Chromium]:
    for name in (*envelopes.OFFICERS, "staff", "host", "auditor", "seller", *stories.PRICES):
        cast.actor(name)
    with running(server, Background("manage.py", "timekeeper", **own)), chromium() as found:
        yield found


def volume(folder: Path, name: str, *, author: str = "") -> Path:
    path = folder / name
    with pikepdf.new() as document:
        document.add_blank_page()
        if author:
            document.docinfo["/Author"] = author
        document.save(path)
    return path


def compose(page: Page, found: stories.Opening, folder: Path) -> None:
    """Fill in the whole bid; the blind volume is cleaned on the way."""
    page.goto(f"/sections/{found.section.pk}/bid/")
    expect(page.locator("#bid-verdict")).to_contain_text("points to put right")
    page.get_by_label("Price in yuan").fill("8200000")
    expect(page.get_by_label("In capital words")).to_have_value("捌佰贰拾万元整")
    for part in ("BID_LETTER", "AUTHORISATION", "BOND", "QUALIFICATION", "PRICED_BILL"):
        if page.locator(f"#part-{part}").count():
            page.set_input_files(f"#part-{part}", volume(folder, f"{part.lower()}.pdf"))
    page.set_input_files("#part-CONSTRUCTION_PLAN", volume(folder, "plan.pdf", author="梁一"))
    faults = page.locator('[data-faults="files"]')
    expect(faults).to_contain_text("/Author")
    page.get_by_role("button", name="Take author, program and dates off").click()
    expect(faults).not_to_contain_text("/Author")
    page.get_by_label("市政公用工程施工总承包二级").check()
    expect(page.locator("#bid-verdict")).to_have_text("Everything that a machine can check is in order.")


def test_the_bidders_own_checks_find_what_the_committees_find(browser: Chromium, server: Server) -> None:
    page = browser.page(server)
    page.goto("/halls/")
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        given = {key: vector[key] for key in ("bid", "files", "names", "asked")}
        script = "async (v) => (await import('/static/bids/checks.js')).check(v, v.asked)"
        found = page.evaluate(script, given)
        assert found == vector["findings"], vector["name"]


def real_time_opening() -> stories.Opening:
    """The story's tender, moved to this hour, with a draw that takes seconds."""
    found = stories.opening()
    deadline = timezone.now() + timedelta(hours=2)
    move_deadline(found, deadline)
    fast = {"opening.draw_seconds": {"value": "8", "type": "integer", "source": "test", "mark": "D"}}
    Tender.objects.filter(pk=found.section.tender_id).update(parameters=fast)
    return found


def move_deadline(found: stories.Opening, deadline: Any) -> None:
    Tender.objects.filter(pk=found.section.tender_id).update(bid_deadline=deadline)
    SealedIntake.objects.filter(pk=found.sealed.intake_id).update(deadline=deadline)
    Hall.objects.filter(pk=found.hall_id).update(sign_in_opens_at=deadline - timedelta(days=1))


def deadline_is_over(found: stories.Opening) -> None:
    """As if two hours had gone by; the list follows some seconds after the deadline."""
    move_deadline(found, timezone.now() - timedelta(seconds=8))


def shots(browser: Chromium, server: Server, found: stories.Opening, folder: Path) -> None:
    """Pictures of the pages for people who look."""
    for person, address, name in (
        ("", f"/halls/{found.hall_id}/", "hall"),
        ("buyer1", f"/halls/{found.hall_id}/", "bidder"),
        ("", f"/halls/{found.hall_id}/replay/", "replay"),
        ("buyer1", f"/sections/{found.section.pk}/bid/", "compose"),
    ):
        for language, viewport in (("zh-hans", PHONE), ("en", None)):
            page = browser.page(server, person=person, language=language, viewport=viewport)
            page.goto(address)
            page.wait_for_timeout(800)
            page.screenshot(path=str(folder / f"{name}-{language}.png"), full_page=True)
