"""Selection by live reverse bidding: the room's prices at the hammer decide; many rooms at once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from commons.evidence import services as evidence
from exchange.rooms.models import Room
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.rehearsing import _signed as signed_order
from exchange.rooms.services.timekeeping import Timekeeper
from marketplace.procurement.domain.methods import Method
from marketplace.selection import queries, services
from marketplace.selection.domain import record
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.selection.models import Selection
from marketplace.signups import services as signups
from tests.integration.marketplace import selecting, story

pytestmark = pytest.mark.django_db(transaction=True)


def live(item_id, agencies, **changes):
    need = story.published(item_id, method=Method.LIVE_BIDDING, bid_step=Decimal("500.00"), floor_price=None, **changes)
    for place, actor in enumerate(agencies):
        at = story.AT + timedelta(minutes=place)
        signups.sign_up(actor=actor, procurement_id=need, at=at, key=f"live-{need}")
    return need


def bid(room_id, alias, price, at):
    (outcome,) = Engine(clock=lambda: at).commit([signed_order(room_id, alias, price, None, at)]).outcomes
    assert outcome.receipt is not None, outcome.refusal
    return outcome.receipt.code


def hammer(until):
    keeper = Timekeeper(Engine(clock=lambda: until))
    for _ in range(6):
        keeper.advance(at=until)


def test_the_lowest_price_at_the_hammer_wins_and_can_be_computed_again():
    item_id, agencies = selecting.market(3)
    need = live(item_id, agencies)

    selection_id, at = selecting.begun(need)
    found = queries.selection(selection_id)
    assert found.wait is Wait.ROOM
    room_id = found.room_id
    opened = at + timedelta(minutes=6)
    hammer(opened)
    assert bid(room_id, "01", "199000.00", opened) == ""
    assert bid(room_id, "03", "198000.00", opened + timedelta(seconds=2)) == ""
    assert bid(room_id, "02", "197900.00", opened + timedelta(seconds=4)) != "", "less than a step"
    assert services.advance_due(opened) == 0
    after = at + timedelta(hours=1)
    hammer(after)
    services.advance_due(after)

    decided = queries.selection(selection_id)
    assert (decided.state, decided.outcome.winner, decided.amount) == (
        SelectionState.DECIDED, "03", Decimal("198000.00"),
    )  # fmt: skip
    evidence.checkpoint(after)
    assert record.check(queries.record(selection_id)).faults == []


def test_a_hundred_live_selections_run_at_once_and_a_room_without_bids_fails():
    item_id, agencies = selecting.market(2)
    needs = [live(item_id, agencies, title=f"现场竞价{number}") for number in range(100)]
    for need in needs:
        at = selecting.close(need)
    services.advance_due(at)
    rooms = list(Room.objects.order_by("pk").values_list("pk", flat=True))
    assert len(rooms) == 100

    opened = at + timedelta(minutes=6)
    hammer(opened)
    orders = [signed_order(room_id, "02", "150000.00", None, opened) for room_id in rooms[1:]]
    outcomes = Engine(clock=lambda: opened).commit(orders).outcomes
    assert {one.receipt.code for one in outcomes if one.receipt} == {""}
    assert len(outcomes) == 99
    after = at + timedelta(hours=1)
    hammer(after)
    services.advance_due(after)

    states = list(Selection.objects.order_by("room_id").values_list("state", flat=True))
    assert states == ["FAILED", *["DECIDED"] * 99]
    assert set(Selection.objects.filter(state="DECIDED").values_list("amount", flat=True)) == {Decimal("150000.00")}
