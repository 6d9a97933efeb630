"""The supermarket in browsers: from the intake case to both ratings, by owner, centre and agency on their pages.

Other agencies act through the services: one whose certificate ends between sign-up and selection, two with the same
lowest quote, who both give up. What the rules let take days is cut short by moving the notice's own instants.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.domain.actor import Actor
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import Case, CaseState
from marketplace.entry.models import AgencyQualification
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment import services as fulfilling
from marketplace.fulfilment.models import Engagement
from marketplace.procurement import queries as procurements
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting_services
from marketplace.selection.models import Selection
from marketplace.signups import services as signups
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, chromium, send
from tests.integration.marketplace import selecting, story
from tests.integration.marketplace.test_fulfilling import ruling

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CASE = "SL-2026-0009"
WORDS = "人员安排冲突，无法承接本项目。"


@pytest.fixture
def desks(live_server: Any, settings: Any) -> Iterator[dict[str, Page]]:
    settings.PASSWORD_ASSURANCE = 3
    server: Any = SimpleNamespace(http=live_server.url)
    with chromium() as browser:
        yield {key: desk(browser, server, key) for key in ("owner1", "staff", "agency1")}


def desk(browser: Chromium, server: Any, key: str) -> Page:
    """The agency has a phone in Chinese, the others a desktop in English."""
    phone: dict[str, Any] = {"viewport": PHONE} if key == "agency1" else {"language": "en"}
    return browser.page(server, person=key, **phone)


def press(page: Page, name: str) -> None:
    """Press a button of that name, or follow such a link."""
    button = page.get_by_role("button", name=name)
    found = button.or_(page.get_by_role("link", name=name, exact=True)).first
    found.wait_for()
    if button.count():
        send(found)
    else:
        found.click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def handed_in(page: Page, item_name: str) -> int:
    """The owner drafts from the case, says what is missing, and hands the need in."""
    case = Case(CASE, item_name, cast.ORGANISATIONS["water"].name, cast.uscc("water"))
    intake.receive_case(actor=selecting.CLERK, case=case, at=timezone.now())
    page.goto("/supermarket/owner/")
    press(page, "Draft from the case")
    made = Procurement.objects.get(case_number=CASE).pk
    page.goto(f"/supermarket/owner/{made}/edit/")
    for name, value in {
        "region": "440600", "content": "放线测量及成果报告", "service_time": "合同签订后20日内",
        "ceiling_price": "200000", "floor_price": "50000", "contact_name": "邓办", "contact_phone": "0757-83000001",
        "complaint_phone": "0757-83000009",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.select_option("[name=fund]", "SOCIAL")
    page.select_option("[name=method]", "LOWEST_PRICE")
    send(page.locator("main form button.btn-primary").first)
    page.goto(f"/supermarket/owner/{made}/")
    assert axe_problems(page) == []
    press(page, "Hand it in")
    return made


def others_sign_up(need: int, others: list[Actor]) -> None:
    """Two with the same lowest quote; one lower, whose certificate ends before the selection."""
    now = timezone.now()
    for actor, quote in zip(others, ("100000", "100000", "90000"), strict=True):
        story.sign(actor, need, quote=quote, at=now)
    ended = AgencyQualification.objects.filter(agency__organisation_id=others[2].organisation_id or 0)
    assert ended.update(valid_until=timezone.localdate() - timedelta(days=1)) == 1


def selected(need: int) -> int:
    """The deadline and the selection come; the tie is drawn; the number of the selection."""
    now = timezone.now()
    Procurement.objects.filter(pk=need).update(sign_up_until=now, selection_at=now)
    assert signups.close_signups(procurement_id=need, at=now)
    selecting_services.advance_due(now)
    found, _at = selecting.run(Selection.objects.get(procurement_id=need).pk, now)
    fulfilling.advance_due(now)
    return found.id


def winner_gives_up(others: list[Actor]) -> None:
    """Who was selected refuses; the next one's result is published."""
    engagement = Engagement.objects.get(state="PUBLISHED")
    actor = next(one for one in others if one.organisation_id == engagement.agency_id)
    fulfilling.give_up(actor=actor, engagement_id=engagement.pk, words=WORDS, at=timezone.now())
    found, _at = selecting.run(engagement.selection_id, timezone.now())
    assert found.winner_organisation_id is not None
    fulfilling.advance_due(timezone.now())


def complaint_suspends(owner: Page, engagement_id: int, loser: Actor) -> None:
    """A loser objects, is not content with the answer, and the regulator stops everything for a while."""
    now, regulator = timezone.now(), cast.actor("regulator")
    grievance = fulfilling.object_to(actor=loser, engagement_id=engagement_id, words="对中选机构的资质有异议。", at=now)
    fulfilling.answer(actor=cast.actor("owner1"), grievance_id=grievance, words="经核查中选机构资质有效。", at=now)
    fulfilling.complain(actor=loser, grievance_id=grievance, words="对答复不服，请求监管部门处理。", at=now)
    fulfilling.take_up(
        actor=regulator, grievance_id=grievance, ruling=ruling("佛数监〔2026〕7号"), suspend=True, at=now
    )
    owner.goto(f"/supermarket/services/{engagement_id}/")
    expect(owner.locator("main .notice.stop")).to_contain_text("佛数监〔2026〕7号")
    assert axe_problems(owner) == []
    fulfilling.settle(actor=regulator, grievance_id=grievance, ruling=ruling("佛数监〔2026〕8号"), uphold=False, at=now)


def served(owner: Page, agency: Page, engagement_id: int) -> None:
    """Contract, milestone, acceptance, payment and ratings, each on the page of who does it."""
    here, today = f"/supermarket/services/{engagement_id}/", timezone.localdate()
    owner.goto(here + "contract/")
    owner.fill("[name=number]", "HT-9")
    owner.fill("[name=ends_on]", str(today + timedelta(days=60)))
    owner.fill("[name=milestones]", f"成果报告 | 100 | {today + timedelta(days=40)}")
    owner.check("[name=outside]")
    send(owner.locator("main form button.btn-primary").first)
    agency.goto(here)
    press(agency, "确认已登记的合同")
    owner.goto(here + "record/")
    send(owner.locator("main form button.btn-primary").first)
    agency.goto(here + "milestones/1/deliver/")
    agency.fill("[name=words]", "成果报告已提交")
    send(agency.locator("main form button.btn-primary").first)
    owner.goto(here)
    send(owner.locator(f"form[action='{here}milestones/1/accept/'] button"))
    owner.goto(here + "payment/")
    for name, value in {"amount": "110000.00", "paid_on": str(today), "voucher": "P-9"}.items():
        owner.fill(f"[name={name}]", value)
    send(owner.locator("main form button.btn-primary").first)
    owner.goto(here + "finish/")
    owner.fill("[name=words]", "合格")
    send(owner.locator("main form button.btn-primary").first)
    rated(agency, here, {"COOPERATION": "5", "PAYMENT": "4", "CLARITY": "5"})
    rated(owner, here, {"QUALITY": "5", "TIME": "5", "ATTITUDE": "4", "CHARGES": "5"})


def rated(page: Page, here: str, stars: dict[str, str]) -> None:
    page.goto(here + "rating/")
    assert axe_problems(page) == []
    for name, count in stars.items():
        field = page.locator(f"[name={name}]")
        if field.count() > 1:
            page.check(f"[name={name}][value='{count}']")
        else:
            field.select_option(count)
    send(page.locator("main form button.btn-primary").first)
    page.wait_for_load_state()


def test_from_the_intake_case_to_both_ratings(desks: dict[str, Page]) -> None:
    _item, agencies = selecting.market(4)
    owner, staff, agency = desks["owner1"], desks["staff"], desks["agency1"]
    others = agencies[1:]

    need = handed_in(owner, "建设工程规划放线测量")
    staff.goto(f"/supermarket/desk/{need}/")
    press(staff, "Publish the notice")
    agency.goto(f"/supermarket/notices/{need}/sign-up/")
    agency.fill("[name=quote]", "110000")
    agency.check("[name=promise]")
    press(agency, "报名")
    expect(agency.locator("main")).to_contain_text("110000.00")
    others_sign_up(need, others)

    selection_id = selected(need)
    for _ in range(2):
        winner_gives_up(others)
    owner.goto(f"/supermarket/selections/{selection_id}/")
    expect(owner.locator("main")).to_contain_text("110,000.00")
    assert axe_problems(owner) == []
    case = selections.selection(selection_id).case
    assert [bool(one.barred) for one in case.entrants].count(True) == 1
    engagement = Engagement.objects.get(state="PUBLISHED")
    assert engagement.agency_id == agencies[0].organisation_id

    complaint_suspends(owner, engagement.pk, others[0])
    served(owner, agency, engagement.pk)

    assert procurements.procurement(need).state is ProcurementState.COMPLETED
    assert engagements.engagement(engagement.pk).amount == Decimal("110000.00")
    concluded = cases.case(CASE)
    assert concluded is not None
    assert concluded.state is CaseState.CONCLUDED
