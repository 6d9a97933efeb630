"""A construction tender in browsers: prequalification, a bid composed, checked and sealed on the bidder's device, three
bidders in the opening hall of whom one fails to unlock, the floating point drawn on air, the record signed."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict

import pikepdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bidding.opening import services as halls
from bidding.tenders import services as tenders
from bidding.tenders.models import Tender
from signatures.envelopes import services as sealing
from signatures.envelopes.models import SealedEnvelope
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, chromium, send
from tests.browser.signing import certified, sign_with_file
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
    for name in (*envelopes.OFFICERS, "staff", "host", "auditor", "tenderee", *stories.PRICES):
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


def test_the_bidders_own_checks_find_what_the_committees_find(live_server: Any) -> None:
    server: Any = SimpleNamespace(http=live_server.url)
    with chromium() as browser:
        page = browser.page(server)
        page.goto("/halls/")
        for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
            given = {key: vector[key] for key in ("bid", "files", "names", "asked")}
            script = "async (v) => (await import('/static/bids/checks.js')).check(v, v.asked)"
            found = page.evaluate(script, given)
            assert found == vector["findings"], vector["name"]


def test_from_the_prequalification_to_the_record(browser: Chromium, server: Server, tmp_path: Path) -> None:
    page = browser.page(server, person="buyer1", language="en")
    found = prequalified(browser, server, page)
    page.goto("/bids/library/")
    page.get_by_label("Name of the licence").fill("市政公用工程施工总承包二级")
    page.get_by_label("Valid until").fill("2031-01-01")
    page.get_by_role("button", name="Keep it").click()
    compose(page, found, tmp_path)
    expect(page.locator("#bid-kept")).to_have_attribute("data-kept", "yes")
    page.reload()
    expect(page.locator("#bid-verdict")).to_have_text("Everything that a machine can check is in order.")
    assert axe_problems(page) == []
    page.get_by_label("I have read these answers").check()
    page.get_by_role("button", name="Seal and hand in").click()
    expect(page.get_by_role("heading", name="File handed in")).to_be_visible(timeout=60_000)
    assert SealedEnvelope.objects.count() == 1
    for key in ("buyer2", "buyer3"):
        stories.hand_in(found, key, at=timezone.now())

    hall = f"/halls/{found.hall_id}/"
    watcher = browser.page(server, viewport=PHONE)
    watcher.goto(hall)
    expect(watcher.locator("#hall-bids")).not_to_contain_text(cast.organisation("jinma").name)
    deadline_is_over(found)
    expect(watcher.locator("#hall-bids")).to_contain_text(cast.organisation("jinma").name, timeout=60_000)

    page.goto(hall)
    page.get_by_role("button", name="Unlock my half").click()
    expect(page.get_by_text("Unlocked by the bidder").first).to_be_visible()
    refs = {bid.organisation_id: bid.envelope_ref for bid in found.hall.bids.all()}
    now = timezone.now()
    envelopes.bidder_unlocks(found.sealed, "buyer2", refs[cast.organisation("lanshi").pk], at=now)
    for key in ("officer1", "officer2"):
        envelopes.officer_unlocks(found.sealed, key, at=now)
    sealing.decrypt_ready(found.sealed.intake_id, at=now)
    SealedEnvelope.objects.filter(intake_id=found.sealed.intake_id).update(window_ends_at=timezone.now())
    expect(watcher.locator("#hall-bids")).to_contain_text("视为撤销投标", timeout=60_000)

    host = browser.page(server, person="host", language="en")
    host.goto(hall)
    host.get_by_role("button", name="Announce the draw").click()
    expect(host.get_by_role("button", name="Read out all bids")).to_be_visible(timeout=60_000)
    host.get_by_role("button", name="Read out all bids").click()
    expect(watcher.locator("#hall-bids")).to_contain_text("8,200,000.00")
    expect(page.get_by_role("button", name="This is my price")).to_be_visible()
    page.get_by_role("button", name="This is my price").click()
    expect(watcher.locator("#hall-bids")).to_contain_text("已确认")
    assert axe_problems(host) == []
    halls.confirm_price(actor=cast.actor("buyer2"), hall_id=found.hall_id, agrees=True, at=timezone.now())
    host.get_by_role("button", name="Draft the record").click()
    with certified("buyer1"):
        page.get_by_role("button", name="Sign the record of the opening").click()
        sign_with_file(page, "buyer1", tmp_path, back=hall)
    host.get_by_role("button", name="Close the meeting").click()
    expect(host.locator("#hall-state")).to_contain_text("Closed", timeout=60_000)
    host.goto(f"{hall}replay/")
    expect(host.get_by_role("heading", name="Log of the hall")).to_contain_text("holds")
    assert axe_problems(host) == []
    assert found.hall.record_number
    signed = found.hall.bids.get(organisation_id=cast.organisation("jinma").pk)
    assert signed.record_signed_at is not None
    if folder := os.environ.get("SHOTS"):
        shots(browser, server, found, Path(folder))


def prequalified(browser: Chromium, server: Server, page: Page) -> stories.Opening:
    """A bidder applies on its page, the owner judges and invites, documents are taken; bids come in for two hours.

    The floating point is drawn within seconds.
    """
    found = stories.prequalifying(deadline=timezone.now() + timedelta(hours=2))
    section_id, tender_id = found.section.pk, found.section.tender_id
    fast = {"opening.draw_seconds": {"value": "8", "type": "integer", "source": "test", "mark": "D"}}
    Tender.objects.filter(pk=tender_id).update(parameters=fast)
    page.goto(f"/sections/{section_id}/apply/")
    page.get_by_label("How you meet what is asked").fill("市政公用工程施工总承包二级，近三年同类工程三项。")
    send(page.get_by_role("button", name="Hand in the application"))
    facts = tenders.ApplicationFacts(documents=(), statement="资质与业绩符合要求。")
    for key in ("buyer2", "buyer3"):
        tenders.apply(actor=cast.actor(key), section_id=section_id, facts=facts, at=timezone.now())
    Tender.objects.filter(pk=tender_id).update(applications_end_at=timezone.now())

    owner = browser.page(server, person="tenderee", language="en")
    owner.goto(f"/owner/tenders/{tender_id}/prequalification/")
    expect(owner.get_by_role("link", name="Judge")).to_have_count(3)
    for left in (2, 1, 0):
        owner.get_by_role("link", name="Judge").first.click()
        owner.get_by_label("Prequalified", exact=True).check()
        owner.get_by_label("Grounds").fill("资质、业绩、信誉均符合要求。")
        send(owner.get_by_role("button", name="Save"))
        expect(owner.get_by_role("link", name="Judge")).to_have_count(left)
    send(owner.get_by_role("button", name="Finish: invite those who qualified"))
    expect(owner.locator("main")).not_to_contain_text("Finish: invite")
    stories.invited(found, at=timezone.now())

    page.goto(f"/tenders/{tender_id}/")
    send(page.get_by_role("button", name="Take the documents"))
    for key in ("buyer2", "buyer3"):
        tenders.take_documents(actor=cast.actor(key), tender_id=tender_id, at=timezone.now())
    return found


def deadline_is_over(found: stories.Opening) -> None:
    """As if two hours had gone by; the list follows some seconds after the deadline."""
    stories.move_deadline(found, timezone.now() - timedelta(seconds=8))


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
