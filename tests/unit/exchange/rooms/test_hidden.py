"""A sealed call before its end: nobody but the bidder of an order learns that there is one, by frame or by number."""

from collections import deque

import msgspec
import pytest

from exchange.rooms.broadcast.hub import Scene
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.broadcast.rendering import event_views, render_own, render_scene, render_you
from exchange.rooms.domain.commands import Pause, Resume, WithdrawBid
from tests.unit.exchange.rooms.story import Story, guangdong, second


def call(*, orders: bool) -> Story:
    """A call that opens, is paused and goes on; with orders, one of them replaced, withdrawn or refused, or without."""
    story = Story(guangdong(amendable=True, orders_limit=3))
    story.tick(0)
    if orders:
        story.bid("01", "17.00", 1, quantity="4000")
        story.bid("02", "15.00", 2, quantity="4000")
        first = story.bid("02", "17.50", 3, quantity="4000")
        story.does(WithdrawBid(first.bid_id, "02", second(4)), 4)
        story.does(WithdrawBid("no-such-order", "02", second(5)), 5)
    story.does(Pause("fire alarm", "approval:1"), 60)
    story.does(Resume("all safe", "approval:2"), 90)
    if orders:
        story.bid("01", "18.00", 100, quantity="1000")
    return story


def scene(story: Story, *, told_seq: int = 0) -> Scene:
    tape = deque(story.events, maxlen=100)
    return Scene(7, epoch="e", seq=story.state.seq, told_seq=told_seq, state=story.state, tape=tape)


@pytest.mark.parametrize("viewer", list(Viewer))
def test_the_state_is_the_same_whether_there_are_orders_or_not(viewer: Viewer) -> None:
    quiet, busy = call(orders=False), call(orders=True)

    assert busy.state.seq == quiet.state.seq + 6
    assert render_scene(scene(busy), viewer, True) == render_scene(scene(quiet), viewer, True)
    assert render_you(busy.state, "03") == render_you(quiet.state, "03")
    shown = msgspec.json.decode(render_scene(scene(busy), viewer, True))
    assert [event["seq"] for event in shown["events"]] == [1, 2, 3, 4]
    assert shown["seq"] == 4


def test_an_order_makes_no_frame_but_that_of_its_bidder() -> None:
    story = call(orders=True)
    before = scene(story, told_seq=story.state.seq - 1)

    for viewer in Viewer:
        assert render_scene(before, viewer, False) == b""
    assert render_own(before, "01") == render_you(story.state, "01")
    assert [render_own(before, alias) for alias in ("02", "03")] == [None, None]


def test_what_may_be_known_is_told_without_a_gap_in_its_numbers() -> None:
    story = call(orders=True)
    resumed = next(event.seq for event in story.events if event.type == "RoomResumed")

    frame = msgspec.json.decode(render_scene(scene(story, told_seq=resumed - 1), Viewer.WATCHER, False))

    assert (frame["since"], frame["seq"], [event["seq"] for event in frame["events"]]) == (3, 4, [4])


def test_after_the_hammer_everything_has_its_place_in_the_log() -> None:
    story = call(orders=True)
    state = story.finish()

    views = event_views(state, story.events, Viewer.STAFF)

    assert [view.seq for view in views] == list(range(1, state.seq + 1))
    assert state.shown_seq == state.seq
