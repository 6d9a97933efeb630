"""Who may draft, check, publish, take, ask, answer and judge."""

from django.utils import timezone

from bidding.tenders.domain.secrecy import Viewer
from bidding.tenders.models import Section, Tender, TenderProject
from commons.domain.actor import ALLOWED, CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument


class CentreCannotBid(Refusal):
    code = "CENTRE_CANNOT_BID"
    message = gettext_noop("Staff of the centre and of its regulator take no part in tenders.")
    status = 403


class OwnerCannotBid(Refusal):
    """招标投标法实施条例 第34条."""

    code = "OWNER_CANNOT_BID"
    message = gettext_noop("The owner of a tender and its agent take no part in it.")
    status = 403


class CheckedByYou(Refusal):
    """Four eyes: who checked does not publish."""

    code = "TENDER_CHECKED_BY_YOU"
    message = gettext_noop("You checked this tender, so somebody else of the centre must publish it.")
    status = 403


OWNERS = (Role.TENDEREE, Role.AGENT)


def can_draft_tender(actor: Actor) -> Decision:
    """Owners (招标人, 采购人) and their agents, known by face or licence."""
    return require_role(actor, *OWNERS, assurance=Assurance.FACE_OR_LICENCE)


def can_change_project(actor: Actor, project: TenderProject) -> Decision:
    """The owner of the project, or the agent that it named."""
    decision = can_draft_tender(actor)
    own = actor.organisation_id is not None and actor.organisation_id in (project.owner_id, project.agent_id)
    return decision if not decision or own else deny()


def can_change_tender(actor: Actor, tender: Tender) -> Decision:
    return can_change_project(actor, tender.project)


def can_decide_for_owner(actor: Actor, tender: Tender) -> Decision:
    """The owner itself, not its agent: what the law leaves to the 招标人 alone."""
    decision = require_role(actor, Role.TENDEREE, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == tender.project.owner_id else deny()


def can_check_tender(actor: Actor) -> Decision:
    """Staff of the centre; the check is one of completeness, not an approval (平台办法)."""
    return require_role(actor, Role.STAFF, assurance=Assurance.REAL_NAME)


def can_publish_tender(actor: Actor, tender: Tender) -> Decision:
    """Staff of the centre, but not the person whose check stands."""
    decision = can_check_tender(actor)
    if not decision:
        return decision
    check = tender.checks.filter(passed=True).order_by("-id").first()
    return deny(CheckedByYou()) if check and check.person_id == actor.person_id else decision


def can_see_draft(actor: Actor, tender: Tender) -> Decision:
    """The owner, its agent and the staff of the centre see a tender before its publication; nobody else."""
    return can_check_tender(actor) if actor.has(Role.STAFF) else can_change_tender(actor, tender)


def can_take_part(actor: Actor, tender: Tender) -> Decision:
    """Bidders (L3), neither the owner nor its agent, nor the centre or its regulator."""
    if actor.has(*CENTRE_ROLES, Role.REGULATOR):
        return deny(CentreCannotBid())
    decision = require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)
    if decision and actor.organisation_id in (tender.project.owner_id, tender.project.agent_id):
        return deny(OwnerCannotBid())
    return decision


@guards("application")
def can_download_application(actor: Actor, document: StoredDocument) -> Decision:
    """The applicant its own; the owner's side once the applications ended; the overseers after the opening."""
    if actor.organisation_id is not None and actor.organisation_id == document.organisation_id:
        return ALLOWED
    number = int(document.subject.partition(":")[2] or 0)
    section = Section.objects.select_related("tender__project").filter(pk=number).first()
    if section is None:
        return deny()
    if section.opened_at is not None and actor.has(Role.STAFF, Role.REGULATOR, Role.AUDITOR):
        return ALLOWED
    ends = section.tender.applications_end_at
    return can_change_tender(actor, section.tender) if ends is not None and timezone.now() >= ends else deny()


def can_run_procedure(actor: Actor) -> Decision:
    """Staff of the centre record suspensions and endings that others decided; the platform follows the clock."""
    if actor.system:
        return Decision()
    return require_role(actor, Role.STAFF, Role.HOST, assurance=Assurance.REAL_NAME)


def viewer_of(actor: Actor, tender: Tender) -> Viewer:
    """Which column of the secrecy matrix the actor reads."""
    if actor.has(Role.STAFF, Role.HOST):
        return Viewer.STAFF
    if actor.has(Role.REGULATOR):
        return Viewer.REGULATOR
    if actor.has(Role.AUDITOR):
        return Viewer.AUDITOR
    if actor.has(*OWNERS) and actor.organisation_id in (tender.project.owner_id, tender.project.agent_id):
        return Viewer.OWNER
    return Viewer.BIDDER if actor.has(Role.BIDDER) else Viewer.PUBLIC
