"""What waits for whom, by when; and the reminder before a room."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commons.domain.actor import Assurance
from commons.domain.tasks import in_order
from commons.inbox import queries as inbox
from exchange.auctions import services as auctions
from exchange.auctions import waiting
from exchange.auctions.services.reminding import REMINDER, remind_of_room
from exchange.complaints import services as complaints
from exchange.deposits import waiting as money
from portal.context import opening_rooms
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_pages import signed_in

pytestmark = pytest.mark.django_db
TWO = {"buyer1": "1.680", "buyer2": "1.680"}


def titles(found: Any) -> list[str]:
    return [one.title for one in in_order(found)]


def test_a_buyer_is_told_to_pay_until_the_deposit_is_there() -> None:
    story.bank("buyer1")
    lot, _ = story.registered_lot({"buyer1": "1.680"})
    assert lot.registration_starts_at is not None
    now = lot.registration_starts_at + timedelta(hours=2)

    (one,) = waiting.of_bidder(actor("buyer1"), now)
    assert (one.due_at, one.is_overdue(now)) == (lot.registration_ends_at, False)
    assert not list(waiting.of_bidder(actor("buyer2"), now))
    story.pay_deposit(lot, "buyer1", at=now + timedelta(days=1))

    assert not list(waiting.of_bidder(actor("buyer1"), now + timedelta(days=1)))


def test_a_seller_and_a_regulator_are_told_their_limits() -> None:
    lot = story.opened_lot("buyer1")
    at = story.PUBLISHED + timedelta(days=1)
    text = "公告中起始价的依据没有写明，请说明。"
    objection_id = complaints.raise_objection(
        actor=actor("buyer1"), project_id=lot.project_id, lot_id=lot.pk, text=text, at=at
    )

    (asked,) = waiting.of_seller(actor("seller"), at)
    assert asked.url == f"/objections/{objection_id}/"
    assert asked.is_overdue(at + timedelta(days=4))
    complaint_id = complaints.raise_complaint(
        actor=actor("buyer1"), objection_id=objection_id, text=text, at=at + timedelta(days=4)
    )
    (due,) = waiting.of_regulator(actor("regulator"), at)
    assert due.url == f"/complaints/{complaint_id}/"
    assert due.due_at is not None


def test_rooms_wait_for_those_who_may_bid_and_for_the_host() -> None:
    lot = story.qualified_lot(TWO)
    now = lot.opens_at - timedelta(hours=1)

    (own,) = waiting.of_bidder(actor("buyer1"), now)
    (hosted,) = waiting.of_host(actor("host"), now)

    assert (own.url, own.due_at) == (f"/rooms/{lot.room_id}/ready/", lot.opens_at)
    assert hosted.url == f"/rooms/{lot.room_id}/host/"
    assert not list(waiting.of_bidder(actor("buyer3"), now))


def test_finance_sees_what_is_unclear_and_the_treasury_nothing_yet() -> None:
    story.registered_lot({"buyer1": "1.680"})

    assert not list(money.of_finance(actor("finance"), story.PUBLISHED))
    assert not list(money.of_treasury(actor("treasury"), story.PUBLISHED))


def test_a_room_is_announced_once_to_those_who_may_bid() -> None:
    lot = story.qualified_lot(TWO)
    before = len(list(inbox.rows(actor("buyer1"))))

    auctions.advance_due(lot.opens_at - REMINDER - timedelta(seconds=1))
    assert len(list(inbox.rows(actor("buyer1")))) == before
    for _ in range(2):
        auctions.advance_due(lot.opens_at - REMINDER)

    newest, *others = inbox.rows(actor("buyer1"))
    assert (len(others), newest.link) == (before, f"/rooms/{lot.room_id}/ready/")
    assert not remind_of_room(lot.pk, at=lot.opens_at)
    assert all(row.link != newest.link for row in inbox.rows(actor("seller")))


def test_the_workspace_and_every_page_say_so(client: Client, settings: Any, time_machine: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    lot = story.qualified_lot(TWO)
    time_machine.move_to(lot.opens_at - timedelta(minutes=3), tick=False)
    assert [room.room_id for room in opening_rooms()] == [lot.room_id]

    ready = f"/rooms/{lot.room_id}/ready/"
    page = signed_in(client, "buyer1").get("/workspace/").content.decode()
    other = signed_in(Client(), "seller").get("/workspace/").content.decode()

    assert page.count(ready) == 2, "in the list and in the banner"
    assert ready not in other
    room = signed_in(Client(), "buyer1").get(f"/rooms/{lot.room_id}/").content.decode()
    assert f'href="{ready}"' not in room, "in the room its own clock says so"
