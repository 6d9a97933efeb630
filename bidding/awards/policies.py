"""Who may record, confirm, publish, award and sign."""

from datetime import timedelta

from bidding.awards.domain.securities import BondsSealed
from bidding.awards.models import Award, EvaluationReport, ResultLine
from bidding.tenders import queries as tenders
from commons.approvals.kinds import register_kind
from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument

FORFEIT = register_kind(
    "bidding.forfeit",
    request=(Role.TENDEREE,),
    approve=(Role.TENDEREE,),
    valid_for=timedelta(days=14),
    assurance=Assurance.FACE_OR_LICENCE,
    label=gettext_noop("Keep a bond or performance security"),
    same_house=True,
).name
"""Two persons of the owner; `can_award` asks that both are of the section's own owner."""

OVERSEERS = (Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR)


def can_record_report(actor: Actor, terms: tenders.SectionTerms) -> Decision:
    """The owner or its agent, as the committee's secretary."""
    decision = require_role(actor, Role.TENDEREE, Role.AGENT, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id in (terms.owner_id, terms.agent_id) else deny()


def can_confirm_report(actor: Actor, terms: tenders.SectionTerms) -> Decision:
    """A second person of the owner's side, or the centre as a witness that the record is what was signed."""
    if actor.has(Role.STAFF, Role.HOST):
        return require_role(actor, Role.STAFF, Role.HOST, assurance=Assurance.REAL_NAME)
    return can_record_report(actor, terms)


def can_award(actor: Actor, terms: tenders.SectionTerms) -> Decision:
    """The owner alone decides (招标投标法 第40条)."""
    decision = require_role(actor, Role.TENDEREE, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == terms.owner_id else deny()


def can_open_room(actor: Actor, terms: tenders.SectionTerms) -> Decision:
    """The owner's side, or the centre's host on its behalf."""
    if actor.has(Role.HOST):
        return require_role(actor, Role.HOST, assurance=Assurance.REAL_NAME)
    return can_record_report(actor, terms)


def can_make_offers(actor: Actor) -> Decision:
    """Suppliers; which of them remain the section says."""
    return require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)


def can_see_bonds(actor: Actor, terms: tenders.SectionTerms) -> Decision:
    """After the opening: the owner's side, finance, and those who oversee. Before it they are told to come back."""
    decision = ALLOWED if actor.has(*OVERSEERS, Role.FINANCE) else can_record_report(actor, terms)
    if not decision or terms.opened_at is not None:
        return decision
    opens = terms.bid_deadline
    return deny(BondsSealed(opens=to_text(opens) if opens else "–"))


def can_sign_as_winner(actor: Actor, award: Award) -> Decision:
    """The bidder to whom it was awarded."""
    decision = require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == award.line.organisation_id else deny()


def can_see_award(actor: Actor, award: Award) -> Decision:
    """The two sides, the centre and the overseers."""
    project = award.section.tender.project
    sides = (project.owner_id, project.agent_id, award.line.organisation_id)
    own = actor.organisation_id is not None and actor.organisation_id in sides
    return ALLOWED if own or actor.has(*OVERSEERS) else deny()


def can_refuse_call_off(actor: Actor, award: Award) -> Decision:
    """The supplier of the framework, whose order it is."""
    decision = require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == award.line.organisation_id else deny()


@guards("award")
def can_download_paper(actor: Actor, document: StoredDocument) -> Decision:
    """Letters and contracts are for those who may see the award."""
    rows = Award.objects.select_related("section__tender__project", "line")
    award = rows.filter(pk=int(document.subject.partition(":")[2] or 0)).first()
    return can_see_award(actor, award) if award else deny()


def can_see_debrief(actor: Actor, line: ResultLine) -> Decision:
    """The bidder that it is for (财政部令第87号 第69条: nobody is told of others), and those who oversee."""
    return ALLOWED if actor.organisation_id == line.organisation_id or actor.has(*OVERSEERS) else deny()


@guards("debrief")
def can_download_debrief(actor: Actor, document: StoredDocument) -> Decision:
    """A debrief is read by whoever may see it."""
    line = ResultLine.objects.filter(pk=int(document.subject.partition(":")[2] or 0)).first()
    return can_see_debrief(actor, line) if line else deny()


@guards("evaluation-report")
def can_download_report(actor: Actor, document: StoredDocument) -> Decision:
    """The committee's signed paper is for the owner's side and the overseers."""
    section_id = int(document.subject.partition(":")[2] or 0)
    if actor.has(*OVERSEERS):
        return ALLOWED
    report = EvaluationReport.objects.select_related("section__tender__project").filter(section_id=section_id).first()
    if report is None:
        return deny()
    project = report.section.tender.project
    return ALLOWED if actor.organisation_id in (project.owner_id, project.agent_id) else deny()
