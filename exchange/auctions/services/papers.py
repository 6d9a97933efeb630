"""The papers of an auction: result notice, confirmation, contract, certificate. Chinese PDFs that are signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from commons.domain.actor import Actor
from commons.domain.money import capital_yuan
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest, encode
from commons.pdf import services as pdf
from exchange.auctions.domain.formats import PROFILES
from exchange.auctions.domain.terms import read_terms
from exchange.contracts.models import Deal
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from exchange.projects.models import Lot
from signatures.crypto.certificates import facts_of
from signatures.documents import services as documents
from signatures.documents.domain.papers import GivenSignature, Mode, Party
from signatures.documents.services import Draft

RESULT, CONFIRMATION = "exchange.result", "exchange.confirmation"
CONTRACT, CERTIFICATE = "exchange.contract", "exchange.certificate"
"""Kinds of papers; who signs them and what follows stands in `signing`."""


def result_notice(lot: Lot, deals: Sequence[Deal], *, actor: Actor, at: datetime) -> Draft:
    """The result notice 成交结果公告, sealed by the platform and signed by the seller."""
    rows = [(deal, capital_yuan(deal.amount)) for deal in deals]
    context = {**_common(lot, at), "rows": rows, "terms": read_terms(lot.project.parameters)}
    return documents.draft(
        actor=actor,
        kind=RESULT,
        subject=f"lot:{lot.pk}",
        guard=f"published:{lot.pk}",
        title=f"成交结果公告 {lot.project.code}-{lot.number:02d}",
        template="exchange/papers/result.html",
        context=context,
        parties=[_seller(lot)],
        public=True,
        suite=Suite(lot.project.suite),
        file_name=lambda number: f"result-{lot.pk}.pdf",
        at=at,
    )


def confirmation(deal: Deal, given: Sequence[GivenSignature], *, actor: Actor, at: datetime) -> Draft:
    """The record of the confirmed deal 成交确认书: carries what each side signed with its signature (CMS).

    The signature of each side is the one over its statement; the paper is sealed by the platform.
    """
    signers = [(one.field, facts_of(one.certificate), one.signed_at) for one in given]
    context = {**_deal(deal, at), "terms": read_terms(deal.lot.project.parameters), "signers": signers}
    title, template = f"成交确认书 {deal.lot.project.code}-{deal.lot.number:02d}", "exchange/papers/confirmation.html"
    return _of_deal(CONFIRMATION, deal, title, template, context, actor, at, mode=Mode.PARALLEL, given=given)


def contract(deal: Deal, number: str, *, actor: Actor, at: datetime) -> Draft:
    """The contract of sale 出让合同 of a confirmed deal, signed by both sides."""
    context = {**_deal(deal, at), "number": number, "terms": read_terms(deal.lot.project.parameters)}
    return _of_deal(CONTRACT, deal, f"出让合同 {number}", "exchange/papers/contract.html", context, actor, at)


def certificate(deal: Deal, facts: dict[str, Any], *, actor: Actor, at: datetime) -> Draft:
    """The certificate 鉴证书 under the seal of the exchange, with the address by which anybody can verify it."""
    address = verification_address(facts["code"])
    picture = pdf.qr_code(address, millimetres=34)
    facts_sha256 = digest(encode(facts))
    context = {**_deal(deal, at), "facts": facts, "address": address, "picture": picture, "facts_sha256": facts_sha256}
    return documents.draft(
        actor=actor,
        kind=CERTIFICATE,
        subject=f"certificate:{facts['code']}",
        guard=f"published:{deal.lot_id}",
        title=f"鉴证书 {facts['code']}",
        template="exchange/papers/certificate.html",
        context=context,
        amount=deal.amount,
        public=True,
        file_name=lambda number: f"certificate-{facts['code']}.pdf",
        at=at,
    )


def verification_address(code: str) -> str:
    """Where anybody can check a certificate."""
    return f"{settings.PUBLIC_URL}/verify/certificate/{code}/"


def _of_deal(
    kind: str,
    deal: Deal,
    title: str,
    template: str,
    context: dict[str, Any],
    actor: Actor,
    at: datetime,
    *,
    mode: Mode = Mode.IN_TURN,
    given: Sequence[GivenSignature] = (),
) -> Draft:
    buyer = Party("buyer", gettext_noop("Buyer"), deal.buyer_id, mode=mode)
    return documents.draft(
        actor=actor,
        kind=kind,
        subject=f"deal:{deal.pk}",
        guard=f"deal:{deal.pk}",
        title=title,
        template=template,
        context=context,
        parties=[_seller(deal.lot, mode), buyer],
        given=given,
        amount=deal.amount,
        suite=Suite(deal.lot.project.suite),
        at=at,
    )


def _seller(lot: Lot, mode: Mode = Mode.IN_TURN) -> Party:
    return Party("seller", gettext_noop("Seller"), lot.project.seller_id, mode=mode)


def _deal(deal: Deal, at: datetime) -> dict[str, Any]:
    return {**_common(deal.lot, at), "deal": deal, "buyer": deal.buyer, "capitals": capital_yuan(deal.amount)}


def _common(lot: Lot, at: datetime) -> dict[str, Any]:
    facts = INSTRUMENTS[Instrument(lot.instrument)]
    return {
        "lot": lot,
        "project": lot.project,
        "seller": lot.project.seller,
        "instrument": facts.label,
        "unit": facts.unit,
        "format": PROFILES[lot.profile_name].label,
        "at": at,
    }
