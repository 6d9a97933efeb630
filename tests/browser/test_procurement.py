"""A government procurement in browsers: two sections, a small enterprise, an objection that postpones, the notice.

Its hall is walked through in `test_bids`; here the opening goes through the services, and people come in at the steps
around it: taking the documents, objecting, answering, recording the committee's report, showing candidates, awarding.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect

from bidding.awards.models import Award, CandidateList
from bidding.awards.services import AWARD_LETTER
from bidding.opening import services as halls
from bidding.opening.domain.states import HallState
from bidding.opening.models import Hall
from bidding.tenders import services as tenders
from bidding.tenders.models import Section, TenderProject
from commons.domain.actor import Assurance
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, chromium, send
from tests.integration.bidding import story as procurements
from tests.integration.bidding.opening import story as stories
from tests.integration.exchange.auctions.test_story import signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("procurement")]
SUPPLIERS = ("buyer1", "buyer2", "buyer3")
SMALL = "buyer2"
"""The small enterprise: its price counts ten percent less (政府采购促进中小企业发展管理办法)."""


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.PLATFORM_KEYS_DIR = tmp_path, tmp_path / "keys"
    vault = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "vault")}}
    settings.STORAGES = {**settings.STORAGES, "vault": vault}


@pytest.fixture
def told() -> procurements.Told:
    """Published three days ago, with two sections; every supplier but the first has taken the documents."""
    told = procurements.published("GOV_OPEN", sections=2, at=timezone.now() - timedelta(days=3))
    for key in SUPPLIERS[1:]:
        tenders.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=timezone.now())
    return told


def opening_of(told: procurements.Told, section_id: int) -> stories.Opening:
    section = Section.objects.select_related("tender").get(pk=section_id)
    assert told.officers is not None
    assert section.intake_id is not None
    officers = told.officers
    sealed = replace(officers, intake_id=section.intake_id, bidders={})
    return stories.Opening(section, sealed)


def handed_in(told: procurements.Told) -> list[stories.Opening]:
    """Three bids for the first section, of one a small enterprise's; two for the second."""
    first, second = (opening_of(told, number) for number in told.section_ids)
    now = timezone.now()
    for key in SUPPLIERS:
        stories.hand_in(first, key, at=now, sme=key == SMALL)
    for key in SUPPLIERS[:2]:
        stories.hand_in(second, key, at=now)
    return [first, second]


def opened(openings: list[stories.Opening]) -> None:
    """The deadline has passed: the first section is opened and recorded, the second has too few bids."""
    deadline = timezone.now() - timedelta(seconds=30)
    planned = openings[0].section.tender.bid_deadline
    assert planned is not None
    halls.prepare_halls(planned - timedelta(minutes=1))
    for found in openings:
        found.hall_id = Hall.objects.get(section=found.section).pk
        stories.move_deadline(found, deadline)
    now, host, owner = timezone.now(), cast.actor("host"), cast.actor("tenderee")
    first, second = openings
    assert halls.publish_list(actor=host, hall_id=second.hall_id, at=now) == 2
    halls.publish_list(actor=host, hall_id=first.hall_id, at=now)
    stories.unlock(first, *SUPPLIERS, at=now)
    halls.follow(now)
    halls.read_out(actor=owner, hall_id=first.hall_id, at=now)
    for key in SUPPLIERS:
        halls.confirm_price(actor=cast.actor(key), hall_id=first.hall_id, agrees=True, at=now)
    halls.draft_record(actor=owner, hall_id=first.hall_id, at=now)
    halls.close(actor=owner, hall_id=first.hall_id, at=now)


def objects(browser: Chromium, server: Any, told: procurements.Told) -> None:
    """A supplier takes the documents, objects on a phone, and the purchaser's answer moves the deadline."""
    supplier = browser.page(server, person="buyer1", language="en", viewport=PHONE)
    supplier.goto(f"/tenders/{told.tender_id}/")
    send(supplier.get_by_role("button", name="Take the documents"))
    supplier.goto(f"/sections/{told.section_id}/object/")
    supplier.get_by_label("What you object to, and why").fill("技术参数指向特定品牌，请修改。")
    supplier.get_by_role("button", name="Raise the objection").click()
    expect(supplier.locator("main")).to_contain_text("Suspension notice")
    assert axe_problems(supplier) == []
    owner = browser.page(server, person="tenderee", language="en")
    owner.goto(f"/owner/tenders/{told.tender_id}/questions/")
    owner.get_by_role("link", name="Answer").first.click()
    owner.get_by_label("Answer").fill("参数为最低要求，不指向品牌，维持原文。")
    owner.get_by_role("button", name="Answer").click()


def reports(owner: Page, staff: Page, told: procurements.Told, folder: Path) -> None:
    """The committee's paper is recorded and confirmed by two persons, and the candidates are shown."""
    desk = f"/owner/sections/{told.section_id}/result/"
    owner.goto(f"/owner/sections/{told.section_id}/report/")
    paper = folder / "report.pdf"
    paper.write_bytes(stories.pdf())
    owner.set_input_files("[name=file]", paper)
    for rank, (key, price) in enumerate((("buyer2", "8400000"), ("buyer1", "8200000"), ("buyer3", "8650000")), 1):
        number = cast.organisation(cast.PARTIES[key].organisation).pk
        owner.fill(f"[name=rank{number}]", str(rank))
        owner.fill(f"[name=price{number}]", price)
        owner.fill(f"[name=score{number}]", str(95 - 5 * rank))
        owner.fill(f"[name=reason{number}]", "评标委员会综合评分")
    send(owner.get_by_role("button", name="Record; a second person confirms"))
    staff.goto(desk)
    send(staff.get_by_role("button", name="It is what was signed"))
    owner.goto(desk)
    owner.get_by_role("button", name="Publish the candidates").click()
    expect(owner.locator("main")).to_contain_text("shown long enough")
    assert axe_problems(owner) == []


def apart(work: Callable[[], object]) -> None:
    """Signing a PDF runs a loop of its own, which the thread of Playwright's loop may not."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def test_from_an_objection_to_the_award_notice(
    live_server: Any, settings: Any, tmp_path: Path, told: procurements.Told
) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    server: Any = SimpleNamespace(http=live_server.url)
    before = told.row.bid_deadline
    assert before is not None
    with chromium() as browser:
        objects(browser, server, told)
        after = told.row.bid_deadline
        assert after is not None
        assert after > before
        openings = handed_in(told)
        opened(openings)
        watcher = browser.page(server, viewport=PHONE)
        watcher.goto(f"/halls/{openings[1].hall_id}/")
        expect(watcher.locator("#hall-bids")).not_to_contain_text(cast.organisation("jinma").name)
        watcher.goto(f"/halls/{openings[0].hall_id}/")
        expect(watcher.locator("#hall-bids")).to_contain_text("8,400,000.00")
        expect(watcher.locator("main")).to_contain_text("7,560,000.00")
        owner, staff = (browser.page(server, person=key, language="en") for key in ("tenderee", "staff"))
        reports(owner, staff, told, tmp_path)
        CandidateList.objects.filter(report__section_id=told.section_id).update(shown_until=timezone.now())
        owner.reload()
        send(owner.get_by_role("button", name="Award and draw the letter"))
        award = Award.objects.get()
        apart(lambda: signed(f"award:{award.pk}", AWARD_LETTER, {"owner": "tenderee"}, at=timezone.now()))
        watcher.goto(f"/tenders/{told.tender_id}/")
        expect(watcher.locator("main")).to_contain_text("中标")
        assert axe_problems(watcher) == []
    assert Hall.objects.get(pk=openings[1].hall_id).state == HallState.NOT_OPENED
    assert award.line.organisation.name == cast.organisation("lanshi").name
    assert [notice.kind for notice in told.row.notices.all()][-2:] == ["CANDIDATES", "AWARD"]
    assert TenderProject.objects.count() == 1
