"""The certificate 鉴证书: issued by the exchange after the transfer, verifiable by anybody."""

from datetime import datetime
from typing import Any

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text, capital_yuan
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from exchange.auctions.policies import can_run_procedure
from exchange.auctions.services import papers
from exchange.auctions.services.settling import advance_lot, locked_deal
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import DealCommand, DealState
from exchange.contracts.models import Certificate, Deal
from exchange.contracts.services import move_deal
from exchange.notices.services import NumberedDecision
from exchange.projects.domain.completeness import require_reason
from signatures.documents import services as documents


def issue_certificate(*, actor: Actor, deal_id: int, at: datetime) -> str:
    """Issue the certificate of a transferred deal; gives its code. A repeated call gives the same code."""
    can_run_procedure(actor).require()
    deal = Deal.objects.select_related("lot__project__seller", "buyer").filter(pk=deal_id).first()
    if deal is None:
        raise NotFound()
    current = Certificate.objects.filter(deal=deal, revoked_at__isnull=True, superseded_by__isnull=True).first()
    if current is not None:
        return current.code
    if deal.state not in (DealState.TRANSFERRED, DealState.CERTIFIED):
        raise NotAllowedNow(command="CERTIFY", state=deal.state)
    return _issue(deal, actor=actor, at=at)


def supersede_certificate(*, actor: Actor, code: str, decision: NumberedDecision, reason: str, at: datetime) -> str:
    """Issue a new certificate in the place of a current one, from the records as they stand now; gives its code.

    The old one stays readable and leads to the new one, which says what it replaces and why. Refuses `NotFound`,
    `DecisionMissing`, `ReasonMissing`.
    """
    can_run_procedure(actor).require()
    decision.require()
    found = Certificate.objects.select_related("deal__lot__project__seller", "deal__buyer").filter(code=code)
    old = found.filter(revoked_at__isnull=True, superseded_by__isnull=True).first()
    if old is None:
        raise NotFound()
    why = {"code": old.code, "reason": require_reason(reason), "decision_no": decision.number.strip()}
    return _issue(old.deal, actor=actor, at=at, replacing=old, why=why)


def _issue(
    deal: Deal, *, actor: Actor, at: datetime, replacing: Certificate | None = None, why: dict[str, str] | None = None
) -> str:
    issued_before = Certificate.objects.filter(deal=deal).count()
    code = f"{deal.lot.project.code}-{deal.lot.number:02d}-{deal.pk}-{issued_before + 1}"
    facts = certificate_facts(deal, code, at) | ({"supersedes": why} if why else {})
    drafted = papers.certificate(deal, facts, actor=actor, at=at)
    document = drafted.document
    with transaction.atomic():
        deal = locked_deal(deal.pk)
        documents.issue(drafted, actor=actor, at=at)
        if replacing is not None:
            _take_out(replacing)
        payload: dict[str, JSON] = {
            "certificate": code,
            "document_sha256": document.sha256,
            "facts_sha256": canonical.digest(canonical.encode(facts)),
        }
        if replacing is not None:
            payload["supersedes"] = replacing.code
        if deal.state == DealState.TRANSFERRED:
            entry = move_deal(deal, DealCommand.CERTIFY, actor=actor, at=at, payload=payload)
        else:
            facts_again = {"deal": f"deal:{deal.pk}", **payload}
            entry = append(
                stream=f"lot:{deal.lot_id}", type="CertificateIssued", actor=actor, payload=facts_again, decided_at=at
            )
        issued = Certificate.objects.create(
            deal=deal,
            code=code,
            document_id=document.id,
            sha256=document.sha256,
            facts=facts,
            stream=entry.stream,
            stream_seq=entry.seq,
            issued_at=at,
        )
        if replacing is not None:
            Certificate.objects.filter(pk=replacing.pk).update(superseded_by=issued)
        advance_lot(deal.lot, actor=actor, at=at)
        _tell(deal, code, at=at)
    return code


def _take_out(replaced: Certificate) -> None:
    """Make room for the successor, which gets its number in the same transaction. Refuses (`NotFound`) a lost race."""
    current = Certificate.objects.filter(pk=replaced.pk, revoked_at__isnull=True, superseded_by__isnull=True)
    if current.update(superseded_by=replaced) != 1:
        raise NotFound()


@transaction.atomic
def revoke_certificate(*, actor: Actor, code: str, decision: NumberedDecision, at: datetime) -> None:
    """Revoke by a numbered decision; the certificate stays readable and says so. Refuses (`DecisionMissing`)."""
    can_run_procedure(actor).require()
    decision.require()
    current = Certificate.objects.filter(code=code, revoked_at__isnull=True, superseded_by__isnull=True)
    certificate = current.select_for_update().first()
    if certificate is None:
        raise NotFound()
    payload: dict[str, JSON] = {"certificate": code, "decision_no": decision.number.strip()}
    append(stream=certificate.stream, type="CertificateRevoked", actor=actor, payload=payload, decided_at=at)
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_at=at, revocation_body=decision.body.strip(), revocation_no=decision.number.strip()
    )


def certificate_facts(deal: Deal, code: str, at: datetime) -> dict[str, Any]:
    """What the certificate states, as canonical data."""
    lot, project = deal.lot, deal.lot.project
    return {
        "code": code,
        "project": {"code": project.code, "deal_code": project.deal_code, "title": project.title},
        "lot": str(lot.number),
        "seller": {"name": project.seller.name, "uscc": project.seller.uscc},
        "buyer": {"name": deal.buyer.name, "uscc": deal.buyer.uscc},
        "instrument": lot.instrument,
        "quantity": as_text(deal.quantity),
        "term_years": str(lot.term_years),
        "price": as_text(deal.price),
        "amount": as_text(deal.amount),
        "amount_in_capitals": capital_yuan(deal.amount),
        "method": lot.method,
        "hammered_at": to_text(deal.hammered_at),
        "voucher_no": deal.voucher_no,
        "transferred_at": to_text(deal.transferred_at) if deal.transferred_at else None,
        "issued_at": to_text(at),
    }


def _tell(deal: Deal, code: str, *, at: datetime) -> None:
    subject = gettext_noop("The certificate for lot %(lot)s of %(project)s is issued")
    for organisation_id in (deal.buyer_id, deal.lot.project.seller_id):
        tell(deal.lot, organisation_id, subject, at=at, key=f"certificate:{code}", link=f"/verify/certificate/{code}/")
