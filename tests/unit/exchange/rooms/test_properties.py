"""What holds of every room, whatever is bid and whenever anybody looks: played at random."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.domain.refusals import Refusal
from exchange import verify
from exchange.rooms.domain import log, views
from exchange.rooms.domain.commands import Confirm, Pause, PlaceBid, Resume, Tick
from exchange.rooms.domain.decide import decide
from exchange.rooms.domain.events import BidAccepted, BidRefused, CloseExtended, Event, HammerFell, RoomPaused
from exchange.rooms.domain.evolve import begin, evolve, replay
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.domain.timing import due_at
from tests.unit.exchange.rooms.story import FOUR, OPENS, Story, foshan, guangdong, ningxia, second, wuyi

SHORT = {"free_ms": 20_000, "waiting_ms": 5_000, "timed_ms": 8_000, "extension_ms": 8_000}
RULES: dict[str, RoomRules] = {
    "english": foshan(**SHORT),
    "divisible": ningxia(**SHORT, may_decline_remainder=True),
    "capped": foshan(**{**SHORT, "total_cap_ms": 12_000, "timed_entry": "QUOTERS", "waiting_ms": 0}),
    "limited": wuyi(session_ms=30_000, quotes_limit=3, extension_ms=4_000),
    "sealed": guangdong(session_ms=30_000, amendable=True, orders_limit=1),
    "descending": RoomRules.from_json({**ningxia(**SHORT).to_json(), "format": "DESCENDING"}),
}
PRICES = {"limited": (3900, 100), "sealed": (16, 1), "descending": (20000, 250)}
QUANTITIES = {"english": None, "capped": None, "sealed": ["1000", "100000", "300000", "1"]}


@dataclass(frozen=True)
class Bid:
    """A bid of a random play: comes at `at` seconds, is decided `lag` later."""

    alias: str
    price: str
    quantity: str | None
    at: float
    lag: float
    confirm: Confirm


@st.composite
def plays(draw: st.DrawFn) -> tuple[str, list[Bid]]:
    name = draw(st.sampled_from(list(RULES)))
    base, step = PRICES.get(name, (20000, 250))
    quantities = QUANTITIES.get(name, ["1", "4", "6", "10", "11"])
    bids = []
    for _ in range(draw(st.integers(0, 14))):
        price = base + step * draw(st.integers(-1, 20))
        at = draw(st.integers(-1_000, 60_000)) / 1000
        lag = draw(st.sampled_from([0, 0, 0.001, 0.5, 1.999, 2.0, 2.5, 30]))
        quantity = draw(st.sampled_from(quantities)) if quantities else None
        alias, confirm = draw(st.sampled_from(["01", "02", "03", "04", "99"])), draw(st.sampled_from(list(Confirm)))
        bids.append(Bid(alias, str(price), quantity, at, lag, confirm))
    return name, sorted(bids, key=lambda bid: bid.at + bid.lag)


def played(name: str, bids: list[Bid], ticks: list[float]) -> Story:
    """The play with ticks at the given seconds; in the end time passes until nothing is due."""
    room = Story(RULES[name])
    moments: list[tuple[float, Bid | None]] = [(bid.at + bid.lag, bid) for bid in bids]
    moments += [(tick, None) for tick in ticks]
    for at, bid in sorted(moments, key=lambda moment: (moment[0], moment[1] is not None)):
        if bid is None:
            room.tick(at)
        else:
            room.bid(bid.alias, bid.price, bid.at, decided=at, quantity=bid.quantity, confirm=bid.confirm)
    room.finish()
    return room


def essence(room: Story) -> list[tuple[str, object]]:
    """All that matters of a room's events: what, with which content, in which order; not when it was announced."""
    return [(event.type, event.payload()) for event in room.events]


tick_times = st.lists(st.integers(-1_000, 70_000).map(lambda ms: ms / 1000), max_size=12)


@given(plays(), tick_times)
def test_late_early_and_missing_ticks_never_change_phases_closes_or_result(
    play: tuple[str, list[Bid]], ticks: list[float]
) -> None:
    name, bids = play
    often = [moment + 0.5 for moment in range(70)]

    assert essence(played(name, bids, ticks)) == essence(played(name, bids, [])) == essence(played(name, bids, often))


@given(plays(), st.integers(1, 40))
def test_old_snapshot_and_events_are_the_fresh_state(play: tuple[str, list[Bid]], cut: int) -> None:
    room = played(*play, [])
    old = replay(room.events[: min(cut, len(room.events))])
    snapshot = msgspec.json.decode(msgspec.json.encode(old), type=RoomState)
    assert snapshot == old

    state = snapshot
    for event in log.from_json(json.loads(json.dumps(log.to_json(room.events))))[old.seq :]:
        state = evolve(state, event)

    assert state == room.state == replay(room.events)
    assert views.staff(state) == views.staff(room.state)


@given(plays())
def test_recorded_room_is_decided_again_to_the_same_events(play: tuple[str, list[Bid]]) -> None:
    room = played(*play, [])

    found = verify.verify(log.from_json(json.loads(json.dumps(log.to_json(room.events)))))

    assert found.holds, found.difference


@given(plays())
def test_invariants_of_any_room(play: tuple[str, list[Bid]]) -> None:
    name, bids = play
    room, rules = played(name, bids, []), RULES[name]

    assert [event.seq for event in room.events] == list(range(1, len(room.events) + 1)), "one gap-free order"
    verdicts = [event for event in room.events if isinstance(event, BidAccepted | BidRefused)]
    assert len(verdicts) == len(bids), "every bid has one verdict"
    assert room.state.accepted + room.state.refused == len(bids)
    assert list(room.state.book.ranking) == sorted(room.state.book.ranking, key=lambda offer: offer.key)
    for event in room.events:
        if isinstance(event, CloseExtended):
            assert event.closes_at > event.before, "the close only moves forward"
        if isinstance(event, HammerFell):
            assert sum(award.quantity for award in event.awards) + event.unsold == rules.supply
            assert event.fell_at == event.closed_at + timedelta(milliseconds=rules.closing_grace_ms)
    assert room.state.is_over


@given(plays())
def test_nothing_counts_that_came_at_or_after_the_close_or_was_decided_after_the_hammer(
    play: tuple[str, list[Bid]],
) -> None:
    room = played(*play, [])
    state = begin(room.events[0])  # type: ignore[arg-type]  # the first event is RoomScheduled
    for event in room.events[1:]:
        if isinstance(event, BidAccepted):
            closes_at, due = state.closes_at, due_at(state)
            assert closes_at is not None
            assert due is not None
            assert state.clock.begins_at <= event.bid.received_at < closes_at
            assert event.at < due
        state = evolve(state, event)


@given(plays())
def test_accepted_english_prices_rise_by_the_step(play: tuple[str, list[Bid]]) -> None:
    _, bids = play
    room = played("english", [bid for bid in bids if bid.quantity is None], [])

    prices = [event.price for event in room.events if isinstance(event, BidAccepted)]

    assert all(after - before >= Decimal(100) for before, after in pairwise(prices))


@given(plays())
def test_told_least_price_is_accepted_and_the_next_worse_is_not(play: tuple[str, list[Bid]]) -> None:
    """UX: “too low” is never news from the server that the page could have told before."""
    name, bids = play
    room = played_open(name, bids)
    if not room.state.is_biddable or room.state.rules.quotes_limit or room.state.entrants is not None:
        return
    rules = room.state.rules
    quantity = None if not rules.divisible else str(rules.supply)
    least = Decimal(views.bidder(room.state, "04")["least_price"])
    fen = Decimal("0.01") if rules.descending else Decimal("-0.01")
    at = room.state.at + timedelta(milliseconds=1)
    if room.state.closes_at is None or at >= room.state.closes_at:
        return

    def code(price: Decimal) -> str:
        bid = PlaceBid("x", "04", str(price), at, quantity, Confirm.RETYPED)
        verdict = next(e for e in decide(room.state, bid, at) if isinstance(e, BidAccepted | BidRefused))
        return verdict.code if isinstance(verdict, BidRefused) else ""

    assert code(least) == ""
    assert code(least + fen) in ("ROOM_BELOW_STEP", "ROOM_BELOW_START")


def played_open(name: str, bids: list[Bid]) -> Story:
    """The play up to its last bid, without an end."""
    room = Story(RULES[name])
    for bid in bids:
        room.bid(bid.alias, bid.price, bid.at, decided=bid.at + bid.lag, quantity=bid.quantity, confirm=bid.confirm)
    return room


@given(plays(), st.integers(0, 25_000), st.integers(0, 10**7))
@settings(max_examples=60)
def test_pause_gives_exactly_the_remaining_time_back(play: tuple[str, list[Bid]], start: int, length: int) -> None:
    name, bids = play
    paused_at = second(start / 1000)
    room = Story(RULES[name])
    for bid in bids:
        if second(bid.at + bid.lag) < paused_at:
            room.bid(bid.alias, bid.price, bid.at, decided=bid.at + bid.lag, quantity=bid.quantity)
    room.tick(start / 1000)
    before = room.state
    paused_at = max(paused_at, before.at)
    if before.is_over or (before.is_biddable and before.closes_at is not None and paused_at >= before.closes_at):
        return

    keep(room, decide(before, Pause("x"), paused_at))
    event = room.events[-1]
    assert isinstance(event, RoomPaused)
    keep(room, decide(room.state, Resume("y"), paused_at + timedelta(milliseconds=length)))

    assert room.state.phase is before.phase
    assert room.state.closes_at is not None
    assert before.closes_at is not None
    left_before = max(before.closes_at - event.paused_at, timedelta(0))
    assert room.state.closes_at - room.state.clock.begins_at == left_before
    assert room.state.book == before.book


@given(plays())
def test_standing_shown_is_what_the_hammer_would_make_of_it(play: tuple[str, list[Bid]]) -> None:
    room = played_open(*play)

    shown = {name: wins for name, wins in views.provisional(room.state).items() if wins}

    if room.state.outcome is None:
        settled = PLAYS[room.state.rules.format].settle(room.state).awards
        assert shown == {award.bid_id: award.quantity for award in settled}


@given(plays())
def test_every_refusal_can_be_told_with_its_fields(play: tuple[str, list[Bid]]) -> None:
    """A message that names a field which the refusal does not carry would leave the bidder without an answer."""
    for event in played(*play, []).events:
        if isinstance(event, BidRefused):
            assert "%" not in str(Refusal.registry[event.code](**event.fields))


def keep(room: Story, events: tuple[Event, ...]) -> None:
    for event in events:
        room.state = evolve(room.state, event)
        room.events.append(event)


@given(st.integers(0, 999), st.integers(0, 1_999))
def test_microseconds_decide_nothing(received_us: int, decided_us: int) -> None:
    """What is live in microseconds is replayed in milliseconds: both must judge alike."""
    state: RoomState = Story(RULES["english"]).state
    close = OPENS + timedelta(seconds=20)
    bid = PlaceBid("b", "01", "20000", close - timedelta(microseconds=received_us), None)

    (*_, verdict) = decide(state, bid, at_least(bid.received_at, close + timedelta(microseconds=decided_us)))

    assert isinstance(verdict, BidAccepted) == (received_us > 0)


def at_least(one: datetime, other: datetime) -> datetime:
    return max(one, other)


def test_four_participants_and_an_unknown_one_take_part() -> None:
    assert {participant.alias for participant in FOUR} == {"01", "02", "03", "04"}
    assert decide(Story(RULES["sealed"]).state, Tick(), OPENS)[0].type == "PhaseBegan"
