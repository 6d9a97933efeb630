"""Who may draft, check and publish projects."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument
from exchange.projects.models import Attachment, Project


class SecondPersonNeeded(Refusal):
    """Whoever checked a project may not publish it too (four eyes)."""

    code = "SECOND_PERSON_NEEDED"
    message = gettext_noop("You checked this project, so somebody else of the exchange must publish it.")
    status = 403


def can_draft_project(actor: Actor) -> Decision:
    """Sellers, known by face or licence (a default of this platform: L3)."""
    return require_role(actor, Role.SELLER, assurance=Assurance.FACE_OR_LICENCE)


def can_change_project(actor: Actor, project: Project) -> Decision:
    """The seller whose project it is."""
    decision = can_draft_project(actor)
    return decision if not decision or actor.organisation_id == project.seller_id else deny()


def can_check_project(actor: Actor) -> Decision:
    """Staff of the exchange; the check is one of completeness, not an approval (平台办法)."""
    return require_role(actor, Role.STAFF, assurance=Assurance.REAL_NAME)


def can_publish_project(actor: Actor, project: Project) -> Decision:
    """Staff of the exchange, but not the person whose check stands."""
    decision = can_check_project(actor)
    if not decision:
        return decision
    check = project.checks.filter(passed=True).order_by("-id").first()
    return deny(SecondPersonNeeded()) if check and check.person_id == actor.person_id else decision


def can_see_draft(actor: Actor, project: Project) -> Decision:
    """The seller and the staff of the exchange see a project before its publication; nobody else."""
    if actor.has(Role.STAFF):
        return can_check_project(actor)
    return can_change_project(actor, project)


@guards("project")
def can_download_attachment(actor: Actor, document: StoredDocument) -> Decision:
    """What is attached to a published project is public; drafts, and what was taken off, are the two desks' own."""
    project = Project.objects.filter(pk=int(document.subject.partition(":")[2] or 0)).first()
    if project is None:
        return deny()
    attached = Attachment.objects.filter(project=project, document_id=document.id, removed_at__isnull=True)
    return ALLOWED if project.published_at and attached.exists() else can_see_draft(actor, project)


@guards("published")
def can_download_published(actor: Actor, document: StoredDocument) -> Decision:
    """Result notices and certificates are public."""
    return ALLOWED
