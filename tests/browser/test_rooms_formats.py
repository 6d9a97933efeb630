"""Every format of the live room, played in real browsers against real servers, to the hammer and its outcome."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import PriceRule, RoomRules
from exchange.rooms.models import Bid, Room
from tests import cast
from tests.browser.chromium import PHONE, Chromium, axe_problems, chromium
from tests.browser.test_rooms_live import enter, let_the_hammer_fall
from tests.live.rooms import check_room, english_rules, open_room
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("rooms-browser")]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def browser(transactional_db: None, server: Server) -> Iterator[Chromium]:
    cast.actor("host")
    with running(server, timekeeper()), chromium() as found:
        yield found


def rules(format_: Format, **changes: object) -> RoomRules:
    return english_rules(format=format_, session_ms=300_000, extension_ms=0, **changes)


def offer(page: Page, price: str, quantity: str = "") -> None:
    """Type a price, and press the button as soon as it can be pressed."""
    again = page.locator("[data-raise]")
    if again.is_visible():
        again.click()
    page.fill("[name=price]", price)
    if quantity:
        page.fill("[name=quantity]", quantity)
    button = page.locator("[data-send]")
    expect(button).to_be_enabled()
    page.wait_for_timeout(600)  # a press right after the price has changed is taken for a slip
    button.click()


def test_limited_quotes_run_out_and_the_better_share_wins(browser: Chromium, server: Server) -> None:
    room = open_room(
        rules(
            Format.LIMITED_QUOTES, divisible=True, quotes_limit=2, top_share=Decimal("0.5"), price=PriceRule.TOP_SHARE
        )
    )
    first = enter(browser, server, room, "buyer1", viewport=PHONE, language="en")
    second = enter(browser, server, room, "buyer2", language="en")
    offer(first, "20,100", "1.000")
    expect(first.locator("#result")).to_contain_text("20,100.00 counted")
    expect(first.locator("[data-bind=quotes-left]")).to_contain_text("1")
    offer(second, "20,300", "0.500")
    expect(second.locator("#result")).to_contain_text("20,300.00 counted")
    offer(first, "20,200", "1.000")
    expect(first.locator("#result")).to_contain_text("20,200.00 counted")

    expect(first.locator("[data-send]")).to_be_disabled()
    expect(first.locator("[data-bind=not-able]")).to_contain_text("All your quotes are used")
    assert axe_problems(first) == []
    let_the_hammer_fall(room)

    expect(second.locator("[data-show=bid-ended]")).to_contain_text("You won")
    expect(first.locator("[data-show=outcome]")).to_be_visible()
    assert Room.objects.get(pk=room.room_id).phase == "ENDED"
    check_room(room.room_id)


def test_a_sealed_call_shows_nobody_a_price_until_the_hammer(browser: Chromium, server: Server) -> None:
    room = open_room(
        rules(
            Format.SEALED_CALL, divisible=True, amendable=True, orders_limit=2, price=PriceRule.UNIFORM, step=Decimal(0)
        )
    )
    first = enter(browser, server, room, "buyer1", viewport=PHONE, language="en")
    second = enter(browser, server, room, "buyer2", language="en")
    watcher = enter(browser, server, room, language="en")
    offer(first, "24,713.37", "1.000")
    expect(first.locator("[data-orders] li")).to_have_count(1)
    offer(first, "22,000.11", "0.500")
    expect(first.locator("[data-orders] li")).to_have_count(2)
    first.locator("[data-orders] li", has_text="22,000.11").get_by_role("button").click()
    expect(first.locator("[data-orders] li")).to_have_count(1)
    offer(second, "23,333.33", "1.680")
    expect(second.locator("[data-orders] li")).to_have_count(1)

    for page in (second, watcher):
        assert "24,713.37" not in page.locator("body").inner_text()
    assert axe_problems(first) == []
    let_the_hammer_fall(room)

    expect(first.locator("[data-show=bid-ended]")).to_contain_text("You won")
    expect(watcher.locator("[data-show=outcome]")).to_contain_text("23,333.33")  # one price for all: the last one taken
    check_room(room.room_id)


def test_prices_descend_and_the_lowest_wins(browser: Chromium, server: Server) -> None:
    room = open_room(rules(Format.DESCENDING))
    first = enter(browser, server, room, "buyer1", viewport=PHONE, language="en")
    second = enter(browser, server, room, "buyer2", language="en")
    offer(first, "20,000")
    expect(first.locator("#result")).to_contain_text("20,000.00 counted")
    second.fill("[name=price]", "20,100")
    expect(second.locator("[data-bind=problem]")).to_be_visible()
    offer(second, "19,900")
    expect(second.locator("#result")).to_contain_text("19,900.00 counted")
    expect(first.locator("[data-bind=price]")).to_have_text("19,900.00")

    assert axe_problems(second) == []
    let_the_hammer_fall(room)

    expect(second.locator("[data-show=bid-ended]")).to_contain_text("You won")
    assert set(Bid.objects.filter(room_id=room.room_id).values_list("price", flat=True)) == {20_000, 19_900}
    check_room(room.room_id)


def test_an_ascending_room_shares_what_can_be_divided(browser: Chromium, server: Server) -> None:
    room = open_room(rules(Format.ENGLISH, divisible=True))
    first = enter(browser, server, room, "buyer1", viewport=PHONE, language="en")
    second = enter(browser, server, room, "buyer2", language="en")
    offer(first, "20,000", "1.000")
    expect(first.locator("#result")).to_contain_text("20,000.00 counted")
    offer(second, "20,100", "1.000")
    expect(second.locator("#result")).to_contain_text("20,100.00 counted")

    expect(first.locator("[data-standing] tr")).to_have_count(2)
    let_the_hammer_fall(room)

    for page in (first, second):
        expect(page.locator("[data-show=bid-ended]")).to_contain_text("You won")
    expect(first.locator("[data-show=bid-ended]")).to_contain_text("0.680")
    check_room(room.room_id)
