"""The bank takes a deposit back after the trade method is decided: what follows before, in and after the room."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from commons.evidence import queries as evidence
from commons.inbox.models import InboxMessage
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.deposits import services as money
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.states import MoneyState
from exchange.deposits.models import BankEntry
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book
from exchange.notices.models import Notice
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.rooms import queries as rooms
from tests.bank import Line, statement
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_defaults import default, price_of
from tests.integration.exchange.auctions.test_story import TWO, contracted, hammered
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)
THREE = {**TWO, "buyer3": "1.680"}
ACCOUNT = "4405016601000000001"


def deposit_of(lot: Lot, key: str) -> DepositView:
    found = deposits.deposit_of(lot.pk, story.company(key).pk)
    assert found is not None
    return found


def taken_back(lot: Lot, key: str, at: datetime) -> None:
    """The bank takes the buyer's deposit back, and the timekeeper looks."""
    paid = BankEntry.objects.filter(expectation_id=deposit_of(lot, key).id, state="BOOKED").latest("id")
    back = Line(f"{paid.amount:.2f}", direction="DBIT", reversal=True, bank_ref=paid.bank_ref)
    content = statement(back, at=at, account=ACCOUNT, message=f"BACK{paid.pk}")
    assert money.import_file(actor=actor("finance"), content=content, name="back.xml", at=at).tally.waiting == 0
    look(lot, at)


def look(lot: Lot, at: datetime) -> None:
    auctions.advance_due(at)
    lot.refresh_from_db()


def told(key: str) -> list[str]:
    rows = InboxMessage.objects.order_by("id")
    return [row.subject_msgid for row in rows if row.party and row.party.organisation_id == story.company(key).pk]


def books_hold() -> bool:
    return set(ledger.totals(Book.MONEY).values()) <= {Decimal("0.00")} and ledger.wrong_balances(Book.MONEY) == []


def registration_of(lot: Lot, key: str) -> Registration:
    [found] = [row for row in Registration.objects.filter(lot=lot) if row.organisation_id == story.company(key).pk]
    return found


# Before the room


def test_before_the_room_the_buyer_is_out_and_one_that_is_left_negotiates() -> None:
    lot = story.qualified_lot(TWO)
    room_id = lot.room_id
    assert room_id is not None

    taken_back(lot, "buyer2", lot.opens_at - timedelta(hours=2))

    assert registration_of(lot, "buyer2").state == "REFUSED"
    assert (lot.state, lot.method, lot.room_id) == (LotState.METHOD_DECIDED, "NEGOTIATION", None)
    room = rooms.room(room_id)
    assert room is not None
    assert room.phase == "VOIDED"
    newest, earlier = Notice.objects.filter(lot=lot, kind="METHOD").order_by("-id")
    assert newest.supersedes_id == earlier.pk
    assert any("no longer qualify" in words for words in told("buyer2"))
    assert any("sold by negotiation" in words for words in told("buyer1"))
    assert any("no longer takes part" in words for words in told("seller"))
    assert deposit_of(lot, "buyer2").state is MoneyState.CANCELLED
    assert books_hold()


def test_before_the_room_with_enough_buyers_left_it_opens_without_the_one() -> None:
    lot = story.qualified_lot(THREE)
    assert lot.room_id is not None

    taken_back(lot, "buyer3", lot.opens_at - timedelta(hours=2))
    story.run_room(lot, lot.opens_at)

    assert (lot.state, lot.method) == (LotState.METHOD_DECIDED, "ROOM")
    at = lot.opens_at + timedelta(minutes=1)
    assert story.bid(lot, "buyer3", "20000.00", at=at) == "ROOM_BIDDER_SUSPENDED"
    assert story.bid(lot, "buyer1", "20000.00", at=at) == ""


def test_the_only_buyer_of_a_negotiation_without_deposit_fails_the_lot() -> None:
    lot = story.qualified_lot({"buyer1": "1.680"})
    assert lot.method == "NEGOTIATION"

    taken_back(lot, "buyer1", lot.opens_at - timedelta(hours=2))

    assert lot.state == LotState.FAILED
    assert registration_of(lot, "buyer1").state == "REFUSED"


# In the room


def test_in_the_live_room_the_buyer_is_suspended_in_the_log_and_everybody_concerned_is_told() -> None:
    lot = story.qualified_lot(TWO)
    story.run_room(lot, lot.opens_at)
    at = lot.opens_at + timedelta(minutes=1)
    assert story.bid(lot, "buyer2", "20000.00", at=at) == ""

    taken_back(lot, "buyer2", at + timedelta(seconds=10))

    assert story.bid(lot, "buyer2", "20100.00", at=at + timedelta(seconds=20)) == "ROOM_BIDDER_SUSPENDED"
    assert (lot.state, registration_of(lot, "buyer2").state) == (LotState.METHOD_DECIDED, "QUALIFIED")
    types = [link.type for link in evidence.entries(f"room:{lot.room_id}")]
    assert types.count("BidderSuspended") == 1
    assert any("may not bid until it is paid again; what you bid stands" in words for words in told("buyer2"))
    assert any("may not bid until it is paid again" in words for words in told("seller"))
    look(lot, at + timedelta(seconds=30))
    types = [link.type for link in evidence.entries(f"room:{lot.room_id}")]
    assert types.count("BidderSuspended") == 1


def test_a_deposit_that_is_made_good_in_the_live_room_lets_its_buyer_bid_again() -> None:
    lot = story.qualified_lot(TWO)
    story.run_room(lot, lot.opens_at)
    at = lot.opens_at + timedelta(minutes=1)
    taken_back(lot, "buyer2", at)

    story.pay_deposit(lot, "buyer2", at=at + timedelta(minutes=5))
    look(lot, at + timedelta(minutes=5))

    assert deposit_of(lot, "buyer2").state is MoneyState.COVERED
    assert story.bid(lot, "buyer2", "20000.00", at=at + timedelta(minutes=6)) == ""
    assert any("whole again" in words for words in told("buyer2"))


def test_a_suspended_buyer_who_wins_owes_the_deposit_again_and_keeps_its_purchase() -> None:
    lot = story.qualified_lot(TWO)
    story.run_room(lot, lot.opens_at)
    at = lot.opens_at + timedelta(minutes=1)
    assert story.bid(lot, "buyer1", "20000.00", at=at) == ""
    assert story.bid(lot, "buyer2", "20100.00", at=at) == ""
    taken_back(lot, "buyer2", at + timedelta(seconds=10))
    over = lot.opens_at + timedelta(hours=1)
    story.run_room(lot, over)
    look(lot, over)
    look(lot, over)

    deal = Deal.objects.get(lot=lot)
    assert deal.buyer_id == story.company("buyer2").pk
    assert len([words for words in told("buyer2") if "pay the deposit again" in words]) == 1
    story.pay_deposit(lot, "buyer2", at=over + timedelta(hours=1))
    look(lot, over + timedelta(hours=1))
    assert deposit_of(lot, "buyer2").state is MoneyState.RETAINED


def test_whoever_was_suspended_at_the_end_is_not_the_next_bidder() -> None:
    lot = story.qualified_lot(THREE)
    story.run_room(lot, lot.opens_at)
    at = lot.opens_at + timedelta(minutes=1)
    for key, price in (("buyer3", "20000.00"), ("buyer2", "20100.00"), ("buyer1", "20200.00")):
        assert story.bid(lot, key, price, at=at) == ""
    taken_back(lot, "buyer2", at + timedelta(seconds=10))
    over = lot.opens_at + timedelta(hours=1)
    story.run_room(lot, over)
    look(lot, over)

    default(Deal.objects.get(lot=lot), over + timedelta(days=10), take_next=True)

    assert Deal.objects.get(lot=lot, state="AWARDED").buyer_id == story.company("buyer3").pk


# After the hammer


def test_after_the_hammer_the_deposit_is_owed_again_and_is_not_paid_out_of_other_peoples_money() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    assert deposit_of(lot, "buyer1").state is MoneyState.RETAINED

    taken_back(lot, "buyer1", after + timedelta(hours=1))

    assert deposit_of(lot, "buyer1").state is MoneyState.PART_RECEIVED
    assert any("pay the deposit again" in words for words in told("buyer1"))
    assert any("is owed again" in words for words in told("seller"))
    auctions.end_deal(
        actor=actor("staff"),
        deal_id=Deal.objects.get(lot=lot).pk,
        decision=story.decision("佛环函〔2026〕41号", after),
        reason="出让指标被依法收回",
        at=after + timedelta(hours=2),
    )
    assert deposit_of(lot, "buyer1").state is MoneyState.CANCELLED
    payees = [leg.payee_name for leg in deposits.legs(actor("finance"))]
    assert story.company("buyer1").name not in payees
    assert books_hold()


def test_a_defaulting_buyer_loses_what_the_bank_left_of_its_deposit() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    sign_as("seller", auctions.request_confirmation(actor=actor("seller"), deal_id=deal.pk, at=after), at=after)
    taken_back(lot, "buyer1", after + timedelta(hours=1))
    story.pay(deposit_of(lot, "buyer1"), "buyer1", at=after + timedelta(hours=2), amount=Decimal("500.00"))

    default(deal, after + timedelta(days=10))

    assert deposit_of(lot, "buyer1").state is MoneyState.FORFEITED
    assert [leg.principal for leg in deposits.legs(actor("finance")) if leg.kind == "FORFEIT"] == [Decimal("500.00")]
    assert books_hold()


def test_a_deposit_that_counted_towards_the_price_is_taken_out_of_it_again() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    applied = price_of(deal).applied_deposit
    assert applied > 0

    taken_back(lot, "buyer1", after + timedelta(hours=2))

    price = price_of(deal)
    assert (price.applied_deposit, price.received) == (Decimal("0.00"), Decimal("0.00"))
    assert deposit_of(lot, "buyer1").state is MoneyState.PART_RECEIVED
    assert books_hold()
    story.pay(price, "buyer1", at=after + timedelta(days=1))
    assert price_of(deal).covered
