"""A need from its draft to its last round: case, chain, audit, amendment, failure, suspension."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from commons.domain.actor import system_actor
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.inbox.models import InboxMessage
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import Case, CaseState
from commons.outbox.models import OutboxMessage
from commons.outbox.services import deliver_due
from commons.people.models import Organisation
from exchange.notices.services import NumberedDecision
from marketplace.entry.models import AgencyItem
from marketplace.procurement import queries, services
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedIncomplete
from marketplace.procurement.domain.scope import OutsideScope
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement, ProcurementNotice
from marketplace.procurement.policies import AuditedByYourself, can_select
from marketplace.procurement.services.amending import AmendmentChangesNeed
from marketplace.procurement.services.drafting import CaseOfAnother, CaseTaken
from marketplace.procurement.services.reviewing import DirectTooDear, MethodStays, NamedNotEligible, NotYourTurn
from marketplace.signups import queries as signup_queries
from marketplace.signups import services as signups
from marketplace.signups.domain.signups import SignUpState, SubscriptionFacts
from marketplace.signups.models import SignUp
from tests import cast
from tests.integration.marketplace import story
from tests.integration.marketplace.story import AT
from tests.integration.marketplace.test_entry import a_document

pytestmark = pytest.mark.django_db
OWNER, STAFF = "owner1", "staff"


@pytest.fixture
def item():
    made = story.item()
    story.owner()
    return made


def state(number):
    return queries.procurement(number).state


def draft(item, **changes):
    return services.start_draft(actor=cast.actor(OWNER), need=story.need(item, **changes), at=AT)


def test_a_case_becomes_a_draft_once_and_its_withdrawal_ends_the_need(item):
    city = system_actor("intake")
    for number, code in (("C-1", cast.uscc("water")), ("C-2", cast.uscc("jinma"))):
        case = Case(number, "建设工程规划许可证核发", "…", code)
        intake.receive_case(actor=city, case=case, at=AT)

    made = services.draft_from_case(actor=cast.actor(OWNER), case_number="C-1", at=AT)
    with pytest.raises(CaseTaken):
        services.draft_from_case(actor=cast.actor(OWNER), case_number="C-1", at=AT)
    with pytest.raises(CaseOfAnother):
        services.draft_from_case(actor=cast.actor(OWNER), case_number="C-2", at=AT)

    found = cases.case("C-1")
    assert found is not None
    assert (found.state, queries.procurement(made).need.item_id) == (CaseState.IN_PROGRESS, item)
    intake.cancel_case(actor=city, number="C-1", at=AT)
    assert services.follow_cases(AT) == 1
    assert services.follow_cases(AT) == 0
    assert state(made) is ProcurementState.VOID


def test_a_case_whose_need_is_given_up_goes_back_and_its_clock_runs_on(item):
    city, code = system_actor("intake"), cast.uscc("water")
    intake.receive_case(actor=city, case=Case("C-3", "建设工程规划许可证核发", "…", code), at=AT)
    made = services.draft_from_case(actor=cast.actor(OWNER), case_number="C-3", at=AT)

    services.void(actor=cast.actor(OWNER), procurement_id=made, reason="项目取消", at=AT)

    found = cases.case("C-3")
    assert found is not None
    assert found.state is CaseState.CONCLUDED
    told = OutboxMessage.objects.get(topic="intake.result", key="C-3").payload
    assert (told["agency"], told["result"]) == ("", "采购需求已废置，未产生中介服务成果")


def test_a_number_that_was_only_typed_ends_nobody_s_case(item):
    city, other = system_actor("intake"), cast.uscc("chengjian")
    intake.receive_case(actor=city, case=Case("C-4", "建设工程规划许可证核发", "…", other), at=AT)
    intake.take_case(actor=city, number="C-4", at=AT)
    for number in ("C-4", "no case of the intake"):
        made = services.start_draft(actor=cast.actor(OWNER), need=story.need(item, case_number=number), at=AT)
        services.void(actor=cast.actor(OWNER), procurement_id=made, reason="项目取消", at=AT)

    found = cases.case("C-4")
    assert found is not None
    assert found.state is CaseState.IN_PROGRESS


def test_last_year_s_notice_is_copied_without_its_case_and_urgency(item):
    old = story.published(item, urgent=True, urgent_reason="汛期", case_number="C-9")

    made = services.draft_from_notice(actor=cast.actor(OWNER), procurement_id=old, at=AT)
    need = queries.procurement(made).need

    assert (need.title, need.urgent, need.case_number) == (queries.procurement(old).need.title, False, "")


def test_the_owner_s_chain_decides_in_order_and_a_rejection_goes_back(item):
    owner1, owner2 = cast.actor(OWNER), cast.actor("owner2")
    steps = [("科室负责人", cast.person("owner2").pk), ("分管领导", cast.person(OWNER).pk)]
    services.set_chain(actor=owner1, steps=steps, at=AT)
    made = draft(item)

    assert services.submit(actor=owner1, procurement_id=made, at=AT) is ProcurementState.OWNER_REVIEW
    with pytest.raises(NotYourTurn):
        services.decide_step(actor=owner1, procurement_id=made, approved=True, reason="", at=AT)
    services.decide_step(actor=owner2, procurement_id=made, approved=False, reason="预算未批", at=AT)
    assert state(made) is ProcurementState.DRAFT

    services.submit(actor=owner1, procurement_id=made, at=AT)
    assert [row.pk for row in queries.to_approve(owner2)] == [made]
    assert not queries.to_approve(owner1)
    services.decide_step(actor=owner2, procurement_id=made, approved=True, reason="", at=AT)
    services.decide_step(actor=owner1, procurement_id=made, approved=True, reason="", at=AT)
    assert state(made) is ProcurementState.AUDITING


def test_what_the_rules_bar_is_not_handed_in(item):
    for changes, refusal in (
        ({"fund": FundSource.FISCAL, "ceiling_price": Decimal(1_000_000)}, OutsideScope),
        ({"content": ""}, NeedIncomplete),
    ):
        with pytest.raises(refusal):
            services.submit(actor=cast.actor(OWNER), procurement_id=draft(item, **changes), at=AT)
    named = story.agency("agency1", item)
    dear = draft(item, method=Method.DIRECT, named_agency_id=named, direct_reason="原测绘单位")
    with pytest.raises(DirectTooDear):
        services.submit(actor=cast.actor(OWNER), procurement_id=dear, at=AT)


def test_only_an_agency_that_could_sign_up_is_named_directly(item):
    named = story.agency("agency1", item)
    cheap: dict[str, Any] = {"method": Method.DIRECT, "direct_reason": "原测绘单位", "ceiling_price": Decimal(50_000)}
    made = draft(item, named_agency_id=named, floor_price=None, **cheap)
    need = queries.procurement(made).need
    assert [number for number, _ in queries.nameable(need, at=AT)] == [named]

    AgencyItem.objects.filter(agency_id=named).delete()
    assert queries.nameable(need, at=AT) == []
    with pytest.raises(NamedNotEligible):
        services.submit(actor=cast.actor(OWNER), procurement_id=made, at=AT)
    AgencyItem.objects.create(agency_id=named, item_id=item)
    owner, agency = (cast.actor(name).organisation_id or 0 for name in (OWNER, "agency1"))
    Organisation.objects.filter(pk__in=[owner, agency]).update(legal_representative="同一人")
    with pytest.raises(NamedNotEligible):
        services.submit(actor=cast.actor(OWNER), procurement_id=made, at=AT)
    Organisation.objects.filter(pk=agency).update(legal_representative="另一人")
    assert services.submit(actor=cast.actor(OWNER), procurement_id=made, at=AT) is ProcurementState.AUDITING


def test_who_audits_does_not_select_and_the_owner_audits_nothing(item):
    made = draft(item)
    services.submit(actor=cast.actor(OWNER), procurement_id=made, at=AT)
    with pytest.raises(NotPermitted):
        services.publish(actor=cast.actor(OWNER), procurement_id=made, at=AT)
    services.publish(actor=cast.actor(STAFF), procurement_id=made, at=AT)
    audited_by = queries.procurement(made).audited_by

    with pytest.raises(AuditedByYourself):
        can_select(cast.actor(STAFF), audited_by=audited_by).require()
    assert can_select(cast.actor("staff2"), audited_by=audited_by)


def test_split_needs_are_flagged_and_not_refused(item):
    half: dict[str, Any] = {"fund": FundSource.FISCAL, "ceiling_price": Decimal(600_000), "floor_price": None}
    story.published(item, **half)
    second = story.published(item, at=AT + timedelta(days=30), **half)

    alert = Procurement.objects.get(pk=second).split_alert
    assert alert is not None
    assert (alert["total"], len(alert["earlier"])) == ("1200000.00", 1)


def test_an_amendment_begins_the_time_anew_and_earlier_sign_ups_count_no_more(item):
    story.agency("agency1", item)
    story.agency("agency2", item)
    made = story.published(item)
    before = queries.procurement(made)
    for key in ("agency1", "agency2"):
        story.sign(key, made)
    later = AT + timedelta(days=2)
    amended = replace(before.need, ceiling_price=Decimal("180000.00"), sign_up_days=5)

    change = replace(amended, method=Method.LOTTERY)
    with pytest.raises(AmendmentChangesNeed):
        services.propose_amendment(actor=cast.actor(OWNER), procurement_id=made, need=change, reason="…", at=later)
    services.propose_amendment(
        actor=cast.actor(OWNER), procurement_id=made, need=amended, reason="工作量减少", at=later
    )
    assert signup_queries.counted(made) == 2
    services.publish_amendment(actor=cast.actor("staff2"), procurement_id=made, at=later)

    found = queries.procurement(made)
    assert (found.version, found.need.ceiling_price, found.audited_by) == (
        2,
        Decimal("180000.00"),
        cast.actor("staff2").ref,
    )
    assert found.sign_up_until is not None
    assert before.sign_up_until is not None
    assert found.sign_up_until > before.sign_up_until
    assert signup_queries.counted(made) == 0
    story.sign("agency1", made, at=later, quote="170000.00")
    assert signup_queries.counted(made) == 1
    signups.close_signups(procurement_id=made, at=found.sign_up_until)
    states = dict(SignUp.objects.order_by("pk").values_list("pk", "state"))
    assert list(states.values()) == [SignUpState.OUTDATED, SignUpState.OUTDATED, SignUpState.ACTIVE]


def until_of(number: int) -> datetime:
    """Until when sign-ups are taken."""
    until = queries.procurement(number).sign_up_until
    assert until is not None
    return until


def fail(number):
    until = until_of(number)
    assert not signups.close_signups(procurement_id=number, at=until)
    return until


def test_another_round_passes_the_owner_s_chain_and_the_rules_again(item):
    owner1, owner2, made = cast.actor(OWNER), cast.actor("owner2"), story.published(item)
    at = fail(made)
    services.set_chain(actor=owner1, steps=[("科室负责人", cast.person("owner2").pk)], at=at)
    announced = queries.procurement(made).need
    other = replace(announced, method=Method.LOTTERY)

    assert services.reannounce(actor=owner1, procurement_id=made, at=at) == 2
    assert state(made) is ProcurementState.OWNER_REVIEW
    services.decide_step(actor=owner2, procurement_id=made, approved=False, reason="换一种方式", at=at)
    services.save_draft(actor=owner1, procurement_id=made, need=other, at=at)
    with pytest.raises(MethodStays):  # sent back, it is still the second round
        services.submit(actor=owner1, procurement_id=made, at=at)
    services.save_draft(actor=owner1, procurement_id=made, need=announced, at=at)
    assert services.submit(actor=owner1, procurement_id=made, at=at) is ProcurementState.OWNER_REVIEW
    services.decide_step(actor=owner2, procurement_id=made, approved=True, reason="", at=at)
    services.publish(actor=cast.actor(STAFF), procurement_id=made, at=at)

    assert (queries.procurement(made).round, state(made)) == (2, ProcurementState.SIGNING_UP)


def test_another_round_is_not_handed_in_against_the_rules(item):
    made = story.published(item)
    at = fail(made)
    dear = replace(queries.procurement(made).need, fund=FundSource.FISCAL, ceiling_price=Decimal(1_000_000))

    with pytest.raises(OutsideScope):
        services.reannounce(actor=cast.actor(OWNER), procurement_id=made, need=dear, at=at)
    assert state(made) is ProcurementState.FAILED


def test_a_failed_round_is_announced_again_and_the_method_changes_after_two(item):
    made = story.published(item)
    at = fail(made)
    other = replace(queries.procurement(made).need, method=Method.LOTTERY)

    with pytest.raises(MethodStays):
        services.reannounce(actor=cast.actor(OWNER), procurement_id=made, need=other, at=at)
    assert services.reannounce(actor=cast.actor(OWNER), procurement_id=made, at=at) == 2
    services.publish(actor=cast.actor(STAFF), procurement_id=made, at=at)
    at = fail(made)
    assert services.reannounce(actor=cast.actor(OWNER), procurement_id=made, need=other, at=at) == 3
    services.publish(actor=cast.actor(STAFF), procurement_id=made, at=at)

    found = queries.procurement(made)
    assert (found.round, found.failed_rounds, found.version, found.need.method) == (3, 2, 3, Method.LOTTERY)
    kinds = list(ProcurementNotice.objects.filter(procurement_id=made).values_list("kind", flat=True))
    assert kinds == ["NEED", "FAILURE", "NEED", "FAILURE", "NEED"]


def test_a_failed_need_that_nobody_announces_again_expires(item):
    made = story.published(item)
    at = fail(made)

    assert services.advance_due(at + timedelta(days=29)) == 0
    assert services.advance_due(at + timedelta(days=31)) == 1
    assert state(made) is ProcurementState.EXPIRED


def test_a_suspended_round_gets_its_time_back(item):
    made = story.published(item)
    before = until_of(made)
    paper = NumberedDecision("市政务和数据局", "佛数监〔2026〕3号", a_document())
    stop, on = AT + timedelta(days=1), AT + timedelta(days=11)
    services.suspend(actor=cast.actor("warden"), procurement_id=made, decision=paper, reason="投诉", at=stop)

    assert signups.advance_due(before + timedelta(days=1)) == 0
    with pytest.raises(NotAllowedNow):
        signups.close_signups(procurement_id=made, at=before)
    services.resume(actor=cast.actor("warden"), procurement_id=made, decision=paper, reason="驳回投诉", at=on)

    found = queries.procurement(made)
    assert (found.state, found.sign_up_until) == (ProcurementState.SIGNING_UP, before + timedelta(days=10))


def test_an_urgent_need_is_shorter_and_says_why(item):
    ordinary, urgent = story.published(item), story.published(item, urgent=True, urgent_reason="汛期抢测")

    assert until_of(urgent) == until_of(ordinary) - timedelta(days=2)
    with pytest.raises(NeedIncomplete):
        services.submit(actor=cast.actor(OWNER), procurement_id=draft(item, urgent=True), at=AT)


def test_subscribers_who_may_sign_up_are_told_once(item):
    story.agency("agency1", item)
    story.agency("agency2", item, licence_until=AT.date() - timedelta(days=1))
    for key in ("agency1", "agency2"):
        signups.subscribe(actor=cast.actor(key), facts=SubscriptionFacts(item, "440600"), at=AT)
    before = InboxMessage.objects.count()

    made = story.published(item)
    deliver_due(AT + timedelta(minutes=1))
    signups.tell_subscribers(made, 1, at=AT)

    assert InboxMessage.objects.count() == before + 1
