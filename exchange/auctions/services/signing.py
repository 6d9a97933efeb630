"""Who signs which paper of an auction, and what a signature does: the last one on the contract makes it."""

from commons.domain.actor import ALLOWED, Actor, Decision, deny
from commons.domain.text import gettext_noop
from exchange.auctions.policies import can_act_as_buyer, can_act_as_seller, can_see_deal
from exchange.auctions.services.papers import CERTIFICATE, CONFIRMATION, CONTRACT, RESULT
from exchange.auctions.services.settling import contract_signed
from exchange.contracts.models import Deal
from exchange.projects.models import Lot
from signatures.documents.kinds import PaperKind, SignedPart, register_paper_kind


def _number(subject: str) -> int:
    return int(subject.partition(":")[2])


def _deal(subject: str) -> Deal | None:
    return Deal.objects.select_related("lot__project", "buyer").filter(pk=_number(subject)).first()


def _may_sign_deal(actor: Actor, subject: str, field: str) -> Decision:
    deal = _deal(subject)
    if deal is None:
        return deny()
    return can_act_as_buyer(actor, deal) if field == "buyer" else can_act_as_seller(actor, deal.lot.project)


def _may_read_deal(actor: Actor, subject: str) -> Decision:
    deal = _deal(subject)
    return can_see_deal(actor, deal) if deal else deny()


def _may_sign_result(actor: Actor, subject: str, field: str) -> Decision:
    lot = Lot.objects.select_related("project").filter(pk=_number(subject)).first()
    return can_act_as_seller(actor, lot.project) if lot else deny()


def _nobody(actor: Actor, subject: str, field: str) -> Decision:
    """The platform alone seals the paper."""
    return deny()


def _anybody(actor: Actor, subject: str) -> Decision:
    return ALLOWED


def _agreed(part: SignedPart) -> None:
    contract_signed(
        actor=part.actor,
        deal_id=_number(part.subject),
        side=part.field,
        sha256=part.sha256,
        document_id=part.document_id,
        at=part.at,
    )


def _nothing(part: SignedPart) -> None:
    """The paper states what stands already; the signature changes nothing in it."""


for _kind in (
    PaperKind(RESULT, gettext_noop("Result notice"), _may_sign_result, _anybody, _nothing),
    PaperKind(CONFIRMATION, gettext_noop("Confirmation of the deal"), _nobody, _may_read_deal, _nothing),
    PaperKind(CONTRACT, gettext_noop("Contract of sale"), _may_sign_deal, _may_read_deal, _agreed),
    PaperKind(CERTIFICATE, gettext_noop("Certificate of transaction"), _nobody, _anybody, _nothing),
):
    register_paper_kind(_kind)
