"""Live reverse bidding of the supermarket in browsers, from the intake case to both ratings.

Two agencies bid each other down in a room of the exchange.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commons.intake import queries as cases
from commons.intake.domain import CaseState
from marketplace.credit.models import Rating
from marketplace.fulfilment import services as fulfilling
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.models import Procurement
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting_services
from marketplace.selection.models import Selection
from marketplace.signups import services as signups
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, chromium
from tests.browser.supermarket import CASE, handed_in, press, served
from tests.browser.test_rooms_formats import offer
from tests.browser.test_rooms_live import enter, let_the_hammer_fall
from tests.integration.marketplace import selecting
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("rooms-browser")]
SHORT = {"room_lead_minutes": "0", "room_minutes": "1", "room_extension_seconds": "60"}
"""The room begins at once, and every bid falls into the time that moves its close."""


@pytest.fixture
def server() -> Server:
    return Server(PASSWORD_ASSURANCE="3")


@pytest.fixture
def browser(transactional_db: None, server: Server) -> Iterator[Chromium]:
    cast.actor("host")
    with running(server, timekeeper()), chromium() as found:
        yield found


def published(owner: Page, staff: Page) -> int:
    """A need for live bidding, handed in and published on the pages; with short times."""
    selecting.market(2)
    need = handed_in(owner, "建设工程规划放线测量", {"method": Method.LIVE_BIDDING.value, "bid_step": "500.00"})
    staff.goto(f"/supermarket/desk/{need}/")
    press(staff, "Publish the notice")
    row = Procurement.objects.get(pk=need)
    taken = {f"supermarket.{name}": value for name, value in SHORT.items()}
    row.parameters = {key: {**rule, "value": taken.get(key, rule["value"])} for key, rule in row.parameters.items()}
    row.save(update_fields=["parameters"])
    return need


def sign_up(page: Page, need: int, button: str) -> None:
    page.goto(f"/supermarket/notices/{need}/sign-up/")
    page.check("[name=promise]")
    press(page, button)


def opened(need: int) -> Any:
    """The deadline has passed and the room is there."""
    now = timezone.now()
    Procurement.objects.filter(pk=need).update(sign_up_until=now, selection_at=now)
    assert signups.close_signups(procurement_id=need, at=now)
    selecting_services.advance_due(now)
    return SimpleNamespace(room_id=Selection.objects.get(procurement_id=need).room_id)


def test_two_agencies_bid_each_other_down_and_the_lower_is_selected(browser: Chromium, server: Server) -> None:
    owner, staff = (browser.page(server, person=key, language="en") for key in ("owner1", "staff"))
    need = published(owner, staff)
    first, second = (
        browser.page(server, person="agency1", viewport=PHONE),
        browser.page(server, person="agency2", language="en"),
    )
    sign_up(first, need, "报名")
    sign_up(second, need, "Sign up")
    room = opened(need)
    first.goto("/workspace/")
    expect(first.locator(f"main a[href='/rooms/{room.room_id}/']").first).to_be_visible()
    first.close()
    second.close()
    first = enter(browser, server, room, "agency1", viewport=PHONE)
    second = enter(browser, server, room, "agency2", language="en")
    expect(first.locator("h1")).to_have_text(re.compile("建设工程规划放线测量"))

    offer(first, "199,000")
    expect(first.locator("#result")).to_contain_text("199,000.00 有效")
    expect(second.locator("[data-bind=price]")).to_have_text("199,000.00")
    second.fill("[name=price]", "198,900")
    expect(second.locator("[data-bind=problem]")).to_be_visible()  # less than a step below
    offer(second, "198,000")
    expect(second.locator("#result")).to_contain_text("198,000.00 counted")
    expect(first.locator("[data-position]")).to_contain_text("已被超越")
    expect(second.locator("[data-bind=close-moves]")).to_have_text(re.compile("2"))
    assert axe_problems(first) == []
    assert axe_problems(second) == []
    let_the_hammer_fall(room)
    expect(second.locator("[data-show=bid-ended]")).to_contain_text("You won")

    now = timezone.now()
    selecting_services.advance_due(now)
    fulfilling.advance_due(now)
    found = Selection.objects.get(procurement_id=need)
    assert selections.selection(found.pk).amount == Decimal("198000.00")
    first.goto(f"/supermarket/selections/{found.pk}/")
    expect(first.locator("main")).to_contain_text(cast.ORGANISATIONS["zhengheng"].name)
    expect(first.locator("main")).to_contain_text("198,000.00")
    second.goto(f"/supermarket/notices/{need}/")
    press(second, "Contract and service")
    press(second, "Notice of selection")
    expect(second.locator("h1")).to_contain_text("中选通知书")

    deal = selecting.published(found.pk, now)
    served(owner, browser.page(server, person="agency2", viewport=PHONE), deal, amount="198000.00")
    assert Rating.objects.count() == 2
    concluded = cases.case(CASE)
    assert concluded is not None
    assert concluded.state is CaseState.CONCLUDED
