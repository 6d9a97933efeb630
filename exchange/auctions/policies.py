"""Who may do what in an auction, from the registration to the certificate."""

from commons.domain.actor import ALLOWED, CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument
from exchange.auctions.domain.registrations import CentreCannotBuy, SellerCannotBuy
from exchange.auctions.domain.secrecy import Viewer
from exchange.auctions.models import Registration
from exchange.contracts.models import Deal
from exchange.projects.models import Lot, Project

_BARRED = CENTRE_ROLES | {Role.REGULATOR}


def can_register(actor: Actor, lot: Lot) -> Decision:
    """A bidder (L3), neither the seller nor staff of the exchange or its regulator (碳排放权交易管理暂行条例, 2024)."""
    if actor.has(*_BARRED):
        return deny(CentreCannotBuy())
    decision = require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)
    if decision and actor.organisation_id == lot.project.seller_id:
        return deny(SellerCannotBuy())
    return decision


def can_change_registration(actor: Actor, registration: Registration) -> Decision:
    """The buyer whose registration it is."""
    decision = can_register(actor, registration.lot)
    return decision if not decision or actor.organisation_id == registration.organisation_id else deny()


def can_act_as_seller(actor: Actor, project: Project) -> Decision:
    """The seller of the project."""
    decision = require_role(actor, Role.SELLER, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == project.seller_id else deny()


def can_act_as_buyer(actor: Actor, deal: Deal) -> Decision:
    """The buyer of the deal."""
    decision = require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == deal.buyer_id else deny()


def can_run_procedure(actor: Actor) -> Decision:
    """Staff of the exchange: amendments, suspensions and endings are recorded by it, decided by others (平台办法)."""
    return require_role(actor, Role.STAFF, assurance=Assurance.REAL_NAME)


def can_record_voucher(actor: Actor) -> Decision:
    """The treasury, whose voucher it is (财税〔2015〕61号)."""
    return require_role(actor, Role.TREASURY, assurance=Assurance.REAL_NAME)


def viewer_of(actor: Actor, project: Project) -> Viewer:
    """Which column of the secrecy matrix the actor reads."""
    if actor.has(Role.FINANCE):
        return Viewer.FINANCE
    if actor.has(Role.STAFF, Role.HOST):
        return Viewer.STAFF
    if actor.has(Role.REGULATOR):
        return Viewer.REGULATOR
    if actor.has(Role.AUDITOR):
        return Viewer.AUDITOR
    if actor.has(Role.SELLER) and actor.organisation_id == project.seller_id:
        return Viewer.SELLER
    return Viewer.BUYER if actor.has(Role.BIDDER) else Viewer.PUBLIC


OVERSEERS = (Role.STAFF, Role.FINANCE, Role.TREASURY, Role.REGULATOR, Role.AUDITOR)


def can_see_deal(actor: Actor, deal: Deal) -> Decision:
    """The two sides, the exchange, the treasury and the overseers."""
    sides = (deal.buyer_id, deal.lot.project.seller_id)
    own = actor.organisation_id is not None and actor.organisation_id in sides
    return ALLOWED if own or actor.has(*OVERSEERS) else deny()


@guards("deal")
def can_download_contract(actor: Actor, document: StoredDocument) -> Decision:
    """Contracts are for those who may see the deal."""
    deal = Deal.objects.select_related("lot__project").filter(pk=int(document.subject.partition(":")[2] or 0)).first()
    return can_see_deal(actor, deal) if deal else deny()
