"""Who may see what: aliases only, ranks where the rules show them, nothing of a sealed call before its hammer."""

import json
from decimal import Decimal

from exchange.rooms.domain import views
from exchange.rooms.domain.views import Viewer
from tests.unit.exchange.rooms.story import Story, foshan, guangdong, ningxia, wuyi


def test_public_view_of_open_bidding_shows_the_price_the_leader_and_the_next_price() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20500, 2)

    view = views.public(room.state)

    assert (view["phase"], view["price"], view["leader"], view["next_price"]) == ("FREE", "20500.00", "02", "20600.00")
    assert [(entry["alias"], entry["wins"]) for entry in view["standing"]] == [("02", "1.68"), ("01", "0")]
    assert len(json.dumps(view)) < 1500


def test_sealed_call_shows_no_price_to_anyone_before_the_hammer() -> None:
    room = Story(guangdong())
    room.bid("01", "17.31", 1, quantity="123000")

    for view in (views.public(room.state), views.staff(room.state), views.bidder(room.state, "02")):
        assert "17.31" not in json.dumps(view)
        assert "123000" not in json.dumps(view)
        assert "bid-" not in json.dumps(view)


def test_bidder_of_a_sealed_call_sees_his_own_orders_and_no_rank() -> None:
    room = Story(guangdong())
    room.bid("01", "17.31", 1, quantity="123000")

    view = views.bidder(room.state, "01")

    assert view["orders"] == [{"bid_id": "bid-00001", "price": "17.31", "quantity": "123000"}]
    assert (view["rank"], view["wins"]) == (None, None)


def test_sealed_call_is_opened_to_all_by_the_hammer() -> None:
    room = Story(guangdong())
    room.bid("01", "17.31", 1, quantity="123000")
    room.finish()

    view = views.public(room.state)

    assert view["outcome"]["awards"][0]["alias"] == "01"
    assert view["standing"][0]["wins"] == "123000"


def test_events_of_a_sealed_call_are_on_nobody_elses_tape_before_the_hammer() -> None:
    room = Story(guangdong())
    verdict = room.bid("01", "17.31", 1, quantity="123000")
    refused = room.bid("02", "1.00", 2, quantity="1000")

    assert views.event(room.state, verdict, Viewer.PUBLIC) is None
    assert views.event(room.state, verdict, Viewer.STAFF) is None
    assert views.event(room.state, verdict, Viewer.BIDDER, "02") is None
    own = views.event(room.state, verdict, Viewer.BIDDER, "01")
    assert own is not None
    assert own["price"] == "17.31"
    assert views.event(room.state, refused, Viewer.STAFF) is None
    room.finish()
    shown = views.event(room.state, verdict, Viewer.PUBLIC)
    assert shown is not None
    assert shown["price"] == "17.31"


def test_refused_bids_are_shown_to_their_bidder_and_staff_only() -> None:
    room = Story(foshan())
    refused = room.bid("01", 1, 1)

    assert views.event(room.state, refused, Viewer.PUBLIC) is None
    assert views.event(room.state, refused, Viewer.BIDDER, "02") is None
    assert views.event(room.state, refused, Viewer.BIDDER, "01") is not None
    assert views.event(room.state, refused, Viewer.STAFF) is not None


def test_bidder_sees_his_rank_his_share_and_what_he_must_bid() -> None:
    room = Story(ningxia())
    room.bid("01", 30000, 1, quantity="6")
    room.bid("02", 22000, 2, quantity="6")

    view = views.bidder(room.state, "02")

    assert (view["rank"], view["wins"], view["least_price"]) == (2, "4", "22500.00")


def test_rank_is_hidden_where_the_rules_hide_it() -> None:
    room = Story(foshan(rank_visible=False))
    room.bid("01", 20000, 1)

    assert views.bidder(room.state, "01")["rank"] is None


def test_quotes_left_count_down() -> None:
    room = Story(wuyi(quotes_limit=3))
    room.bid("01", 4000, 1, quantity="1")

    assert views.bidder(room.state, "01")["quotes_left"] == 2
    assert views.bidder(room.state, "02")["quotes_left"] == 3
    assert views.bidder(Story(foshan()).state, "01")["quotes_left"] is None


def test_events_say_why_the_close_moved() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.bid("01", 20200, 2100)

    shown = views.event(room.state, room.events[-1], Viewer.PUBLIC)

    assert shown is not None
    assert (shown["type"], shown["bid_id"]) == ("CloseExtended", "bid-00003")
    assert views.public(room.state)["extensions"] == 1


def test_view_of_a_crowded_room_stays_small() -> None:
    from exchange.rooms.domain.events import Participant

    room = Story(wuyi(), tuple(Participant(f"{number:03d}") for number in range(200)))
    for number in range(200):
        room.bid(f"{number:03d}", 4000 + number, number, quantity="1")

    view = views.public(room.state)

    assert len(view["standing"]) == 20
    assert len(json.dumps(view)) < 3000
    assert Decimal(view["price"]) == 4199
