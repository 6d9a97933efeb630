"""The pure modules of the room screens, run where they will run: amounts, guards, cues, the server's clock."""

from base64 import b64decode
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import Page

from commons.domain.money import capital_yuan
from exchange.rooms.protocol import BidFrame, canonical_bid, entry_statement
from signatures.crypto.suites import Suite, provider_of
from tests.browser.modules import page

pytestmark = pytest.mark.browser
__all__ = ["page"]


def call(page: Page, module: str, expression: str, argument: Any = None) -> Any:
    """The value of `expression` over the exports `m` of a module and the argument `a`."""
    return page.evaluate(
        f"async (a) => {{ const m = await import('/exchange/rooms/{module}.js'); return ({expression}); }}", argument
    )


AMOUNTS = ["0.00", "0.01", "0.10", "1.05", "10.00", "1680.50", "20000.00", "20600.00", "100000.00", "1000010.09",
           "100000001.00", "999999999999.99", "10100.00", "60305.70"]  # fmt: skip


def test_capital_figures_are_those_of_the_server(page: Page) -> None:
    found = call(page, "money", "a.map(m.capital)", AMOUNTS)

    assert found == [capital_yuan(Decimal(amount)) for amount in AMOUNTS]


def test_products_are_exact_and_rounded_half_up(page: Page) -> None:
    pairs = [("20600.00", "1.680"), ("0.01", "0.500"), ("0.01", "0.499"), ("999999999.99", "999999.999")]

    found = call(page, "money", "a.map(([p, q]) => m.product(p, q))", pairs)

    exact = [(Decimal(p) * Decimal(q)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) for p, q in pairs]
    assert found == [format(amount, "f") for amount in exact]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("20600", "20600"),
        (" 20,600.50 ", "20600.50"),
        ("２０６００．５", "20600.5"),
        ("20，600元", "20600"),
        ("¥0020600", "20600"),
        ("", None),
        ("-5", None),
        ("1e5", None),
        ("NaN", None),
        ("12.3.4", None),
    ],
)
def test_typed_amounts_are_read_as_meant_or_not_at_all(page: Page, typed: str, read: str | None) -> None:
    assert call(page, "money", "m.readTyped(a)", typed) == read


def test_numbers_are_grouped_for_the_eye(page: Page) -> None:
    assert call(page, "money", "a.map(m.grouped)", ["1", "1000", "20600.00", "1234567.891"]) == [
        "1",
        "1,000",
        "20,600.00",
        "1,234,567.891",
    ]


LIMITS = {"hold_steps": 3, "hold_share": "0.05", "retype_factor": 10}


@pytest.mark.parametrize(
    ("price", "asks"),
    [
        ("20100.00", "NONE"),
        ("20300.00", "NONE"),
        ("20300.01", "HELD"),
        ("19000.00", "HELD"),
        ("199999.99", "HELD"),
        ("200000.00", "RETYPED"),
        ("2000.00", "RETYPED"),
    ],
)
def test_unusual_prices_ask_for_a_surer_sign(page: Page, price: str, asks: str) -> None:
    argument = {"price": price, "reference": "20000.00", "step": "100.00", "limits": LIMITS}

    assert call(page, "guard", "m.asked(a)", argument) == asks


def test_five_percent_asks_even_without_a_step(page: Page) -> None:
    argument = {"reference": "20.00", "step": "0.00", "limits": LIMITS}

    assert call(page, "guard", "m.asked({...a, price: '21.00'})", argument) == "NONE"
    assert call(page, "guard", "m.asked({...a, price: '21.01'})", argument) == "HELD"


def test_too_low_is_told_before_sending_with_the_least_valid_price(page: Page) -> None:
    base = {"nextPrice": "20700.00", "step": "100.00", "startPrice": "20000.00", "direction": "UP"}

    assert call(page, "guard", "m.problem(a)", {**base, "price": "20699.99"}) == {"code": "low", "least": "20700.00"}
    assert call(page, "guard", "m.problem(a)", {**base, "price": "20700.00"}) is None
    down = {**base, "direction": "DOWN", "price": "20700.01"}
    assert call(page, "guard", "m.problem(a)", down) == {"code": "high", "least": "20700.00"}


def test_a_divisible_lot_asks_for_the_step_above_the_price_that_others_set(page: Page) -> None:
    rules = {"divisible": True, "start_price": "20000.00", "step": "500.00", "direction": "UP"}
    standing = [
        {"alias": "01", "price": "21000.00", "quantity": "1.000"},
        {"alias": "02", "price": "20500.00", "quantity": "0.680"},
        {"alias": "03", "price": "20000.00", "quantity": "1.000"},
    ]
    state = {"supply": "1.680", "standing": standing, "price": "21000.00", "next_price": "21500.00"}

    def least(alias: str, own: str | None) -> str:
        argument = {"state": state, "rules": rules, "alias": alias, "own": own}
        return str(call(page, "offers", "m.leastPrice(a.state, a.rules, a.alias, a.own)", argument))

    assert least("04", None) == "21000.00"
    assert least("03", "20000.00") == "21000.00"
    assert least("01", "21000.00") == "21500.00"


def test_cues_are_spoken_once_at_five_minutes_one_minute_thirty_and_ten_seconds(page: Page) -> None:
    script = """(() => {
      const said = [];
      let before = Infinity;
      for (let left = 400000; left > 0; left -= 250) {
        const cue = m.cueBetween(before, left);
        if (cue) said.push(cue);
        before = left;
      }
      return said;
    })()"""

    assert call(page, "countdown", script) == [300, 60, 30, 10]


def test_a_room_entered_late_says_nothing_of_cues_long_past(page: Page) -> None:
    assert call(page, "countdown", "m.cueBetween(Infinity, 200000)") is None


@pytest.mark.parametrize(
    ("left", "shown"), [(3_723_000, "1:02:03"), (244_100, "04:05"), (10_000, "00:10"), (9_430, "9.4"), (-5, "0.0")]
)
def test_the_clock_shows_tenths_only_at_the_end(page: Page, left: int, shown: str) -> None:
    assert call(page, "countdown", "m.remaining(a)", left) == shown


def test_the_best_round_trip_sets_the_clock(page: Page) -> None:
    script = """(() => {
      const clock = new m.ServerClock();
      clock.sample(0, 400, 10500);
      clock.sample(1000, 1010, 11305);
      clock.sample(2000, 2600, 12800);
      return [Math.round(clock.now() - performance.now()), clock.uncertainty, clock.roundTrip];
    })()"""

    assert call(page, "clock", script) == [10300, 5, 600]


def test_a_page_left_for_an_hour_keeps_the_servers_time(page: Page) -> None:
    """The clock stands on the monotonic clock: setting the computer's clock moves nothing."""
    script = """(() => {
      const clock = new m.ServerClock();
      clock.sample(performance.now(), performance.now(), 1000000);
      const real = Date.now;
      Date.now = () => real() - 3600000;
      const found = Math.round((clock.now() - 1000000) / 1000);
      Date.now = real;
      return found;
    })()"""

    assert call(page, "clock", script) == 0


def test_a_bid_is_signed_over_the_same_bytes_as_the_server_checks(page: Page) -> None:
    bid = {"bid_id": "b-12345678", "confirm": "HELD", "key": "0" * 32, "price": "20500.00", "quantity": None}
    frame = BidFrame(bid_id="b-12345678", confirm="HELD", key="0" * 32, price="20500.00", signature=bytes(64))

    assert call(page, "roomkey", "m.canonicalBid(a, '12')", bid).encode() == canonical_bid(12, frame)
    assert call(page, "roomkey", "m.entryStatement('12', '07', a)", "f" * 32) == entry_statement(
        room_id=12, alias="07", key_id="f" * 32
    )


@pytest.mark.parametrize("suite", Suite)
def test_a_room_key_stays_in_the_browser_and_signs_what_the_server_verifies(page: Page, suite: Suite) -> None:
    """Of the national suite, what is kept is sealed under a key that the browser does not give away."""
    script = """(async () => {
      const key = await m.RoomKey.of(`12/07/${a}`, a);
      const again = await m.RoomKey.of(`12/07/${a}`, a);
      const kept = key.kept.lock ?? key.kept;
      const away = await crypto.subtle.exportKey(kept.type === "secret" ? "raw" : "pkcs8", kept).catch(() => null);
      const signatures = [await key.sign("hello"), await again.sign("hello")];
      return { same: again.id === key.id, away, spki: m.toBase64(key.spki), signatures };
    })()"""

    found = call(page, "roomkey", f"await {script}", suite.value)

    assert found["same"]
    assert found["away"] is None
    holds = provider_of(suite).raw_verifier(b64decode(found["spki"]))
    assert all(holds(b"hello", b64decode(one)) for one in found["signatures"])
    assert not holds(b"hullo", b64decode(found["signatures"][0]))


def test_a_browser_makes_a_new_room_key_where_the_room_asks_for_another_suite(page: Page) -> None:
    """A rehearsal of the same bidder, or a room that was announced anew, may be of the other suite."""
    script = """(async () => {
      const [one, other] = [await m.RoomKey.of("13/07/1", "INTERNATIONAL"), await m.RoomKey.of("13/07/1", "SM")];
      return one.id !== other.id && other.id === (await m.RoomKey.of("13/07/1", "SM")).id;
    })()"""

    assert call(page, "roomkey", f"await {script}")
