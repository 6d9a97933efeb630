"""Bonds after the result: back with interest in time, kept by two persons; the performance security."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from bidding.awards import queries, services
from bidding.awards.domain.securities import (
    BondsSealed,
    Ground,
    GroundMissing,
    NothingToForfeit,
    SecurityMissing,
    SecurityTooHigh,
)
from bidding.awards.models import Forfeiture
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.bids import services as bids
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.eligibility import MayNotBid
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.models import Section
from commons.approvals import services as approvals
from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.domain.deadlines import local_day
from commons.domain.money import Money
from commons.domain.refusals import NotPermitted
from commons.secrecy.fields import Party
from commons.vault import services as vault
from exchange.deposits import queries as money
from exchange.deposits import services as deposits
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.states import MoneyState, Purpose
from exchange.deposits.services import AccountFacts
from exchange.notices.services import NumberedDecision
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.terms import GuaranteeKind
from tests import cast
from tests.bank import Line
from tests.cast import LONG_AGO
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import BIDDERS, first_line, lines_of, shown
from tests.integration.bidding.test_pages import client
from tests.integration.exchange.auctions.test_story import signed
from tests.integration.exchange.deposits.money import FLOW, bank, confirmations
from tests.integration.signatures.guarantees import story as papers

pytestmark = pytest.mark.django_db(transaction=True)


def number(key: str) -> int:
    return cast.organisation(cast.PARTIES[key].organisation).pk


def pay(key: str, view: DepositView, *, at: datetime) -> None:
    """From the bidder's basic account, as the bank says."""
    name = cast.ORGANISATIONS[cast.PARTIES[key].organisation].name
    account = f"44000001{number(key):04d}"
    facts = AccountFacts(account, name, "工商银行佛山分行", "102588000010", "J5880000000101")
    deposits.record_account(actor=FLOW, organisation_id=number(key), facts=facts, at=at)
    paid = Line(
        f"{view.amount:.2f}", payer=name, payer_account=account, credited=view.sub_account_no,
        bank_ref=f"R{view.id % 10**9}",
    )  # fmt: skip
    assert bank(paid, at=at).tally.booked == 1


def bond_of(told: Told, key: str, purpose: Purpose = Purpose.BOND) -> DepositView:
    found = money.security_of(purpose, Party(told.section_id, number(key)))
    assert found is not None
    return found


def opened(code: str = "WORKS_OPEN", *, payers: tuple[str, ...] = BIDDERS) -> tuple[Told, datetime]:
    """All have paid, `BIDDERS` bid; the bonds are opened with the bids."""
    told = story.published(code)
    Section.objects.filter(pk=told.section_id).update(bond=Decimal("200000"))
    at = told.published_at + timedelta(days=1)
    for key in payers:
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
        pay(key, bids.expect_bond(actor=cast.actor(key), section_id=told.section_id, at=at), at=at)
    host, deadline = cast.actor("host"), told.bid_deadline
    tender_services.begin_opening(actor=host, section_id=told.section_id, at=deadline)
    terms = tenders.section_terms(told.section_id)
    found = bids.open_bonds(actor=host, terms=terms, organisation_ids=[number(key) for key in BIDDERS], at=deadline)
    assert found == {number(key): ("", True) for key in BIDDERS}
    tender_services.end_opening(actor=host, section_id=told.section_id, at=deadline)
    return told, deadline + timedelta(hours=2)


def awarded(told: Told, at: datetime) -> tuple[int, datetime]:
    until = shown(told, at, lines_of())
    (award_id,) = services.award_section(
        actor=cast.actor("tenderee"), section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
    return award_id, until


def contracted(award_id: int, at: datetime) -> None:
    services.draw_contract(actor=cast.actor("tenderee"), award_id=award_id, at=at)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": "builder1"}, at=at)


def decision(at: datetime) -> NumberedDecision:
    paper = vault.store(
        actor=cast.actor("tenderee"), stream=[b"%PDF-1.7 x"], name="d.pdf", media_type="application/pdf", at=at
    )
    return NumberedDecision("佛山城建", "佛城建〔2026〕7号", paper.id)


def test_a_guarantee_goes_the_whole_way_from_the_application_to_its_release() -> None:
    told = story.published("WORKS_OPEN")
    Section.objects.filter(pk=told.section_id).update(bond=Decimal("200000"))
    at = told.published_at + timedelta(days=1)
    issuers = papers.city()
    guarantees.grant_credit(
        actor=cast.actor("manager"), issuer_id=issuers["bank"], organisation_id=number("builder1"),
        limit=Money(Decimal("300000.00")), valid_until=date(2027, 12, 31), at=LONG_AGO,
    )  # fmt: skip
    for key in BIDDERS:
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
    with pytest.raises(MayNotBid):
        ask_guarantee("supplier1", told, issuers["bank"], at)
    ref = ask_guarantee("builder1", told, issuers["bank"], at)
    papers.assessed(ref, at=at)
    papers.signed(ref, at=at)
    with pytest.raises(BondsSealed):
        queries.bonds_of(cast.actor("tenderee"), tenders.section_terms(told.section_id))
    early = client("tenderee").get(f"/owner/sections/{told.section_id}/bonds/")
    assert (early.status_code, "开标" in early.content.decode()) == (409, True)

    host, deadline = cast.actor("host"), told.bid_deadline
    tender_services.begin_opening(actor=host, section_id=told.section_id, at=deadline)
    terms = tenders.section_terms(told.section_id)
    found = bids.open_bonds(actor=host, terms=terms, organisation_ids=[number(key) for key in BIDDERS], at=deadline)
    assert found == {number("builder1"): (ref, True)}
    tender_services.end_opening(actor=host, section_id=told.section_id, at=deadline)
    (line,) = queries.bonds_of(cast.actor("tenderee"), tenders.section_terms(told.section_id))
    assert (line.form, line.ref, line.covered, line.standing) == ("GUARANTEE", ref, True, True)
    assert ref in client("tenderee").get(f"/owner/sections/{told.section_id}/bonds/").content.decode()

    award_id, until = awarded(told, deadline + timedelta(hours=2))
    assert services.settle_due(until) == 0
    contracted(award_id, until)
    assert services.settle_due(until) == 1
    assert papers.state_of(ref) == "RELEASED"
    (line,) = queries.bonds_of(cast.actor("tenderee"), tenders.section_terms(told.section_id))
    assert (line.state, line.standing) == ("RELEASED", False)


def ask_guarantee(key: str, told: Told, issuer_id: int, at: datetime) -> str:
    kind = GuaranteeKind.INDEPENDENT
    return bids.ask_for_bond_guarantee(
        actor=cast.actor(key), section_id=told.section_id, issuer_id=issuer_id, kind=kind, note="", at=at
    )


def test_works_give_every_bond_back_with_interest_within_five_days_of_the_contract() -> None:
    told, at = opened()
    award_id, until = awarded(told, at)
    assert services.settle_due(until) == 0
    assert bond_of(told, "builder2").state is MoneyState.COVERED

    contracted(award_id, until)
    assert services.settle_due(until) == 1
    assert services.settle_due(until) == 0
    for key in BIDDERS:
        found = bond_of(told, key)
        assert (found.state, found.refund_due_on) == (MoneyState.RELEASED, date(2026, 4, 27))
    finance = cast.actor("finance")
    legs = [leg.id for leg in money.legs(finance)]
    batch_id = deposits.propose_batch(actor=finance, leg_ids=legs, execute_on=local_day(until), reason="退还", at=until)
    deposits.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=until)
    bank(*confirmations(batch_id), at=until)
    lines = queries.bonds_of(cast.actor("tenderee"), tenders.section_terms(told.section_id))
    days = (local_day(until) - local_day(told.published_at + timedelta(days=1))).days
    interest = (Decimal(200_000) * days * Decimal("0.0005") / 360).quantize(Decimal("0.01"))
    assert [(line.state, line.interest) for line in lines] == [("REFUNDED", interest)] * 3


def test_procurement_gives_the_losers_theirs_with_the_award_notice_and_the_winner_its_own_after_the_contract() -> None:
    told, at = opened("GOV_OPEN")
    award_id, until = awarded(told, at)

    assert bond_of(told, "builder2").state is MoneyState.RELEASED
    assert bond_of(told, "builder1").state is MoneyState.COVERED
    contracted(award_id, until)
    services.settle_due(until)
    assert bond_of(told, "builder1").state is MoneyState.RELEASED


def test_who_pays_and_does_not_bid_gets_it_back_and_stays_unknown() -> None:
    told, _ = opened(payers=(*BIDDERS, "supplier1"))

    back = bond_of(told, "supplier1")
    assert back.state is MoneyState.RELEASED
    names = [
        line.organisation_id for line in queries.bonds_of(cast.actor("staff"), tenders.section_terms(told.section_id))
    ]
    assert number("supplier1") not in names
    assert all(line.id != back.id for line in money.desk(cast.actor("regulator")))


def test_before_the_opening_no_column_and_no_desk_tells_for_which_tender_a_bond_stands() -> None:
    told = story.published()
    at, bidder = told.published_at + timedelta(days=1), cast.actor("builder1")
    tender_services.take_documents(actor=bidder, tender_id=told.tender_id, at=at)
    view = bids.expect_bond(actor=bidder, section_id=told.section_id, at=at)
    pay("builder1", view, at=at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exchange_moneyexpectation")
        row = str(cursor.fetchall())
    for canary in (told.row.title, told.row.code, f"section:{told.section_id}", "路桥"):
        assert canary not in row
    assert money.money(cast.actor("finance"), view.id).title == ""
    assert told.row.title in money.money(bidder, view.id).title
    assert [line.id for line in money.money_of(bidder, number("builder1"))] == [view.id]
    assert money.desk(cast.actor("auditor")) == ()
    with pytest.raises(BondsSealed):
        queries.bonds_of(cast.actor("tenderee"), tenders.section_terms(told.section_id))


def test_a_bond_has_the_time_that_a_postponed_deadline_has_and_a_late_one_covers_nothing() -> None:
    told = story.published()
    at = told.published_at + timedelta(days=1)
    for key in ("builder1", "builder2"):
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
    views = {key: bids.expect_bond(actor=cast.actor(key), section_id=told.section_id, at=at)
             for key in ("builder1", "builder2")}  # fmt: skip
    late = told.bid_deadline - timedelta(days=2)
    tender_services.publish_addendum(
        actor=cast.actor("tenderee"),
        tender_id=told.tender_id,
        text="补充图纸。",
        affects_bids=True,
        answers={},
        at=late,
    )
    moved = told.row.bid_deadline
    assert moved is not None
    assert moved > told.bid_deadline
    assert bond_of(told, "builder1").due_at == moved
    pay("builder1", views["builder1"], at=told.bid_deadline + timedelta(hours=1))
    pay("builder2", views["builder2"], at=moved)
    assert bond_of(told, "builder1").state is MoneyState.COVERED
    assert bond_of(told, "builder2").state is MoneyState.LATE


def test_a_winner_that_refuses_to_sign_loses_its_bond_to_the_owner_by_two_persons() -> None:
    told, at = opened()
    award_id, until = awarded(told, at)
    owner, second = cast.actor("tenderee"), cast.actor("tenderee2")
    facts: dict[str, Any] = {"section_id": told.section_id, "organisation_id": number("builder1"),
             "decision": decision(until), "reason": "中标后拒不签订合同", "at": until}  # fmt: skip
    with pytest.raises(GroundMissing):
        services.propose_forfeiture(actor=owner, ground=Ground.REFUSED_TO_SIGN, **facts)
    services.give_up(actor=owner, award_id=award_id, reason="中标人拒绝签约", at=until)
    with pytest.raises(NotPermitted):
        services.propose_forfeiture(actor=cast.actor("purchaser"), ground=Ground.REFUSED_TO_SIGN, **facts)
    proposal = services.propose_forfeiture(actor=owner, ground=Ground.REFUSED_TO_SIGN, **facts)

    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.approve_forfeiture(actor=owner, forfeiture_id=proposal, at=until)
    with pytest.raises(NotPermitted):
        services.approve_forfeiture(actor=cast.actor("purchaser"), forfeiture_id=proposal, at=until)
    services.approve_forfeiture(actor=second, forfeiture_id=proposal, at=until)
    assert bond_of(told, "builder1").state is MoneyState.FORFEITED
    account = AccountFacts("4400000777", cast.ORGANISATIONS["chengjian"].name, "工行", "102588000010", "J1")
    deposits.record_account(actor=FLOW, organisation_id=number("tenderee"), facts=account, at=until)
    finance = cast.actor("finance")
    legs = [leg.id for leg in money.legs(finance)]
    batch_id = deposits.propose_batch(
        actor=finance, leg_ids=legs, execute_on=local_day(until), reason="不予退还", at=until
    )
    (leg,) = money.batch(finance, batch_id).legs
    assert (leg.payee_account, leg.principal, leg.interest) == ("4400000777", Decimal(200_000), Decimal(0))
    page = client("tenderee").get(f"/owner/sections/{told.section_id}/bonds/").content.decode()
    assert "佛城建〔2026〕7号" in page
    assert cast.ORGANISATIONS["luqiao"].name in page
    assert client("finance").get(f"/owner/sections/{told.section_id}/bonds/").status_code == 200
    assert client("builder2").get(f"/owner/sections/{told.section_id}/bonds/").status_code == 403
    with pytest.raises(NothingToForfeit):
        services.propose_forfeiture(actor=owner, ground=Ground.COLLUSION, **facts)


@pytest.mark.parametrize("became", ["approved on the page", "rejected on the page", "expired"])
def test_a_bond_is_never_caught_between_a_proposal_and_its_request(became: str) -> None:
    """The request has a page of its own: whatever was decided there, the proposal can be carried out or ended."""
    told, at = opened()
    award_id, until = awarded(told, at)
    owner, second = cast.actor("tenderee"), cast.actor("tenderee2")
    services.give_up(actor=owner, award_id=award_id, reason="中标人拒绝签约", at=until)
    facts: dict[str, Any] = {"section_id": told.section_id, "organisation_id": number("builder1"),
             "decision": decision(until), "reason": "中标后拒不签订合同", "at": until}  # fmt: skip
    proposal = services.propose_forfeiture(actor=owner, ground=Ground.REFUSED_TO_SIGN, **facts)
    approval_id = Forfeiture.objects.get(pk=proposal).approval_id
    with pytest.raises(NotPermitted):
        approvals.approve(actor=cast.actor("purchaser"), approval_id=approval_id, at=until)
    if became == "expired":
        approvals.expire_due(until + timedelta(days=30))
    else:
        decide = approvals.approve if became.startswith("approved") else approvals.reject
        decide(actor=second, approval_id=approval_id, at=until)

    if became.startswith("approved"):
        services.approve_forfeiture(actor=second, forfeiture_id=proposal, at=until)
        assert bond_of(told, "builder1").state is MoneyState.FORFEITED
    else:
        services.reject_forfeiture(actor=owner, forfeiture_id=proposal, reason="anew", at=until)
        services.propose_forfeiture(actor=owner, ground=Ground.REFUSED_TO_SIGN, **facts)


def test_a_bond_is_held_until_the_owner_says_what_follows_when_a_winner_gave_up() -> None:
    told, at = opened()
    award_id, until = awarded(told, at)
    owner = cast.actor("tenderee")
    services.give_up(actor=owner, award_id=award_id, reason="中标人拒绝签约", at=until)
    tender_services.fail_by_owner(actor=owner, section_id=told.section_id, cause=FailureCause.NO_CANDIDATE, at=until)

    assert services.settle_due(until) == 0
    assert bond_of(told, "builder2").state is MoneyState.RELEASED
    assert bond_of(told, "builder1").state is MoneyState.COVERED
    services.let_go(
        actor=owner,
        section_id=told.section_id,
        organisation_id=number("builder1"),
        reason="不可抗力，予以退还",
        at=until,
    )
    assert services.settle_due(until) == 1
    assert bond_of(told, "builder1").state is MoneyState.RELEASED


def test_a_performance_security_in_money_or_by_a_paper_comes_before_the_contract_and_goes_back_after_it() -> None:
    told, at = opened()
    award_id, until = awarded(told, at)
    owner, due = cast.actor("tenderee"), until + timedelta(days=10)
    with pytest.raises(SecurityTooHigh):
        services.ask_security(actor=owner, award_id=award_id, amount=Decimal("1100000.01"), due_at=due, at=until)
    services.ask_security(actor=owner, award_id=award_id, amount=Decimal("1100000"), due_at=due, at=until)
    with pytest.raises(SecurityMissing):
        services.draw_contract(actor=owner, award_id=award_id, at=until)
    winner = cast.actor("builder1")
    paper = vault.store(
        actor=winner, stream=[b"%PDF-1.7 g"], name="g.pdf", media_type="application/pdf", at=until,
        subject=f"award:{award_id}",
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        services.hand_in_security(
            actor=cast.actor("builder2"), award_id=award_id, number="LY-1", document_id=paper.id, at=until
        )
    services.hand_in_security(actor=winner, award_id=award_id, number="LY-1", document_id=paper.id, at=until)
    with pytest.raises(SecurityMissing):
        services.draw_contract(actor=owner, award_id=award_id, at=until)
    services.judge_security(actor=owner, award_id=award_id, accepted=False, reason="保函有效期不足", at=until)
    found = queries.security_view(award_id)
    assert found is not None
    assert found[1] is not None
    pay_again = Line("1100000.00", payer=cast.ORGANISATIONS[cast.PARTIES["builder1"].organisation].name,
                     payer_account=f"44000001{number('builder1'):04d}", credited=found[1].sub_account_no,
                     bank_ref="P1")  # fmt: skip
    bank(pay_again, at=until)

    contracted(award_id, until)
    services.return_security(actor=owner, award_id=award_id, reason="竣工验收合格", at=until)
    given = queries.security_view(award_id)
    assert given is not None
    assert given[1] is not None
    assert (given[0].state, given[1].state) == ("RETURNED", MoneyState.RELEASED)
