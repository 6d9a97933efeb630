"""Who may object, answer, complain, decide, and read what was said."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument
from exchange.complaints.models import Complaint, Objection
from exchange.projects.models import Project

READERS = (Role.STAFF, Role.REGULATOR, Role.AUDITOR)


def can_object(actor: Actor, project: Project) -> Decision:
    """An organisation that is not the seller, known by real name, about a published project."""
    if actor.organisation_id is None or actor.organisation_id == project.seller_id or project.published_at is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME)


def can_answer(actor: Actor, project: Project) -> Decision:
    """The seller answers (招标投标法实施条例 第22条, by analogy)."""
    own = actor.organisation_id == project.seller_id
    return require_role(actor, Role.SELLER, assurance=Assurance.REAL_NAME) if own else deny()


def can_complain(actor: Actor, objection: Objection) -> Decision:
    """Who raised the objection (招标投标法实施条例 第60条)."""
    own = actor.organisation_id == objection.organisation_id
    return require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME) if own else deny()


def can_withdraw_complaint(actor: Actor, objection: Objection) -> Decision:
    """Who complained."""
    return can_complain(actor, objection)


def can_decide_complaint(actor: Actor) -> Decision:
    """The regulator alone (招标投标法实施条例 第61条): neither the exchange nor the seller."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_read_complaint(actor: Actor, complaint: Complaint) -> Decision:
    """Both sides, the exchange and the overseers."""
    objection = complaint.objection
    sides = (objection.organisation_id, objection.project.seller_id)
    own = actor.organisation_id is not None and actor.organisation_id in sides
    return ALLOWED if own else can_read_all(actor)


@guards("complaint")
def can_download_paper(actor: Actor, document: StoredDocument) -> Decision:
    """The regulator's papers on a complaint are for those who may read the complaint."""
    number = int(document.subject.partition(":")[2] or 0)
    complaint = Complaint.objects.select_related("objection__project").filter(pk=number).first()
    return can_read_complaint(actor, complaint) if complaint else deny()


def can_read_all(actor: Actor) -> Decision:
    """The exchange and the overseers."""
    return ALLOWED if actor.has(*READERS) else deny()
