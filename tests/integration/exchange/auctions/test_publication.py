"""From the draft to the published notice, and what may change it afterwards."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from commons.domain.codes import check_deal_code, parse_project_code
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.evidence import queries as evidence
from commons.inbox.models import InboxMessage
from commons.parameters.services import enter_value
from exchange.auctions import services as auctions
from exchange.auctions.domain.formats import FormatUnknown
from exchange.auctions.domain.terms import DepositShareTooHigh
from exchange.auctions.domain.timetable import OpensTooEarly, local_day
from exchange.auctions.models import Registration
from exchange.auctions.services import LotChange
from exchange.auctions.services.publication import NothingAmended, TooLateToAmend
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.notices.models import Notice
from exchange.notices.services import DecisionMissing, NumberedDecision
from exchange.permits import queries as permits
from exchange.projects import services as projects
from exchange.projects.domain.completeness import CheckIncomplete
from exchange.projects.domain.reoffers import NothingToOfferAgain, NotOfferedAgain
from exchange.projects.domain.states import LotState, ProjectState
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.projects.models import Lot, Project
from exchange.projects.policies import SecondPersonNeeded
from exchange.projects.services import StateMoved, move_lot
from exchange.projects.services.drafting import InstrumentTwice, NothingOffered
from exchange.rooms.models import Room
from tests.cast import actor, organisation
from tests.integration.exchange.auctions import story

pytestmark = pytest.mark.django_db


def test_publication_fixes_codes_times_rules_and_supply() -> None:
    story.registry()
    project_id = story.draft()

    (lot,) = story.publish(project_id)

    project = lot.project
    assert (project.state, lot.state) == (ProjectState.PUBLISHED, LotState.ANNOUNCED)
    assert parse_project_code(project.code).region == "440600"
    assert check_deal_code(project.deal_code).valid
    assert project.parameters["contract.working_days"]["value"] == "3"
    assert project.parameters["contract.working_days"]["source"]
    assert lot.registration_ends_at == datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    assert lot.profile["start_price"] == "20000.00"
    (holding,) = [
        row for row in permits.holdings_of(actor("seller"), organisation("ecology").pk) if row.instrument == "NH3-N"
    ]
    assert (holding.free, holding.frozen) == (Decimal("58.320"), Decimal("1.680"))


def test_two_projects_of_a_day_get_different_codes() -> None:
    story.registry()

    codes = {lot.project.code for _ in range(2) for lot in story.publish(story.draft())}

    assert len(codes) == 2


def test_the_person_who_checked_cannot_publish() -> None:
    story.registry()
    project_id = story.draft()
    projects.pass_check(actor=actor("staff"), project_id=project_id, found=story.FOUND, at=story.PUBLISHED)

    with pytest.raises(SecondPersonNeeded):
        auctions.publish_project(actor=actor("staff"), project_id=project_id, at=story.PUBLISHED)


def test_nothing_is_published_unchecked_or_by_its_seller() -> None:
    story.registry()
    project_id = story.draft()

    with pytest.raises(NotAllowedNow):
        auctions.publish_project(actor=actor("staff2"), project_id=project_id, at=story.PUBLISHED)
    with pytest.raises(NotPermitted):
        auctions.publish_project(actor=actor("seller"), project_id=project_id, at=story.PUBLISHED)


def test_a_check_with_a_missing_item_returns_the_project_with_its_reasons() -> None:
    project_id = story.draft()
    found = {**story.FOUND, "DOCUMENT": False}

    with pytest.raises(CheckIncomplete):
        projects.pass_check(actor=actor("staff"), project_id=project_id, found=found, at=story.PUBLISHED)
    projects.return_project(
        actor=actor("staff"), project_id=project_id, found=found, reason="缺少出让决定文件", at=story.PUBLISHED
    )

    project = Project.objects.get(pk=project_id)
    assert project.state == ProjectState.RETURNED
    projects.submit_project(actor=actor("seller"), project_id=project_id, at=story.PUBLISHED)


def test_bidding_cannot_start_before_the_rules_leave_time_and_nothing_is_kept_of_the_attempt() -> None:
    story.registry()
    project_id = story.draft(story.terms(opens_at=story.PUBLISHED + timedelta(days=6)))

    with pytest.raises(OpensTooEarly):
        story.publish(project_id)

    assert Project.objects.get(pk=project_id).code == ""
    assert Notice.objects.count() == 0


def test_rules_that_ask_for_a_larger_deposit_than_they_allow_are_not_published() -> None:
    story.registry()
    enter_value(
        actor=actor("staff"), key="deposit.share", value="0.4", source="x", mark="D", reason="试点提高保证金",
        valid_from=local_day(story.PUBLISHED), trade_type="EMISSION_RIGHTS", region=story.REGION, at=story.DRAFTED,
    )  # fmt: skip

    with pytest.raises(DepositShareTooHigh):
        story.publish(story.draft())

    assert Notice.objects.count() == 0


def test_a_method_decided_late_leaves_the_time_to_make_ready_before_the_room_opens() -> None:
    needs = {"buyer1": "1.680", "buyer2": "1.680"}
    story.bank(*needs)
    lot, _ = story.registered_lot(needs)
    assert lot.registration_starts_at is not None
    for key in needs:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))

    auctions.advance_due(story.OPENS - timedelta(minutes=1))
    auctions.advance_due(story.OPENS - timedelta(minutes=1))

    lot.refresh_from_db()
    assert lot.room_id is not None
    assert lot.opens_at == story.OPENS + timedelta(minutes=4)
    assert Room.objects.get(pk=lot.room_id).opens_at == lot.opens_at


def test_each_pollutant_is_one_lot_and_a_project_has_at_least_one() -> None:
    seller = actor("seller")
    project_id = story.draft()
    projects.return_project(
        actor=actor("staff"), project_id=project_id, found={}, reason="请补正材料", at=story.PUBLISHED
    )

    with pytest.raises(InstrumentTwice):
        projects.add_lot(actor=seller, project_id=project_id, terms=story.terms(), at=story.DRAFTED)
    projects.remove_lot(actor=seller, lot_id=Lot.objects.get(project_id=project_id).pk, at=story.DRAFTED)
    with pytest.raises(NothingOffered):
        projects.submit_project(actor=seller, project_id=project_id, at=story.DRAFTED)


def test_a_draft_saved_twice_from_the_same_page_is_refused_the_second_time() -> None:
    seller = actor("seller")
    project_id = story.draft()
    projects.return_project(
        actor=actor("staff"), project_id=project_id, found={}, reason="请补正材料", at=story.PUBLISHED
    )
    version = Project.objects.get(pk=project_id).version
    facts = projects.ProjectFacts(title="新标题", region="440600")

    projects.change_project(actor=seller, project_id=project_id, facts=facts, version=version, at=story.DRAFTED)

    with pytest.raises(StateMoved):
        projects.change_project(actor=seller, project_id=project_id, facts=facts, version=version, at=story.DRAFTED)


def test_an_amendment_is_a_new_version_and_starts_the_clocks_again() -> None:
    lot = story.opened_lot("buyer1")
    at = story.PUBLISHED + timedelta(days=3)
    later = story.OPENS + timedelta(days=7)
    before = lot.registration_ends_at

    auctions.amend_notice(
        actor=actor("staff"),
        project_id=lot.project_id,
        changes={1: LotChange(step=Decimal("200.00"), opens_at=later)},
        reason="调整加价幅度",
        decision=NumberedDecision("佛山市生态环境局", "佛环函〔2026〕6号", None),
        at=at,
    )

    lot.refresh_from_db()
    assert (lot.state, lot.step, lot.opens_at) == (LotState.ANNOUNCED, Decimal("200.00"), later)
    assert before is not None
    assert lot.registration_ends_at is not None
    assert lot.registration_ends_at > before
    assert lot.profile["step"] == "200.00"
    first, second = Notice.objects.filter(project_id=lot.project_id).order_by("version")
    assert (second.version, second.supersedes_id, second.kind) == (2, first.pk, "AMENDMENT")
    assert first.body["lots"][0]["step"] == "100.00"


def test_an_amendment_needs_a_decision_a_change_and_an_open_registration() -> None:
    lot = story.opened_lot("buyer1")
    numbered = NumberedDecision("佛山市生态环境局", "佛环函〔2026〕6号", None)
    change = {1: LotChange(opens_at=story.OPENS + timedelta(days=30))}
    common: dict[str, Any] = {"actor": actor("staff"), "project_id": lot.project_id, "reason": "调整竞价时间"}
    assert lot.registration_ends_at is not None

    with pytest.raises(DecisionMissing):
        auctions.amend_notice(**common, changes=change, decision=NumberedDecision("", "", None), at=story.PUBLISHED)
    with pytest.raises(NothingAmended):
        auctions.amend_notice(**common, changes={1: LotChange()}, decision=numbered, at=story.PUBLISHED)
    with pytest.raises(TooLateToAmend):
        auctions.amend_notice(**common, changes=change, decision=numbered, at=lot.registration_ends_at)


def test_a_suspension_carries_its_decision_and_moves_what_lies_ahead() -> None:
    lot = story.opened_lot("buyer1")
    at = story.PUBLISHED + timedelta(days=3)
    ends, opens = lot.registration_ends_at, lot.opens_at
    assert ends is not None

    with pytest.raises(DecisionMissing):
        auctions.suspend_lot(
            actor=actor("staff"), lot_id=lot.pk, decision=NumberedDecision("局", "1号", None), reason="投诉处理", at=at
        )
    auctions.suspend_lot(
        actor=actor("staff"),
        lot_id=lot.pk,
        decision=story.decision("佛环函〔2026〕7号", at),
        reason="投诉处理期间",
        at=at,
    )
    assert auctions.advance_due(ends + timedelta(days=1)) == 0
    auctions.resume_lot(
        actor=actor("staff"),
        lot_id=lot.pk,
        decision=story.decision("佛环函〔2026〕8号", at),
        reason="投诉已处理完毕",
        at=at + timedelta(days=2),
    )

    lot.refresh_from_db()
    assert (lot.state, lot.registration_ends_at, lot.opens_at) == (
        LotState.REGISTERING,
        ends + timedelta(days=2),
        opens + timedelta(days=2),
    )


def test_a_terminated_lot_gives_its_supply_back() -> None:
    lot = story.opened_lot("buyer1")
    at = story.PUBLISHED + timedelta(days=3)

    auctions.terminate_lot(
        actor=actor("staff"),
        lot_id=lot.pk,
        decision=story.decision("佛环函〔2026〕9号", at),
        reason="出让计划取消",
        at=at,
    )

    lot.refresh_from_db()
    (holding,) = [
        row for row in permits.holdings_of(actor("seller"), organisation("ecology").pk) if row.instrument == "NH3-N"
    ]
    assert lot.state == LotState.TERMINATED
    assert holding.frozen == 0


def test_the_timekeeper_may_call_twice_and_late() -> None:
    story.registry()
    (lot,) = story.publish(story.draft())
    assert lot.registration_starts_at is not None

    first = auctions.advance_due(lot.registration_starts_at)
    second = auctions.advance_due(lot.registration_starts_at)

    assert (first, second) == (1, 0)


def test_published_notices_cannot_be_edited_and_stand_in_the_log() -> None:
    story.registry()
    (lot,) = story.publish(story.draft())
    notice = Notice.objects.get(project_id=lot.project_id)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(reason="later thoughts")

    hashes = {entry.hash.hex() for entry in evidence.entries(f"project:{lot.project_id}")}
    assert notice.evidence_hash in hashes


@pytest.mark.parametrize("values", [{"state": "SOLD"}, {"quantity": 0}, {"step": -1}, {"method": "LOTTERY"}])
def test_the_database_repeats_the_rules_of_a_lot(values: dict[str, object]) -> None:
    project_id = story.draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.filter(project_id=project_id).update(**values)


def test_what_failed_is_offered_again_in_a_new_round_that_names_the_first() -> None:
    story.bank()
    lot = story.opened_lot()
    assert lot.registration_ends_at is not None
    for _ in range(2):
        auctions.advance_due(lot.registration_ends_at)

    again = projects.draft_project(
        actor=actor("seller"),
        trade_type=TradeType.EMISSION_RIGHTS,
        facts=projects.ProjectFacts(title="第二次出让", region="440600"),
        predecessor_id=lot.project_id,
        at=lot.registration_ends_at,
    )

    project = Project.objects.get(pk=again)
    assert (project.round, project.predecessor_id) == (2, lot.project_id)
    assert Project.objects.get(pk=lot.project_id).state == ProjectState.CLOSED
    opens_at = lot.opens_at + timedelta(days=60)
    added = projects.add_lot(
        actor=actor("seller"), project_id=again, terms=story.terms(opens_at=opens_at), at=lot.registration_ends_at
    )
    assert Lot.objects.get(pk=added).predecessor_id == lot.pk
    other = story.terms(opens_at=opens_at, instrument=Instrument.COD)
    for act in (
        lambda: projects.add_lot(actor=actor("seller"), project_id=again, terms=other, at=story.OPENS),
        lambda: projects.change_lot(actor=actor("seller"), lot_id=added, terms=other, at=story.OPENS),
    ):
        with pytest.raises(NotOfferedAgain):
            act()


def test_what_neither_failed_nor_was_left_over_is_not_offered_again() -> None:
    lot = story.opened_lot()
    asked: dict[str, Any] = {
        "actor": actor("seller"),
        "trade_type": TradeType.EMISSION_RIGHTS,
        "facts": projects.ProjectFacts(title="第二次出让", region="440600"),
        "predecessor_id": lot.project_id,
        "at": story.OPENS,
    }

    def deal(quantity: str) -> None:
        Deal.objects.filter(lot=lot).delete()
        Deal.objects.create(
            lot=lot, buyer=organisation("jinma"), alias="123", origin="ROOM", quantity=Decimal(quantity),
            price=Decimal(20000), amount=Decimal(1), hammered_at=story.OPENS,
        )  # fmt: skip

    for state, sold in ((LotState.REGISTERING, None), (LotState.METHOD_DECIDED, None), (LotState.CLOSED, "1.680")):
        Lot.objects.filter(pk=lot.pk).update(state=state.value)
        if sold:
            deal(sold)
        with pytest.raises(NothingToOfferAgain):
            projects.draft_project(**asked)
    deal("1.000")
    assert projects.draft_project(**asked)


def test_one_lot_that_cannot_move_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    story.registry()
    stuck, free = story.publish(story.draft())[0], story.publish(story.draft())[0]
    assert stuck.registration_starts_at is not None
    real = move_lot

    def fail_for_one(lot: Lot, *args: Any, **options: Any) -> object:
        if lot.pk == stuck.pk:
            raise RuntimeError("no font, no disk, no luck")
        return real(lot, *args, **options)

    monkeypatch.setattr("exchange.auctions.services.advancing.move_lot", fail_for_one)
    moved = auctions.advance_due(stuck.registration_starts_at)

    states = [Lot.objects.get(pk=lot.pk).state for lot in (stuck, free)]
    assert (moved, states) == (1, [LotState.ANNOUNCED, LotState.REGISTERING])


def test_what_was_taken_off_a_draft_does_not_become_public_with_it(client: Client) -> None:
    story.registry()
    project_id = story.draft()
    projects.return_project(
        actor=actor("staff"), project_id=project_id, found={}, reason="附件有误，请更换", at=story.DRAFTED
    )
    wrong, right = (story.document("seller", f"project:{project_id}", story.DRAFTED) for _ in range(2))
    for document_id in (wrong, right):
        attachment_id = projects.attach(
            actor=actor("seller"), project_id=project_id, document_id=document_id, title="…", at=story.DRAFTED
        )
        if document_id == wrong:
            projects.detach(actor=actor("seller"), attachment_id=attachment_id, at=story.DRAFTED)
    projects.submit_project(actor=actor("seller"), project_id=project_id, at=story.DRAFTED)

    story.publish(project_id)

    assert client.get(f"/documents/{right}/").status_code == 200
    assert client.get(f"/documents/{wrong}/").status_code == 302


def test_an_amended_start_price_keeps_the_deposits_that_came_and_asks_for_what_is_missing() -> None:
    story.bank("buyer1")
    lot, registrations = story.registered_lot({"buyer1": "1.680"})
    at = story.PUBLISHED + timedelta(days=3)
    story.pay_deposit(lot, "buyer1", at=at)

    auctions.amend_notice(
        actor=actor("staff"),
        project_id=lot.project_id,
        changes={1: LotChange(start_price=Decimal("25000.00"), opens_at=story.OPENS + timedelta(days=7))},
        reason="调整起始价",
        decision=NumberedDecision("佛山市生态环境局", "佛环函〔2026〕6号", None),
        at=at + timedelta(hours=1),
    )

    deposit = deposits.deposit_of(lot.pk, story.company("buyer1").pk)
    assert deposit is not None
    assert (deposit.amount, deposit.received, deposit.covered) == (Decimal("8400.00"), Decimal("6720.00"), False)
    assert Registration.objects.get(pk=registrations["buyer1"]).deposit_amount == Decimal("8400.00")
    assert any("Pay what is missing" in row.subject_msgid for row in InboxMessage.objects.all())


def test_minutes_that_only_demonstrate_a_room_are_no_format_of_a_real_notice(settings: Any) -> None:
    story.registry("buyer1")
    project_id = story.draft(story.terms(profile="FOSHAN_DEMO"))
    settings.PRODUCTION = True

    with pytest.raises(FormatUnknown):
        story.publish(project_id)
