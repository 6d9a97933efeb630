"""Limits that were reckoned before the holidays of their year were published are reckoned anew, once they are."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commons.calendar import reckoning
from commons.calendar import services as calendar
from commons.calendar.models import ProvisionalLimit
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from exchange.auctions import services as auctions
from exchange.auctions.domain.timetable import END_OF_BUSINESS, at_time
from exchange.auctions.services.limits import CONTRACT, NEGOTIATION, PAYMENT, working_limit
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.deposits import services as money
from exchange.projects.models import Lot
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_defaults import price_of
from tests.integration.exchange.auctions.test_story import TWO, contracted, hammered

pytestmark = pytest.mark.django_db(transaction=True)
EVE = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
"""A Wednesday; the holidays of 2027 are not published."""
TOLD = date(2027, 1, 4)
"""Three working days later, while the first of January counts as one."""
ANEW = datetime(2027, 1, 3, 2, 0, tzinfo=UTC)


def publish(*holidays: date, working: date | None = None) -> None:
    for on in holidays:
        calendar.enter_day(actor=actor("staff"), on=on, working=False, name="元旦", source="国办发〔2026〕9号", at=EVE)
    if working is not None:
        calendar.enter_day(
            actor=actor("staff"), on=working, working=True, name="调休", source="国办发〔2026〕9号", at=EVE
        )
    calendar.publish_year(actor=actor("staff"), year=2027, source="国办发〔2026〕9号", at=EVE)


def limited(kind: str) -> Deal:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    if kind == PAYMENT:
        contracted(deal, after + timedelta(hours=1))
    on = working_limit(kind=kind, refs=[deal.pk], start=EVE, add=3, region=story.REGION)
    assert on == TOLD
    Deal.objects.filter(pk=deal.pk).update(**{f"{kind.removeprefix('deal.')}_due_on": on})
    return deal


def told() -> list[str]:
    return [message.subject_msgid for message in InboxMessage.objects.all() if "now" in message.subject_msgid]


@pytest.mark.parametrize("kind", [CONTRACT, PAYMENT])
def test_a_later_day_gives_the_buyer_its_whole_time_and_both_sides_are_told(kind: str) -> None:
    deal = limited(kind)
    assert reckoning.reckon_anew(ANEW) == 0

    publish(date(2027, 1, 1))
    assert reckoning.reckon_anew(ANEW) == 1

    deal.refresh_from_db()
    moved = date(2027, 1, 5)
    assert (deal.contract_due_on if kind == CONTRACT else deal.payment_due_on) == moved
    assert len(told()) == 2
    assert EvidenceEntry.objects.filter(stream="calendar", type="LimitReckonedAnew").count() == 1
    if kind == PAYMENT:
        assert price_of(deal).due_at == at_time(moved, END_OF_BUSINESS)
    assert reckoning.reckon_anew(ANEW) == 0


def test_an_earlier_day_does_not_cut_what_was_told() -> None:
    deal = limited(CONTRACT)

    publish(working=date(2027, 1, 2))
    reckoning.reckon_anew(ANEW)

    deal.refresh_from_db()
    assert deal.contract_due_on == TOLD
    assert told() == []
    assert not ProvisionalLimit.objects.filter(settled_at__isnull=True).exists()


def test_a_limit_that_is_over_stays_as_it_was() -> None:
    deal = limited(CONTRACT)

    publish(date(2027, 1, 1))
    assert reckoning.reckon_anew(datetime(2027, 1, 5, 2, 0, tzinfo=UTC)) == 0

    deal.refresh_from_db()
    assert deal.contract_due_on == TOLD


def test_a_negotiation_gets_its_whole_time() -> None:
    lot = story.qualified_lot({"buyer1": "1.680"})
    on = working_limit(kind=NEGOTIATION, refs=[lot.pk], start=EVE, add=3, region=story.REGION)
    Lot.objects.filter(pk=lot.pk).update(negotiation_ends_at=at_time(on, END_OF_BUSINESS))

    publish(date(2027, 1, 1))
    reckoning.reckon_anew(ANEW)

    lot.refresh_from_db()
    assert lot.negotiation_ends_at == at_time(date(2027, 1, 5), END_OF_BUSINESS)
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("holidays", "working", "due_on"),
    [((date(2027, 1, 1),), None, date(2027, 1, 7)), ((), date(2027, 1, 2), date(2027, 1, 5))],
)
def test_a_refund_is_due_by_the_published_calendar_sooner_or_later(
    holidays: tuple[date, ...], working: date | None, due_on: date
) -> None:
    story.bank("buyer1")
    lot, registrations = story.registered_lot({"buyer1": "1.680"})
    assert lot.registration_starts_at is not None
    story.pay_deposit(lot, "buyer1", at=lot.registration_starts_at + timedelta(hours=2))
    money.release(actor=story.KEEPER, lot_id=lot.pk, organisation_id=story.company("buyer1").pk, reason="x", at=EVE)
    assert registrations
    [leg] = deposits.legs(actor("finance"))
    assert leg.due_on == date(2027, 1, 6)

    publish(*holidays, working=working)
    assert reckoning.reckon_anew(ANEW) == 1

    [leg] = deposits.legs(actor("finance"))
    deposit = deposits.deposit_of(lot.pk, story.company("buyer1").pk)
    assert deposit is not None
    assert (leg.due_on, deposit.refund_due_on, deposit.refund_due_provisional) == (due_on, due_on, False)


def test_the_flow_itself_remembers_what_is_provisional() -> None:
    lot = story.qualified_lot(TWO)
    hammered(lot)
    assert not ProvisionalLimit.objects.filter(kind=CONTRACT).exists()
    Deal.objects.filter(lot=lot).update(notified_at=None)
    Lot.objects.filter(pk=lot.pk).update(state="HAMMERED")

    auctions.advance_due(EVE)

    [kept] = ProvisionalLimit.objects.filter(kind=CONTRACT)
    assert kept.on == Deal.objects.get(lot=lot).contract_due_on
