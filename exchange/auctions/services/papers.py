"""The papers of an auction as Chinese PDFs: result notice, contract, certificate. They go into the vault."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from commons.domain.actor import Actor
from commons.domain.money import capital_yuan
from commons.evidence.domain.canonical import digest, encode
from commons.pdf import services as pdf
from commons.vault import services as vault
from commons.vault.queries import StoredDocument
from exchange.auctions.domain.formats import PROFILES
from exchange.auctions.domain.terms import read_terms
from exchange.contracts.models import Deal
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from exchange.projects.models import Lot

LANGUAGE = "zh-hans"
"""What is signed between the parties is Chinese, whoever asked for it."""


def result_notice(lot: Lot, deals: Sequence[Deal], *, actor: Actor, at: datetime) -> StoredDocument:
    """The result notice 成交结果公告, with the confirmation slip of the deal 成交通知书 of each buyer."""
    rows = [(deal, capital_yuan(deal.amount)) for deal in deals]
    context = {**_common(lot, at), "rows": rows, "terms": read_terms(lot.project.parameters)}
    return _file("exchange/papers/result.html", context, f"result-{lot.pk}.pdf", f"published:{lot.pk}", actor, at)


def contract(deal: Deal, number: str, *, actor: Actor, at: datetime) -> StoredDocument:
    """The contract of sale 出让合同 of a confirmed deal."""
    context = {**_deal(deal, at), "number": number, "terms": read_terms(deal.lot.project.parameters)}
    return _file("exchange/papers/contract.html", context, f"contract-{number}.pdf", f"deal:{deal.pk}", actor, at)


def certificate(deal: Deal, facts: dict[str, Any], *, actor: Actor, at: datetime) -> StoredDocument:
    """The certificate 鉴证书 with the code and address by which anybody can verify it."""
    address = verification_address(facts["code"])
    picture = pdf.qr_code(address, millimetres=34)
    facts_sha256 = digest(encode(facts))
    context = {**_deal(deal, at), "facts": facts, "address": address, "picture": picture, "facts_sha256": facts_sha256}
    name = f"certificate-{facts['code']}.pdf"
    return _file("exchange/papers/certificate.html", context, name, f"published:{deal.lot_id}", actor, at)


def verification_address(code: str) -> str:
    """Where anybody can check a certificate."""
    return f"{settings.PUBLIC_URL}/verify/certificate/{code}/"


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


def _file(
    template: str, context: dict[str, Any], name: str, subject: str, actor: Actor, at: datetime
) -> StoredDocument:
    content = pdf.render(template, context, language=LANGUAGE)
    return vault.store(actor=actor, stream=[content], name=name, media_type="application/pdf", at=at, subject=subject)
