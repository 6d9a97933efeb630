"""Buyers register, pay, and are qualified; who they are stays secret until the result."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from commons.domain.actor import system_actor
from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.evidence import queries as evidence
from commons.evidence.services import append
from commons.inbox import queries as inbox
from commons.outbox.models import OutboxMessage
from commons.people.models import Organisation
from commons.secrecy.fields import Party
from exchange.auctions import queries
from exchange.auctions import services as auctions
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.domain.registrations import (
    CentreCannotBuy,
    DepositNotCovered,
    NeedOutOfRange,
    RegistrationClosed,
    SellerCannotBuy,
    StatementMissing,
)
from exchange.auctions.domain.secrecy import Sight
from exchange.auctions.labels import reason_text
from exchange.auctions.models import Registration
from exchange.deposits import queries as deposits
from exchange.deposits import services as money
from exchange.deposits.models import BankEntry
from exchange.projects.domain.states import LotCommand, LotState
from exchange.projects.models import Lot
from exchange.projects.services import StateMoved, move_lot
from tests.bank import Line, statement
from tests.cast import actor
from tests.integration.exchange.auctions import story

pytestmark = pytest.mark.django_db
TWO = {"buyer1": "1.680", "buyer2": "1.000"}


def start(lot: Lot, key: str, **changes: object) -> int:
    assert lot.registration_starts_at is not None
    at = changes.get("at", lot.registration_starts_at)
    return auctions.start_registration(actor=actor(key), lot_id=lot.pk, at=at, entropy=story.entropy())  # type: ignore[arg-type]  # an instant


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("seller", NotPermitted), ("staff", CentreCannotBuy), ("regulator", CentreCannotBuy), ("auditor", NotPermitted)],
)
def test_only_buyers_register(who: str, refusal: type[Refusal]) -> None:
    lot = story.opened_lot("buyer1")

    with pytest.raises(refusal):
        start(lot, who)


def test_a_bidder_of_the_sellers_own_organisation_cannot_buy() -> None:
    lot = story.opened_lot("buyer1")
    lot.project.seller_id = story.company("buyer1").pk
    lot.project.save()

    with pytest.raises(SellerCannotBuy):
        start(lot, "buyer1")


def test_time_decides_whether_registration_is_open_even_when_the_timekeeper_is_late() -> None:
    lot = story.opened_lot("buyer1")
    starts, ends = lot.registration_starts_at, lot.registration_ends_at
    assert starts is not None
    assert ends is not None

    with pytest.raises(RegistrationClosed):
        start(lot, "buyer1", at=starts - timedelta(milliseconds=1))
    with pytest.raises(RegistrationClosed):
        start(lot, "buyer1", at=ends)
    assert start(lot, "buyer1", at=ends - timedelta(milliseconds=1))
    lot.refresh_from_db()
    assert lot.state == LotState.REGISTERING


def test_the_end_of_the_registration_asks_for_a_checkpoint_once() -> None:
    lot = story.opened_lot("buyer1")
    assert lot.registration_ends_at is not None
    asked = OutboxMessage.objects.filter(topic="evidence.checkpoint", key__startswith=f"lot:{lot.pk}:")
    assert not asked.exists()

    for _ in range(2):
        auctions.advance_due(lot.registration_ends_at)

    assert asked.get().enqueued_at == lot.registration_ends_at


def test_a_need_beyond_the_offer_or_the_permit_is_refused() -> None:
    lot = story.opened_lot("buyer1", quantity=Decimal("5.000"))

    with pytest.raises(NeedOutOfRange):
        story.register(lot, "buyer1", need="5.001")
    with pytest.raises(Refusal) as refused:
        story.register(lot, "buyer1", need="4.000")  # its permit allows 3 t more
    assert "NEED" in refused.value.code or "PERMIT" in refused.value.code or "RIGHTS" in refused.value.code


def test_a_buyer_without_a_permit_is_not_eligible() -> None:
    lot = story.opened_lot("buyer1")

    with pytest.raises(Refusal):
        story.register(lot, "buyer2")

    assert deposits.deposit_of(lot.pk, story.company("buyer2").pk) is None


def test_nothing_is_submitted_without_the_statements() -> None:
    lot = story.opened_lot("buyer1")
    registration_id = start(lot, "buyer1")
    assert lot.registration_starts_at is not None

    with pytest.raises(StatementMissing):
        auctions.submit_registration(
            actor=actor("buyer1"),
            registration_id=registration_id,
            statements_confirmed=False,
            at=lot.registration_starts_at,
        )


def test_a_registration_is_its_buyers_alone() -> None:
    lot, registrations = story.registered_lot({"buyer1": "1.680"})
    assert lot.registration_starts_at is not None

    with pytest.raises(NotFound):
        queries.registration(actor("buyer2"), registrations["buyer1"])
    with pytest.raises(NotFound):
        queries.registration(actor("staff"), registrations["buyer1"])
    with pytest.raises(NotPermitted):
        auctions.withdraw_registration(
            actor=actor("buyer2"), registration_id=registrations["buyer1"], at=lot.registration_starts_at
        )


def test_a_buyer_withdraws_and_comes_back_before_the_end() -> None:
    story.bank("buyer1")
    lot, registrations = story.registered_lot({"buyer1": "1.680"})
    assert lot.registration_starts_at is not None
    at = lot.registration_starts_at + timedelta(days=1)
    story.pay_deposit(lot, "buyer1", at=at)

    auctions.withdraw_registration(actor=actor("buyer1"), registration_id=registrations["buyer1"], at=at)
    withdrawn = deposits.deposit_of(lot.pk, story.company("buyer1").pk)
    again = story.register(lot, "buyer1", at=at + timedelta(hours=1))

    fresh = deposits.deposit_of(lot.pk, story.company("buyer1").pk)
    assert withdrawn is not None
    assert fresh is not None
    assert withdrawn.state == "RELEASED"
    assert again == registrations["buyer1"]
    assert (fresh.covered, fresh.sub_account_no != withdrawn.sub_account_no) == (False, True)


def test_a_deposit_cannot_back_two_lots() -> None:
    story.bank("buyer1")
    first, _ = story.registered_lot({"buyer1": "1.680"})
    (second,) = story.publish(story.draft())
    story.register(second, "buyer1")
    assert first.registration_starts_at is not None

    story.pay_deposit(first, "buyer1", at=first.registration_starts_at + timedelta(days=1))

    covered = [deposits.deposit_of(lot.pk, story.company("buyer1").pk) for lot in (first, second)]
    assert [view.covered for view in covered if view] == [True, False]
    assert len({view.sub_account_no for view in covered if view}) == 2


def test_a_buyer_whose_deposit_is_missing_cannot_be_qualified_and_the_rule_refuses_it_at_the_limit() -> None:
    story.bank("buyer1", "buyer2")
    lot, registrations = story.registered_lot(TWO)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    assert lot.qualification_ends_at is not None
    story.pay_deposit(lot, "buyer1", at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(lot.registration_ends_at)

    with pytest.raises(DepositNotCovered):
        auctions.qualify_buyer(
            actor=actor("seller"),
            registration_id=registrations["buyer2"],
            at=lot.registration_ends_at,
        )
    assert auctions.advance_due(lot.qualification_ends_at - timedelta(seconds=1)) == 0
    auctions.advance_due(lot.qualification_ends_at)

    lot.refresh_from_db()
    decided = {row.organisation_id: row for row in Registration.objects.filter(lot=lot)}
    assert decided[story.company("buyer1").pk].state == "QUALIFIED"
    assert decided[story.company("buyer2").pk].state == "REFUSED"
    refused = decided[story.company("buyer2").pk]
    assert refused.decided_by_rule
    with override("zh-hans"):
        assert reason_text(refused.reason, by_rule=True) == "保证金4,000.00元尚未足额到账，不能确认该受让方资格。"
    with override("en"):
        assert "4,000.00 yuan has not arrived in full" in reason_text(refused.reason, by_rule=True)
    assert (lot.state, lot.method) == (LotState.METHOD_DECIDED, "NEGOTIATION")


def test_a_buyer_whose_bank_takes_the_deposit_back_after_qualification_does_not_come_into_the_room() -> None:
    story.bank("buyer1", "buyer2")
    lot, registrations = story.registered_lot(TWO)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    assert lot.qualification_ends_at is not None
    for key in TWO:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))
    at = lot.registration_ends_at + timedelta(minutes=5)
    auctions.advance_due(lot.registration_ends_at)
    auctions.qualify_buyer(actor=actor("seller"), registration_id=registrations["buyer2"], at=at)
    paid = BankEntry.objects.get(amount=Decimal("4000.00"))
    back = Line("4000.00", direction="DBIT", reversal=True, bank_ref=paid.bank_ref)
    file = statement(back, at=at, account="4405016601000000001", message="BACK")
    assert money.import_file(actor=actor("finance"), content=file, name="back.xml", at=at).tally.waiting == 0

    auctions.advance_due(lot.qualification_ends_at)

    lot.refresh_from_db()
    refused = Registration.objects.get(pk=registrations["buyer2"])
    assert (refused.state, refused.decided_by_rule) == ("REFUSED", True)
    with override("en"):
        assert "4,000.00 yuan has not arrived in full" in reason_text(refused.reason, by_rule=True)
    assert (lot.state, lot.method) == (LotState.METHOD_DECIDED, "NEGOTIATION")
    newest, *_ = inbox.rows(actor("buyer2"))
    assert "no longer qualify" in newest.subject_msgid


def test_of_two_related_buyers_only_the_first_takes_part() -> None:
    story.bank("buyer1", "buyer2")
    controller = story.company("buyer3").uscc
    for key in ("buyer1", "buyer2"):
        Organisation.objects.filter(pk=story.company(key).pk).update(controller_uscc=controller)
    lot, _ = story.registered_lot(TWO)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    assert lot.qualification_ends_at is not None
    for key in TWO:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))

    auctions.advance_due(lot.registration_ends_at)
    auctions.advance_due(lot.qualification_ends_at)

    states = list(Registration.objects.filter(lot=lot).order_by("submitted_at", "id").values_list("state", flat=True))
    assert states == ["QUALIFIED", "REFUSED"]


def test_the_log_names_no_buyer_before_the_result() -> None:
    lot = story.qualified_lot(TWO)

    entries = evidence.entries(f"lot:{lot.pk}")

    names = [f"@{story.company(key).pk}" for key in TWO] + [story.company(key).uscc for key in TWO]
    assert not [entry for entry in entries for name in names if name in entry.actor or name.encode() in entry.payload]
    row = Registration.objects.get(party=Party(lot.pk, story.company("buyer1").pk))
    assert any(blinded_ref(row.organisation_id, row.salt).encode() in entry.payload for entry in entries)


def test_before_the_result_nobody_sees_who_bids_under_which_number() -> None:
    lot = story.qualified_lot(TWO)

    for who in ("staff", "regulator", "auditor", "buyer3", "finance", "seller"):
        rows = queries.buyers_of(actor(who), lot)
        assert all(not (row.name and row.alias) for row in rows), who
    assert {row.name for row in queries.buyers_of(actor("seller"), lot)} == {story.company(key).name for key in TWO}
    assert all(row.alias and not row.name for row in queries.buyers_of(actor("regulator"), lot))


def test_nobody_sees_buyers_while_registration_runs() -> None:
    lot, _ = story.registered_lot({"buyer1": "1.680"})

    for who in ("staff", "seller", "regulator", "auditor", "buyer2"):
        assert queries.buyers_of(actor(who), lot) == []
        assert queries.buyer_count(actor(who), lot) is None
    assert Sight.DEPOSITS in queries.sight_of(actor("finance"), lot)


def test_aliases_of_a_lot_are_unique() -> None:
    lot = story.qualified_lot(TWO)
    aliases = set(Registration.objects.filter(lot=lot).values_list("alias", flat=True))

    assert len(aliases) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(lot=lot).update(alias="777")


def test_without_the_guard_two_timekeepers_would_both_open_registration() -> None:
    story.registry()
    (lot,) = story.publish(story.draft())
    stale = Lot.objects.get(pk=lot.pk)

    for copy in (lot, stale):
        copy.state = LotState.REGISTERING
        copy.save()
        append(
            stream=f"lot:{lot.pk}",
            type="RegistrationOpened",
            actor=system_actor("timekeeper"),
            payload={},
            decided_at=story.PUBLISHED,
        )

    opened = [entry for entry in evidence.entries(f"lot:{lot.pk}") if entry.type == "RegistrationOpened"]
    assert len(opened) == 2


def test_with_the_guard_the_second_timekeeper_is_told_that_the_lot_moved() -> None:
    story.registry()
    (lot,) = story.publish(story.draft())
    stale = Lot.objects.select_related("project").get(pk=lot.pk)
    keeper = system_actor("timekeeper")

    move_lot(lot, LotCommand.OPEN_REGISTRATION, actor=keeper, at=story.PUBLISHED)
    with pytest.raises(StateMoved):
        move_lot(stale, LotCommand.OPEN_REGISTRATION, actor=keeper, at=story.PUBLISHED)

    opened = [entry for entry in evidence.entries(f"lot:{lot.pk}") if entry.type == "RegistrationOpened"]
    assert len(opened) == 1
