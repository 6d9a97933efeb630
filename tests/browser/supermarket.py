"""Steps of a procurement in the supermarket on the pages of owner, centre and agency, for its stories."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from commons.intake import services as intake
from commons.intake.domain import Case
from marketplace.procurement.models import Procurement
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, send
from tests.integration.marketplace import selecting

CASE = "SL-2026-0009"


class Desks:
    """A browser for each person, opened when it is first used: agencies have a phone in Chinese, others a desktop in
    English."""

    def __init__(self, browser: Chromium, address: str) -> None:
        self._browser, self._server, self._pages = browser, SimpleNamespace(http=address), dict[str, Page]()

    def __getitem__(self, key: str) -> Page:
        if key not in self._pages:
            server: Any = self._server
            look: dict[str, Any] = {"viewport": PHONE} if key.startswith("agency") else {"language": "en"}
            self._pages[key] = self._browser.page(server, person=key, **look)
        return self._pages[key]


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


SAID = {
    "region": "440600", "content": "放线测量及成果报告", "service_time": "合同签订后20日内", "fund": "SOCIAL",
    "ceiling_price": "200000", "contact_name": "邓办", "contact_phone": "0757-83000001",
    "complaint_phone": "0757-83000009",
}  # fmt: skip


def handed_in(page: Page, item_name: str, more: Mapping[str, str]) -> int:
    """The owner drafts from the case, goes through the steps of the wizard, and hands the need in."""
    case = Case(CASE, item_name, cast.ORGANISATIONS["water"].name, cast.uscc("water"))
    intake.receive_case(actor=selecting.CLERK, case=case, at=timezone.now())
    page.goto("/supermarket/owner/")
    press(page, "Draft from the case")
    page.get_by_role("link", name="Go on with the next step").click()
    page.wait_for_url("**/steps/**")
    page.goto(page.url.partition("steps/")[0] + "steps/what/")
    while "/steps/" in page.url:
        filled(page, {**SAID, **more})
        press(page, "Save and go on")
    assert axe_problems(page) == []
    press(page, "Hand it in")
    return Procurement.objects.get(case_number=CASE).pk


def filled(page: Page, said: Mapping[str, str]) -> None:
    """Type or choose in the fields of this page what is said of them."""
    for name, value in said.items():
        field = page.locator(f"main form [name={name}]")
        if not field.count():
            continue
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def served(owner: Page, agency: Page, engagement_id: int, *, amount: str) -> None:
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
    for name, value in {"amount": amount, "paid_on": str(today), "voucher": "P-9"}.items():
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
