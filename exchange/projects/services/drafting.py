"""The seller drafts: a project, its lots, its documents; then hands it to the exchange."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow, NotFound, Refusal
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from exchange.projects.domain.lots import LotTerms, check_terms
from exchange.projects.domain.states import ProjectCommand, ProjectState
from exchange.projects.domain.trades import TradeType
from exchange.projects.models import Attachment, Lot, Project
from exchange.projects.policies import can_change_project, can_draft_project
from exchange.projects.services.reoffering import lot_offered_again, project_to_offer_again
from exchange.projects.services.transitions import StateMoved, locked_project, move_project
from exchange.projects.sources import sources
from signatures.crypto.mixing import require_installed

EDITABLE = (ProjectState.DRAFT.value, ProjectState.RETURNED.value)


class NothingOffered(Refusal):
    code = "NOTHING_OFFERED"
    message = gettext_noop("The project has no lot yet. Add at least one before you submit it.")


class InstrumentTwice(Refusal):
    """Each pollutant is one lot of its own (Foshan 2018); more of the same belongs into the same lot."""

    code = "INSTRUMENT_TWICE"
    message = gettext_noop(
        "%(instrument)s is already offered in lot %(number)s of this project. Change that lot instead."
    )


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the seller says about the project as a whole."""

    title: str
    region: str
    description: str = ""
    decision_body: str = ""
    decision_no: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    permit_no: str = ""
    """The seller's permit that the rights come from; needed where it holds several that let in different buyers."""
    suite: str = Suite.INTERNATIONAL
    """The algorithms of its procedure."""


@transaction.atomic
def draft_project(
    *, actor: Actor, trade_type: TradeType, facts: ProjectFacts, at: datetime, predecessor_id: int | None = None
) -> int:
    """Start a project of the actor's organisation.

    Refuses (`NotPermitted`) anybody but a seller, (`SuiteMissing`) algorithms that are not installed, and
    (`NothingToOfferAgain`) a predecessor of which nothing failed or was left over.
    """
    can_draft_project(actor).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    before = project_to_offer_again(actor.organisation_id, predecessor_id)
    project = Project.objects.create(
        seller_id=actor.organisation_id,
        trade_type=trade_type.value,
        created_at=at,
        predecessor=before,
        round=before.round + 1 if before else 1,
        **_columns(facts),
    )
    return project.pk


@transaction.atomic
def change_project(*, actor: Actor, project_id: int, facts: ProjectFacts, version: int, at: datetime) -> int:
    """Save the draft; gives its new version.

    Refuses (`StateMoved`) when somebody else saved it since `version`, and (`SuiteMissing`) as `draft_project`.
    """
    project = _editable(actor, project_id)
    return _save(project, version, **_columns(facts))


@transaction.atomic
def add_lot(*, actor: Actor, project_id: int, terms: LotTerms, at: datetime) -> int:
    """Add a lot to the draft. Refuses terms that no lot may have, a second lot of the same pollutant, and, where a
    project is offered again, (`NotOfferedAgain`) what neither failed there nor was left over."""
    project = _editable(actor, project_id)
    check_terms(terms, trade_type=TradeType(project.trade_type), at=at)
    _require_single(project, terms, besides=None)
    before = lot_offered_again(project, terms.instrument)
    last = project.lots.aggregate(last=Max("number"))["last"] or 0
    lot = Lot.objects.create(project=project, number=last + 1, predecessor=before, **_lot_columns(terms))
    _save(project, project.version)
    return lot.pk


@transaction.atomic
def change_lot(*, actor: Actor, lot_id: int, terms: LotTerms, at: datetime) -> None:
    """Change a lot of a draft. Refuses as `add_lot`."""
    lot = Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound()
    project = _editable(actor, lot.project_id)
    check_terms(terms, trade_type=TradeType(project.trade_type), at=at)
    _require_single(project, terms, besides=lot.pk)
    before = lot_offered_again(project, terms.instrument)
    Lot.objects.filter(pk=lot.pk).update(predecessor=before, **_lot_columns(terms))
    _save(project, project.version)


@transaction.atomic
def remove_lot(*, actor: Actor, lot_id: int, at: datetime) -> None:
    """Take a lot out of a draft; nothing was published, so nothing needs to be kept."""
    lot = Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound()
    project = _editable(actor, lot.project_id)
    lot.delete()
    _save(project, project.version)


@transaction.atomic
def attach(*, actor: Actor, project_id: int, document_id: int, title: str, at: datetime) -> int:
    """Put a document of the vault beside the draft."""
    project = _editable(actor, project_id)
    return Attachment.objects.create(project=project, document_id=document_id, title=title, attached_at=at).pk


@transaction.atomic
def detach(*, actor: Actor, attachment_id: int, at: datetime) -> None:
    """Take a document out of the draft; the vault keeps it."""
    attachment = Attachment.objects.filter(pk=attachment_id, removed_at__isnull=True).first()
    if attachment is None:
        raise NotFound()
    _editable(actor, attachment.project_id)
    Attachment.objects.filter(pk=attachment.pk).update(removed_at=at)


@transaction.atomic
def submit_project(*, actor: Actor, project_id: int, at: datetime) -> None:
    """Hand the draft to the exchange for its completeness check.

    Refuses (`NothingOffered`) a project without lots, and what the registry says against the permit that it names.
    """
    project = _editable(actor, project_id)
    lots = list(project.lots.all())
    if not lots:
        raise NothingOffered()
    require_sources(project, at=at)
    move_project(
        project,
        ProjectCommand.SUBMIT,
        actor=actor,
        at=at,
        payload={"lots": [f"lot:{lot.pk}" for lot in lots], "submitted_at": to_text(at)},
        submitted_at=at,
    )


def require_sources(project: Project, *, at: datetime) -> None:
    """Refuses a project whose rights come from a permit that is not the seller's, or from nobody knows which."""
    for instrument in project.lots.values_list("instrument", flat=True):
        sources().require(
            seller_id=project.seller_id, instrument=instrument, permit_no=project.permit_no, on=local_day(at)
        )


def _editable(actor: Actor, project_id: int) -> Project:
    project = locked_project(project_id)
    can_change_project(actor, project).require()
    if project.state not in EDITABLE:
        raise NotAllowedNow(command="CHANGE", state=project.state)
    return project


def _save(project: Project, version: int, **values: str) -> int:
    changed = Project.objects.filter(pk=project.pk, version=version).update(version=version + 1, **values)
    if changed != 1:
        raise StateMoved()
    return version + 1


def _require_single(project: Project, terms: LotTerms, *, besides: int | None) -> None:
    same = project.lots.filter(instrument=terms.instrument.value).first()
    if same is not None and same.pk != besides:
        raise InstrumentTwice(instrument=terms.instrument.value, number=same.number)


def _columns(facts: ProjectFacts) -> dict[str, str]:
    require_installed(Suite(facts.suite))
    return {name: getattr(facts, name).strip() for name in ProjectFacts.__slots__}


def _lot_columns(terms: LotTerms) -> dict[str, object]:
    return {
        "instrument": terms.instrument.value,
        "quantity": terms.quantity,
        "term_years": terms.term_years,
        "start_price": terms.start_price,
        "step": terms.step,
        "profile_name": terms.profile,
        "opens_at": terms.opens_at,
    }
