"""An auction of the demo city that went all the way: one buyer, a negotiated price, contract, certificate."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal

from commons.domain.money import Money
from exchange.auctions import services as auctions
from exchange.auctions.queries import deals_for
from exchange.deposits import queries as deposits
from exchange.deposits import services as bank
from exchange.projects.domain.trades import Instrument, TradeType
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.signing import sign_as
from portal.demo.bank import pay
from portal.demo.cast import actor
from portal.demo.projects import LotPlan, ProjectPlan, bring_to_method, publish, terms
from signatures.documents import queries as papers
from signatures.documents import services as documents

DAY = timedelta(days=1)


def finish_by_negotiation(authority: CityAuthority, *, at: datetime) -> str:
    """The story of the SO2 lot, ended some days before `at`; the code of its certificate."""
    plan = ProjectPlan(
        title="佛山市2026年第2期排污权公开出让",
        decision_no="PW2026(SZ)GK0004",
        trade_type=TradeType.EMISSION_RIGHTS,
        lots=(
            LotPlan(
                terms(Instrument.SO2, "2.500", "3000.00", "50.00", "FOSHAN_2018", at - 24 * DAY),
                {"buyer3": Decimal("2.500")},
            ),
        ),
        published_at=at - 45 * DAY,
    )
    (lot_id,) = publish(plan)
    decided_at = bring_to_method(plan, [lot_id])
    agree_on_a_price(lot_id, at=decided_at + timedelta(hours=1))
    return settle(authority, lot_id, at=decided_at + timedelta(hours=3))


def agree_on_a_price(lot_id: int, *, at: datetime) -> None:
    """The buyer offers a little above the start price; the seller accepts."""
    offer_id = auctions.make_offer(
        actor=actor("buyer3"), lot_id=lot_id, price=Decimal("3050.00"), quantity=Decimal("2.500"), at=at
    )
    auctions.answer_offer(actor=actor("seller"), lot_id=lot_id, offer_id=offer_id, accept=True, at=at)


def settle(authority: CityAuthority, lot_id: int, *, at: datetime) -> str:
    """Result, confirmations, contract, payment by bank and voucher, transfer, certificate; its code."""
    auctions.advance_due(at)
    deal = deals_for(actor("seller")).get(lot_id=lot_id)
    sides = (actor("buyer3"), actor("seller"))
    for login, side in zip(("buyer3", "seller"), sides, strict=True):
        sign_as(authority, login, auctions.request_confirmation(actor=side, deal_id=deal.pk, at=at), at=at)
    auctions.advance_due(at)
    sign_papers(authority, deal.lot_id, deal.pk, at=at)
    pay_the_price(deal.pk, at=at + DAY)
    auctions.advance_due(at + DAY)
    auctions.transfer_rights(actor=actor("staff"), deal_id=deal.pk, at=at + DAY)
    code = auctions.issue_certificate(actor=actor("staff"), deal_id=deal.pk, at=at + DAY)
    seal_and_archive(lot_id, deal.pk, code, at=at + DAY)
    return code


def sign_papers(authority: CityAuthority, lot_id: int, deal_id: int, *, at: datetime) -> None:
    """The seller signs the result notice, both sides the contract, once the platform has sealed them."""
    signers = {"seller": "seller", "buyer": "buyer3"}
    for about in (f"lot:{lot_id}", f"deal:{deal_id}"):
        for paper in papers.papers_about(about):
            documents.certify(paper_id=paper.id, at=at)
            for party in (one for one in paper.parties if one.signed_at is None):
                login = signers[party.field]
                session = documents.ask(
                    actor=actor(login), paper_id=paper.id, field=party.field, return_url="/papers/", at=at
                )
                sign_as(authority, login, session, at=at)


def seal_and_archive(lot_id: int, deal_id: int, code: str, *, at: datetime) -> None:
    """What the outbox would do: the platform's seal on the certificate, the archive stamp on everything."""
    for about in (f"lot:{lot_id}", f"deal:{deal_id}", f"certificate:{code}"):
        for paper in papers.papers_about(about):
            documents.certify(paper_id=paper.id, at=at)
            documents.archive(paper_id=paper.id, at=at)


def pay_the_price(deal_id: int, *, at: datetime) -> None:
    """The buyer pays what the deposit does not cover; the treasury confirms by its voucher."""
    subject = f"deal:{deal_id}"
    payment = deposits.payment_of(subject)
    assert payment is not None, "the contract set the price due"
    if not payment.covered:
        pay([("nanfeng", payment)], at=at)
    bank.record_voucher(
        actor=actor("treasury"),
        subject=subject,
        number=f"粤财非税{secrets.randbelow(10**8):08d}",
        amount=Money(payment.amount),
        document_id=None,
        at=at,
    )
