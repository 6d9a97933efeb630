"""The room screens against real servers: bidding, being outbid, losing the line, watching, conducting, replaying."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, WebSocketRoute, expect

from exchange.rooms.domain.commands import Tick
from exchange.rooms.models import Bid, Room
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import CommandOrder
from tests import cast
from tests.browser.chromium import DESKTOP, PHONE, Chromium, axe_problems, chromium
from tests.live.rooms import Cast, check_room, english_rules, open_room, order
from tests.live.servers import Server, running, timekeeper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("rooms-browser")]
GUARDED = {"guard_hold_steps": 3, "guard_hold_share": Decimal("0.05"), "guard_retype_factor": 10}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def browser(transactional_db: None, server: Server) -> Iterator[Chromium]:
    for name in ("host", "staff2", "regulator"):
        cast.actor(name)
    with running(server, timekeeper()), chromium() as found:
        yield found


def enter(browser: Chromium, server: Server, room: Cast, person: str = "", **options: object) -> Page:
    """The room, once its socket is open and bidding has begun."""
    page = browser.page(server, person=person, **options)  # type: ignore[arg-type]
    page.goto(f"/rooms/{room.room_id}/")
    expect(page.locator("[data-quality]")).to_have_attribute("data-level", re.compile("[123]"), timeout=15_000)
    expect(page.locator("body")).to_have_attribute("data-room-phase", "OPEN", timeout=30_000)
    return page


def bid(page: Page) -> None:
    button = page.locator("[data-send]")
    expect(button).to_be_enabled()
    page.wait_for_timeout(600)
    button.click()


def let_the_hammer_fall(room: Cast) -> None:
    """A tick of a clock that is ahead: time decides, and the servers hear of it."""
    later = timezone.now() + timedelta(minutes=10)
    Engine(clock=lambda: later).commit([CommandOrder(room.room_id, Tick(), "system:test")])


def is_receipt(text: str | bytes) -> bool:
    return bool(json.loads(text)["type"] == "receipt")


def test_two_bidders_and_a_watcher_see_the_same_room(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000))
    first = enter(browser, server, room, "buyer1", viewport=PHONE)
    second = enter(browser, server, room, "buyer2", language="en")
    watcher = enter(browser, server, room, language="en")

    expect(first.locator("[name=price]")).to_have_value("20,000.00")
    bid(first)
    expect(first.locator("#result")).to_contain_text("20,000.00 有效")
    expect(first.locator("[data-position]")).to_contain_text("您领先")
    expect(second.locator("[data-bind=price]")).to_have_text("20,000.00")
    bid(second)

    expect(second.locator("#result")).to_contain_text("Bid of ¥20,100.00 counted")
    expect(first.locator("[data-position]")).to_contain_text("已被超越")
    expect(first.locator("[name=price]")).to_have_value("20,200.00")
    expect(watcher.locator("[data-bind=price]")).to_have_text("20,100.00")
    expect(watcher.locator("[data-bind=capital]")).to_have_text("贰万零壹佰元整")
    expect(watcher.locator("[data-bind=leader]")).to_have_text("Bidder 02 leads")
    assert watcher.locator("[data-bid-form]").count() == 0
    check_room(room.room_id)


def test_too_low_is_told_before_anything_is_sent(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000))
    page = enter(browser, server, room, "buyer1")

    page.fill("[name=price]", "１９，９９９")

    expect(page.locator("#bid-problem")).to_contain_text("20,000.00")
    expect(page.locator("[data-send]")).to_be_disabled()
    page.locator("[data-use-least]").click()
    expect(page.locator("[name=price]")).to_have_value("20,000.00")
    assert Bid.objects.count() == 0


def test_unusual_prices_are_held_or_typed_again(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000, **GUARDED))
    page = enter(browser, server, room, "buyer1", language="en")

    page.fill("[name=price]", "21000")
    expect(page.locator("[data-show=ask-hold]")).to_be_visible()
    hold = page.locator("[data-hold]")
    expect(hold).to_be_enabled()
    hold.focus()
    page.keyboard.down("Enter")
    page.wait_for_timeout(300)
    page.keyboard.up("Enter")
    page.wait_for_timeout(900)
    assert Bid.objects.count() == 0, "a short press sends nothing"
    page.keyboard.down("Enter")
    expect(page.locator("#result")).to_contain_text("21,000.00 counted")
    page.keyboard.up("Enter")

    page.locator("[data-raise]").click()
    page.fill("[name=price]", "300000")
    expect(page.locator("[data-send]")).to_be_disabled()
    page.fill("[name=retyped]", "300,000.00")
    expect(page.locator("[data-send]")).to_be_enabled()
    assert list(Bid.objects.values_list("price", flat=True)) == [Decimal("21000.00")]


def test_a_receipt_can_be_kept_and_shows_place_time_and_hash(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000))
    page = enter(browser, server, room, "buyer1", language="en")
    bid(page)
    expect(page.locator("#result")).to_contain_text("counted")

    row = page.locator("[data-receipts] details").first
    row.locator("summary").click()
    stored = Bid.objects.get()
    expect(row).to_contain_text(stored.hash.hex())
    expect(row).to_contain_text(f"#{stored.seq}")
    assert re.search(r"\d\d:\d\d:\d\d\.\d\d\d", row.inner_text())
    with page.expect_download() as download:
        row.get_by_role("button").click()

    assert download.value.suggested_filename == f"receipt-{room.room_id}-{stored.seq}.json"
    page.reload()
    expect(page.locator("[data-receipts] details")).to_have_count(1)


def test_a_bid_whose_answer_is_lost_is_asked_for_and_never_doubled(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000))
    page = browser.page(server, person="buyer1", language="en")
    line: dict[str, Any] = {"mute": False}

    def between(socket: WebSocketRoute) -> None:
        there = socket.connect_to_server()
        line["socket"] = socket
        socket.on_message(there.send)
        there.on_message(lambda text: None if line["mute"] and is_receipt(text) else socket.send(text))

    page.route_web_socket(re.compile("/ws/rooms/"), between)
    page.goto(f"/rooms/{room.room_id}/")
    expect(page.locator("[data-send]")).to_be_enabled(timeout=30_000)
    page.wait_for_timeout(600)
    line["mute"] = True
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipts] details")).to_have_attribute("data-state", "SENDING")
    line["socket"].close(code=1012)
    expect(page.locator("[data-receipts] details")).to_have_attribute("data-state", "ACCEPTED", timeout=15_000)
    assert Bid.objects.count() == 1
    expect(page.locator("#result")).to_contain_text("counted")


def test_a_killed_server_is_come_back_to_by_itself(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=300_000))
    page = enter(browser, server, room, "buyer1", language="en")
    server.kill()
    expect(page.locator("[data-show=banner-lost]")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-send]")).to_be_disabled()

    server.restart()

    expect(page.locator("[data-show=banner-lost]")).to_be_hidden(timeout=30_000)
    bid(page)
    expect(page.locator("#result")).to_contain_text("counted", timeout=15_000)


def test_the_hammer_falls_on_every_screen_and_the_room_can_be_replayed(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=300_000))
    bidder = enter(browser, server, room, "buyer1", language="en")
    watcher = enter(browser, server, room, language="en")
    bid(bidder)
    expect(bidder.locator("#result")).to_contain_text("counted")

    let_the_hammer_fall(room)

    expect(watcher.locator("[data-show=outcome]")).to_be_visible(timeout=30_000)
    expect(bidder.locator("[data-show=bid-ended]")).to_contain_text("You won")
    watcher.get_by_role("link", name="Replay and signed log").click()
    expect(watcher.locator("[data-scrubber]")).to_be_visible()
    watcher.locator("[data-scrubber]").fill("2")
    expect(watcher.locator("[data-bind=replay-count]")).to_contain_text("Entry 2 of")
    watcher.locator("[data-scrubber]").press("End")
    expect(watcher.locator("[data-bind=price]")).to_have_text("20,000.00")
    with watcher.expect_download() as download:
        watcher.get_by_role("link", name="Download the signed log").click()
    assert download.value.path().read_bytes().startswith(b"{")
    assert axe_problems(watcher) == []


def test_who_comes_late_reads_what_happened_before(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=300_000))
    prices = ["100.00", *(f"{20_000 + 100 * place}.00" for place in range(30))]
    bids = [order(room, ("buyer1", "buyer2")[place % 2], price, timezone.now()) for place, price in enumerate(prices)]
    Engine().commit([CommandOrder(room.room_id, Tick(), "system:test"), *bids])

    host = browser.page(server, person="host", language="en")
    host.goto(f"/rooms/{room.room_id}/host/")

    expect(host.locator("[data-quality]")).to_have_attribute("data-level", re.compile("[123]"), timeout=15_000)
    expect(host.locator("[data-refused] tr")).to_have_count(1)
    expect(host.locator("[data-refused]")).to_contain_text("ROOM_BELOW_START")
    expect(host.locator("[data-tape]")).to_contain_text("20,000.00")
    Engine().commit([order(room, "buyer1", "23500.00", timezone.now())])
    expect(host.locator("[data-tape] li").first).to_contain_text("23,500.00")
    expect(host.locator("[data-tape]")).to_contain_text("20,000.00")


def test_a_pause_needs_two_persons_and_everybody_reads_the_reason(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=300_000))
    bidder = enter(browser, server, room, "buyer1", language="en")
    host = browser.page(server, person="host", language="en")
    host.goto(f"/rooms/{room.room_id}/host/")
    host.get_by_text("Ask to pause").click()
    host.locator("details[open] [name=reason]").fill("Fire alarm in the hall")
    host.get_by_role("button", name="Ask the second person").click()
    expect(host.get_by_text("Waiting for a second person.")).to_be_visible()
    assert Room.objects.get(pk=room.room_id).phase == "OPEN"

    second = browser.page(server, person="staff2", language="en")
    second.goto(f"/rooms/{room.room_id}/host/")
    second.get_by_role("button", name="Approve and carry out").click()

    expect(bidder.locator("[data-phase]")).to_contain_text("Paused")
    expect(bidder.locator("[data-tape]")).to_contain_text("Fire alarm in the hall")
    expect(bidder.locator("[data-send]")).to_be_disabled()
    assert axe_problems(second) == []

    # The screen of the host who asked changes by itself: nothing waits any more, and what it can ask for is to go on.
    expect(host.get_by_text("Waiting for a second person.")).to_have_count(0)
    expect(host.get_by_text("Ask to pause")).to_be_hidden()
    host.get_by_text("Ask to resume").click()
    host.locator("details[open] [name=reason]").fill("The hall is safe")
    host.locator("details[open] [name=minutes]").fill("0")
    host.get_by_role("button", name="Ask the second person").click()
    expect(host.get_by_text("Waiting for a second person.")).to_be_visible()


def test_a_rehearsal_begins_with_robots_that_bid(browser: Chromium, server: Server) -> None:
    page = browser.page(server, person="buyer1", language="en")
    page.goto("/rooms/rehearsal/")
    page.get_by_role("button", name="Begin the rehearsal").click()

    expect(page.get_by_text("You bid against robots.")).to_be_visible()
    expect(page.locator("[data-phase]")).to_contain_text("Not open yet")


@pytest.mark.parametrize(
    ("language", "viewport", "scheme"),
    [("zh-hans", PHONE, "light"), ("en", DESKTOP, "dark"), ("zh-hans", DESKTOP, "light"), ("en", PHONE, "dark")],
)
def test_screens_are_accessible(
    browser: Chromium, server: Server, language: str, viewport: dict[str, int], scheme: str
) -> None:
    room = open_room(english_rules(session_ms=120_000))
    options = {"language": language, "viewport": viewport, "color_scheme": scheme}
    for person, path in (
        ("buyer1", f"/rooms/{room.room_id}/"),
        ("", f"/rooms/{room.room_id}/"),
        ("host", f"/rooms/{room.room_id}/host/"),
        ("buyer1", f"/rooms/{room.room_id}/ready/"),
        ("buyer1", "/rooms/rehearsal/"),
        ("buyer1", "/rooms/"),
    ):
        page = browser.page(server, person=person, **options)  # type: ignore[arg-type]
        page.goto(path)
        page.wait_for_timeout(800)
        assert axe_problems(page) == [], path
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{path} is {wider} px too wide"
        page.close()


def test_the_page_tells_the_state_without_scripts(browser: Chromium, server: Server) -> None:
    room = open_room(english_rules(session_ms=120_000))
    page = browser.page(server, language="en", java_script_enabled=False)
    page.goto(f"/rooms/{room.room_id}/")

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("[data-bind=next-price]")).to_have_text("20,000.00")
    assert "needs JavaScript" in page.content()
