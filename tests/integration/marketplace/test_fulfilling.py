"""From the intake case to both ratings; a refusal, a complaint that suspends, and what it costs."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import Case, CaseState
from commons.vault import services as vault
from exchange.notices.services import DecisionMissing, NumberedDecision
from marketplace.credit import queries as credit
from marketplace.credit import services as crediting
from marketplace.credit.domain.listing import HearingFirst, ListColour
from marketplace.credit.domain.ratings import RatedAlready, Side
from marketplace.credit.models import Listing, Rating
from marketplace.credit.services.writing import LetterIssuedAlready
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import NotEligible
from marketplace.entry.models import Entrant
from marketplace.fulfilment import queries, services
from marketplace.fulfilment.domain.refusals import (
    EngagementSuspended,
    MilestonesOpen,
    NoticeObjectionTooLate,
    ObjectionTooLate,
    OwnProposal,
    PaymentTooMuch,
    RefusalTooLate,
)
from marketplace.fulfilment.domain.states import EngagementState, ProposalKind
from marketplace.fulfilment.models import Engagement, Grievance
from marketplace.fulfilment.services import MilestonePlan
from marketplace.fulfilment.services.grieving import Ruling
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procurement_services
from marketplace.procurement.domain.states import ProcurementState
from marketplace.selection import queries as selections
from marketplace.signups.domain.signups import SignUpClosed
from tests import cast
from tests.integration.exchange.auctions.story import PDF
from tests.integration.marketplace import selecting, story

pytestmark = pytest.mark.django_db
PLAN = (
    MilestonePlan("初稿", Decimal(40), date(2026, 12, 20)),
    MilestonePlan("终稿", Decimal(60), date(2027, 1, 20)),
)
ENDS = date(2027, 1, 31)
STARS = {"QUALITY": 5, "TIME": 4, "ATTITUDE": 5, "CHARGES": 5}


def decision(number="佛数监〔2026〕7号"):
    regulator = cast.actor("regulator")
    stored = vault.store(
        actor=regulator, stream=BytesIO(PDF), name="d.pdf", media_type="application/pdf", at=story.AT, subject="x"
    )
    return NumberedDecision("佛山市政务服务和数据管理局", number, stored.id)


def ruling(number="佛数监〔2026〕7号"):
    return Ruling(decision(number), "经审查，依法作出如下处理决定。")


def won(*quotes, **changes):
    """A published result; the lowest quote is that of agency2."""
    item_id, agencies = selecting.market(len(quotes) or 3)
    need = story.published(item_id, **changes)
    selecting.signed_up(need, agencies, *(quotes or ("150000", "120000", "130000")))
    found, at = selecting.decided(need)
    return selecting.published(found.id, at), agencies, at


def contracted(engagement_id, agencies, at):
    services.register_contract(
        actor=cast.actor("owner1"), engagement_id=engagement_id, number="HT-1", ends_on=ENDS, milestones=PLAN, at=at
    )
    services.confirm_contract(actor=agencies[1], engagement_id=engagement_id, at=at)
    services.put_on_record(actor=cast.actor("owner1"), engagement_id=engagement_id, disclosed=True, at=at)


def finished(engagement_id, agencies, at):
    contracted(engagement_id, agencies, at)
    for place in (1, 2):
        services.deliver(
            actor=agencies[1], engagement_id=engagement_id, place=place, document_id=None, words="成果", at=at
        )
        services.accept_milestone(actor=cast.actor("owner1"), engagement_id=engagement_id, place=place, at=at)
    services.accept_service(actor=cast.actor("owner1"), engagement_id=engagement_id, words="合格", at=at)


def test_a_case_of_the_intake_comes_back_with_agency_and_result_after_the_service():
    case = Case("SL-1", "M-001", "佛山市城区水务工程建设中心", cast.uscc("water"))
    intake.receive_case(actor=selecting.CLERK, case=case, at=story.AT)
    intake.take_case(actor=selecting.CLERK, number="SL-1", at=story.AT)
    engagement_id, agencies, at = won(case_number="SL-1")
    owner, agency = cast.actor("owner1"), agencies[1]

    contracted(engagement_id, agencies, at)
    services.deliver(actor=agency, engagement_id=engagement_id, place=1, document_id=None, words="初稿", at=at)
    services.return_milestone(
        actor=owner, engagement_id=engagement_id, place=1, words="缺少控制点成果表，请补充。", at=at
    )
    with pytest.raises(NotAllowedNow):
        services.accept_milestone(actor=owner, engagement_id=engagement_id, place=1, at=at)
    with pytest.raises(MilestonesOpen):
        services.accept_service(actor=owner, engagement_id=engagement_id, words="", at=at)
    for place in (1, 2):
        services.deliver(actor=agency, engagement_id=engagement_id, place=place, document_id=None, words="", at=at)
        services.accept_milestone(actor=owner, engagement_id=engagement_id, place=place, at=at)
    payment = services.record_payment(
        actor=owner, engagement_id=engagement_id, amount=Decimal(48000), paid_on=date(2026, 12, 1), voucher="P1", at=at
    )
    services.confirm_payment(actor=agency, engagement_id=engagement_id, payment_id=payment, at=at)
    with pytest.raises(PaymentTooMuch):
        services.record_payment(
            actor=owner, engagement_id=engagement_id, amount=Decimal("72000.01"), paid_on=ENDS, voucher="P2", at=at
        )
    services.accept_service(actor=owner, engagement_id=engagement_id, words="合格", at=at)

    found = cases.case("SL-1")
    assert found is not None
    assert found.state is CaseState.CONCLUDED
    crediting.rate(actor=owner, engagement_id=engagement_id, side=Side.OWNER, stars=STARS, at=at)
    crediting.rate(
        actor=agency, engagement_id=engagement_id, side=Side.AGENCY,
        stars={"COOPERATION": 5, "PAYMENT": 4, "CLARITY": 5}, at=at,
    )  # fmt: skip
    with pytest.raises(RatedAlready):
        crediting.rate(actor=owner, engagement_id=engagement_id, side=Side.OWNER, stars=STARS, at=at)
    engagement = queries.engagement(engagement_id)
    assert procurements.procurement(engagement.procurement_id).state is ProcurementState.COMPLETED
    assert credit.explain(agency.organisation_id, on=at.date()).points == 81
    assert selections.credits([agency.organisation_id]) == {agency.organisation_id: Decimal("81.00")}


def objected(need, at=story.AT):
    """An objection of agency1 to a notice, answered, and the complaint about the answer."""
    agency, words = cast.actor("agency1"), "公告要求的资质超出服务需要，排斥潜在机构。"
    number = services.object_to_notice(actor=agency, procurement_id=need, words=words, at=at)
    services.answer(actor=cast.actor("owner1"), grievance_id=number, words="资质要求与工程规模相符。", at=at)
    services.complain(actor=agency, grievance_id=number, words="对答复不服，请求监管部门处理。", at=at)
    return number


def test_an_objection_to_a_notice_can_stop_it_and_the_time_it_lost_is_given_back():
    item_id, agencies = selecting.market(2)
    need = story.published(item_id)
    until = procurements.procurement(need).sign_up_until
    assert until is not None
    number, regulator = objected(need), cast.actor("regulator")

    services.take_up(actor=regulator, grievance_id=number, ruling=ruling(), suspend=True, at=story.AT)
    assert procurements.procurement(need).state is ProcurementState.SUSPENDED
    with pytest.raises(SignUpClosed):
        story.sign("agency2", need)
    later = story.AT + timedelta(days=2)
    services.settle(actor=regulator, grievance_id=number, ruling=ruling("佛数监〔2026〕8号"), uphold=False, at=later)

    found = procurements.procurement(need)
    assert (found.state, found.sign_up_until) == (ProcurementState.SIGNING_UP, until + timedelta(days=2))
    assert {one.state for one in Grievance.objects.all()} == {"DISMISSED"}
    log = EvidenceEntry.objects.filter(stream=f"procurement:{need}", type__in=["ObjectionRaised", "ComplaintRaised"])
    assert {one.actor for one in log} == {"system:fulfilment"}, "the public log does not name who objects"
    with pytest.raises(NotAllowedNow):
        services.object_to_notice(actor=agencies[0], procurement_id=need, words="再次提出同样的异议内容。", at=later)


def test_an_upheld_objection_fails_the_round_and_the_owner_announces_a_better_one():
    item_id, _agencies = selecting.market(2)
    need = story.published(item_id)
    number, regulator = objected(need), cast.actor("regulator")
    services.take_up(actor=regulator, grievance_id=number, ruling=ruling(), suspend=False, at=story.AT)
    services.settle(actor=regulator, grievance_id=number, ruling=ruling("佛数监〔2026〕8号"), uphold=True, at=story.AT)

    assert procurements.procurement(need).state is ProcurementState.FAILED
    assert procurement_services.reannounce(actor=cast.actor("owner1"), procurement_id=need, at=story.AT) == 2


def test_a_notice_is_objected_to_before_its_selection_by_agencies_alone():
    engagement_id, agencies, at = won()
    need, words = queries.engagement(engagement_id).procurement_id, "公告要求的资质超出服务需要。"

    with pytest.raises(NoticeObjectionTooLate):
        services.object_to_notice(actor=agencies[0], procurement_id=need, words=words, at=at)
    with pytest.raises(NotPermitted):
        services.object_to_notice(actor=cast.actor("owner1"), procurement_id=need, words=words, at=at)


def test_who_gives_up_in_time_makes_room_for_the_next_and_loses_points():
    engagement_id, agencies, at = won()
    agency = agencies[1]

    with pytest.raises(NotPermitted):
        services.give_up(actor=agencies[0], engagement_id=engagement_id, words="不是我们中选的项目。", at=at)
    with pytest.raises(RefusalTooLate):
        services.give_up(actor=agency, engagement_id=engagement_id, words="人员不足，无法承接。", at=at + timedelta(5))
    services.give_up(actor=agency, engagement_id=engagement_id, words="人员不足，无法承接。", at=at)
    services.advance_due(at)
    crediting.advance_due(at)
    crediting.advance_due(at)

    engagement = queries.engagement(engagement_id)
    following = Engagement.objects.latest("pk")
    assert engagement.state is EngagementState.GIVEN_UP
    assert (following.agency_id, following.amount) == (agencies[2].organisation_id, Decimal("130000.00"))
    assert credit.explain(agency.organisation_id, on=at.date()).points == 70


def test_a_complaint_suspends_and_an_upheld_one_sets_the_result_aside():
    engagement_id, agencies, at = won()
    loser, regulator = agencies[0], cast.actor("regulator")
    procurement_id = queries.engagement(engagement_id).procurement_id

    with pytest.raises(ObjectionTooLate):
        services.object_to(actor=loser, engagement_id=engagement_id, words="中选机构资质造假。", at=at + timedelta(9))
    number = services.object_to(actor=loser, engagement_id=engagement_id, words="中选机构的资质证书造假。", at=at)
    services.answer(actor=cast.actor("owner1"), grievance_id=number, words="经核查资质真实有效。", at=at)
    services.complain(actor=loser, grievance_id=number, words="对答复不服，资质证书系伪造。", at=at)
    no_paper = Ruling(NumberedDecision("局", "1号", None), "经审查，依法作出如下处理决定。")
    with pytest.raises(DecisionMissing):
        services.take_up(actor=regulator, grievance_id=number, ruling=no_paper, suspend=True, at=at)
    with pytest.raises(NotPermitted):
        services.take_up(actor=cast.actor("staff"), grievance_id=number, ruling=ruling(), suspend=True, at=at)
    services.take_up(actor=regulator, grievance_id=number, ruling=ruling(), suspend=True, at=at)

    assert procurements.procurement(procurement_id).state is ProcurementState.SUSPENDED
    with pytest.raises(EngagementSuspended):
        services.register_contract(
            actor=cast.actor("owner1"), engagement_id=engagement_id, number="HT", ends_on=ENDS, milestones=PLAN, at=at
        )
    with pytest.raises(EngagementSuspended):
        services.give_up(actor=agencies[1], engagement_id=engagement_id, words="人员不足，无法承接。", at=at)
    services.settle(actor=regulator, grievance_id=number, ruling=ruling("佛数监〔2026〕9号"), uphold=True, at=at)

    assert queries.engagement(engagement_id).state is EngagementState.REVOKED
    assert procurements.procurement(procurement_id).state is ProcurementState.FAILED
    procurement_services.reannounce(actor=cast.actor("owner1"), procurement_id=procurement_id, at=at)


def test_a_dismissed_complaint_lets_everything_go_on():
    engagement_id, agencies, at = won()
    number = services.object_to(actor=agencies[0], engagement_id=engagement_id, words="对选取结果有异议的说明。", at=at)
    later = at + timedelta(days=6)
    services.complain(actor=agencies[0], grievance_id=number, words="业主逾期未答复，请求处理。", at=later)
    services.take_up(actor=cast.actor("regulator"), grievance_id=number, ruling=ruling(), suspend=True, at=later)
    services.settle(actor=cast.actor("regulator"), grievance_id=number, ruling=ruling("2号"), uphold=False, at=later)

    assert Grievance.objects.get(pk=number).documents.count() == 2
    contracted(engagement_id, agencies, later)
    assert queries.engagement(engagement_id).state is EngagementState.SERVING


def test_changes_of_a_contract_hold_when_the_other_side_agrees():
    engagement_id, agencies, at = won()
    contracted(engagement_id, agencies, at)
    owner, agency = cast.actor("owner1"), agencies[1]

    services.propose(
        actor=agency, engagement_id=engagement_id, kind=ProposalKind.EXTENSION, words="因台风停工，申请延期。",
        ends_on=date(2027, 3, 1), at=at,
    )  # fmt: skip
    with pytest.raises(OwnProposal):
        services.answer_proposal(actor=agency, engagement_id=engagement_id, agree=True, at=at)
    services.answer_proposal(actor=owner, engagement_id=engagement_id, agree=True, at=at)
    assert Engagement.objects.get(pk=engagement_id).ends_on == date(2027, 3, 1)

    services.propose(
        actor=owner, engagement_id=engagement_id, kind=ProposalKind.TERMINATION, words="项目取消，协商终止合同。", at=at
    )
    services.answer_proposal(actor=agency, engagement_id=engagement_id, agree=True, at=at)
    found = queries.engagement(engagement_id)
    assert found.state is EngagementState.TERMINATED
    assert procurements.procurement(found.procurement_id).state is ProcurementState.TERMINATED


def test_a_silent_owner_rates_good_by_rule_which_counts_for_nothing():
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)

    assert crediting.advance_due(at) == 0
    crediting.advance_due(at + timedelta(days=30))

    given = Rating.objects.get(engagement_id=engagement_id)
    assert (given.by_rule, given.mean) == (True, Decimal("4.00"))
    assert credit.explain(agencies[1].organisation_id, on=(at + timedelta(days=30)).date()).points == 80


def test_a_poor_rating_can_be_annulled_on_appeal():
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)
    poor = dict.fromkeys(STARS, 2)
    agency = agencies[1]
    number = crediting.rate(
        actor=cast.actor("owner1"), engagement_id=engagement_id, side=Side.OWNER, stars=poor, words="多次返工", at=at
    )
    assert credit.explain(agency.organisation_id, on=at.date()).points == 77

    with pytest.raises(NotPermitted):
        crediting.appeal(actor=agencies[0], rating_id=number, words="评价与事实不符，请求更正。", at=at)
    crediting.appeal(actor=agency, rating_id=number, words="评价与事实不符，请求更正。", at=at)
    crediting.decide_appeal(
        actor=cast.actor("regulator"), rating_id=number, annul=True, decision=decision(),
        words="经核实评价与事实不符，予以撤销。", at=at,
    )  # fmt: skip
    assert credit.explain(agency.organisation_id, on=at.date()).points == 80


def test_the_black_list_needs_a_hearing_and_a_decision_and_bars_in_the_whole_province():
    item_id, agencies = selecting.market(2)
    need, agency = story.published(item_id), agencies[0]
    assert agency.organisation_id is not None
    at, regulator = story.AT, cast.actor("regulator")
    number = crediting.propose_listing(
        actor=regulator,
        agency_id=agency.organisation_id,
        colour=ListColour.BLACK,
        reason="在报名中提供虚假业绩材料。",
        at=at,
    )

    listing = {"actor": regulator, "listing_id": number, "list_it": True, "decision": decision()}
    with pytest.raises(HearingFirst):
        crediting.decide_listing(at=at, **listing)
    crediting.make_statement(actor=agency, listing_id=number, words="我们的陈述和申辩意见。", at=at)
    crediting.decide_listing(at=at, **listing)

    with pytest.raises(NotEligible):
        story.sign(agency, need)
    own = Entrant.objects.get(organisation_id=agency.organisation_id, kind="AGENCY")
    assert not entry.eligibility(own.pk, procurements.procurement(need).demand, at=at).eligible
    crediting.repair_listing(actor=regulator, listing_id=number, decision=decision("修复1号"), at=at)
    assert Listing.objects.get(pk=number).state == "REPAIRED"
    story.sign(agency, need)


def test_a_letter_of_the_authority_stands_in_the_record_and_moves_no_score(client):
    _, agencies = selecting.market(1)
    agency, at = agencies[0], story.AT
    assert agency.organisation_id is not None
    before = credit.explain(agency.organisation_id, on=at.date()).points
    said = {
        "agency_id": agency.organisation_id,
        "letter": decision("监管函1号"),
        "words": "现场人员与报名人员不符，请整改。",
    }

    with pytest.raises(NotPermitted):
        crediting.issue_letter(actor=cast.actor("staff"), at=at, **said)
    with pytest.raises(NotFound):
        crediting.issue_letter(actor=cast.actor("regulator"), at=at, **{**said, "agency_id": 0})
    crediting.issue_letter(actor=cast.actor("regulator"), at=at, **said)
    with pytest.raises(LetterIssuedAlready):
        crediting.issue_letter(actor=cast.actor("regulator"), at=at, **said)

    page = client.get(f"/supermarket/credit/{agency.organisation_id}/").content.decode()
    assert "监管函1号" in page
    assert "现场人员与报名人员不符" in page
    assert credit.explain(agency.organisation_id, on=at.date()).points == before
    told = [one.fields.get("number") for one in InboxMessage.objects.all()]
    assert told.count("监管函1号") == 1


def test_linked_parties_are_flagged_and_count_on_no_board():
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)
    owner = cast.organisation("water")
    agency = cast.organisation("zhengheng")
    type(agency).objects.filter(pk=agency.pk).update(controller_uscc=owner.uscc)
    crediting.rate(actor=cast.actor("owner1"), engagement_id=engagement_id, side=Side.OWNER, stars=STARS, at=at)

    line = credit.leaderboard(since=story.AT - timedelta(1), region="440600", on=at.date())[0]

    assert Rating.objects.get().linked
    assert credit.explain(agency.pk, on=at.date()).points == 80
    assert (line.standing.owners, line.standing.linked) == (0, 1)
