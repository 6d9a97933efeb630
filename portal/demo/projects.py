"""Projects of the demo city, led through the same services that people use, at instants of the past."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from commons.pdf import services as pdf
from commons.vault import services as vault
from exchange.auctions import services as auctions
from exchange.auctions.queries import public_lot
from exchange.auctions.services import RegistrationFacts
from exchange.projects import services as projects
from exchange.projects.domain.completeness import CODES
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.projects.services import ProjectFacts
from portal.demo.bank import pay_deposits
from portal.demo.cast import PARTIES, REGION, actor, uscc


@dataclass(frozen=True, slots=True)
class LotPlan:
    """One lot, and who will have registered for how much."""

    terms: LotTerms
    buyers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    title: str
    decision_no: str
    trade_type: TradeType
    lots: tuple[LotPlan, ...]
    published_at: datetime


def terms(
    instrument: Instrument, quantity: str, start_price: str, step: str, profile: str, opens_at: datetime
) -> LotTerms:
    return LotTerms(instrument, Decimal(quantity), Decimal(start_price), Decimal(step), profile, opens_at)


def publish(plan: ProjectPlan) -> list[int]:
    """Draft, check and publish a project by three persons; the ids of its lots."""
    seller, drafted_at = actor("seller"), plan.published_at - timedelta(days=3)
    facts = ProjectFacts(
        title=plan.title,
        region=REGION,
        description="政府储备排污权,公开出让。",
        decision_body="佛山市生态环境局",
        decision_no=plan.decision_no,
        contact_name="苏敏",
        contact_phone="0757-00000000",
    )
    project_id = projects.draft_project(actor=seller, trade_type=plan.trade_type, facts=facts, at=drafted_at)
    lots = [projects.add_lot(actor=seller, project_id=project_id, terms=lot.terms, at=drafted_at) for lot in plan.lots]
    attach_decision(project_id, plan, at=drafted_at)
    projects.submit_project(actor=seller, project_id=project_id, at=drafted_at)
    found = dict.fromkeys(CODES, True)
    checked_at = drafted_at + timedelta(days=1)
    projects.pass_check(actor=actor("staff"), project_id=project_id, found=found, at=checked_at)
    auctions.publish_project(actor=actor("staff2"), project_id=project_id, at=plan.published_at)
    return lots


def attach_decision(project_id: int, plan: ProjectPlan, *, at: datetime) -> None:
    context = {"title": plan.title, "decision_no": plan.decision_no, "lots": plan.lots}
    document = vault.store(
        actor=actor("seller"),
        stream=[pdf.render("portal/demo/decision.html", context)],
        name=f"{plan.decision_no}.pdf",
        media_type="application/pdf",
        at=at,
        subject=f"project:{project_id}",
    )
    projects.attach(actor=actor("seller"), project_id=project_id, document_id=document.id, title="出让决定", at=at)


def register(lot_id: int, key: str, need: Decimal, *, at: datetime) -> int:
    """Register a buyer with its permit and need, up to the submitted registration that waits for its deposit."""
    buyer = actor(key)
    registration_id = auctions.start_registration(actor=buyer, lot_id=lot_id, at=at, entropy=secrets.token_bytes)
    facts = RegistrationFacts(
        permit_no=f"{uscc(PARTIES[key].organisation)}001P",
        need=need,
        contact_name="联系人",
        contact_phone="0757-00000001",
        purpose="扩建生产线所需",
    )
    auctions.save_registration(actor=buyer, registration_id=registration_id, facts=facts, at=at)
    auctions.submit_registration(actor=buyer, registration_id=registration_id, statements_confirmed=True, at=at)
    return registration_id


def bring_to_method(plan: ProjectPlan, lots: list[int]) -> datetime:
    """Registrations, deposits by bank statement, qualification by the seller, choice of method; when."""
    first = public_lot(lots[0])
    opens, ends = first.registration_starts_at, first.registration_ends_at
    assert opens is not None and ends is not None  # noqa: PT018  # published lots have a timetable
    auctions.advance_due(opens)
    at = opens + timedelta(hours=2)
    registrations = [
        register(lot_id, key, need, at=at)
        for lot_id, lot in zip(lots, plan.lots, strict=True)
        for key, need in lot.buyers.items()
    ]
    pay_deposits(lots, at=at + timedelta(hours=20))
    auctions.advance_due(ends)
    if plan.trade_type is TradeType.EMISSION_RIGHTS:
        qualify(registrations, at=ends + timedelta(minutes=30))
        decided_at = ends + timedelta(hours=1)
    else:
        decided_at = first.qualification_ends_at or ends  # Allowances are sold to whoever qualifies by rule.
    auctions.advance_due(decided_at)
    return decided_at


def qualify(registrations: list[int], *, at: datetime) -> None:
    """The seller takes every buyer."""
    for registration_id in registrations:
        auctions.qualify_buyer(actor=actor("seller"), registration_id=registration_id, at=at)
