"""Plans with their budgets, and the projects that tenders belong to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders.models import ProcurementPlan, TenderProject
from bidding.tenders.policies import can_draft_tender
from bidding.tenders.services.common import words_of
from commons.domain.actor import Actor, Role
from commons.domain.money import as_text
from commons.domain.refusals import Malformed, NotFound, NotPermitted, Refusal
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.evidence.services import append


class PlanTwice(Refusal):
    code = "PLAN_TWICE"
    message = gettext_noop("There is a plan with this number in that year already.")


class PlanOfAnotherSector(Refusal):
    code = "PLAN_OF_ANOTHER_SECTOR"
    message = gettext_noop("The plan is of another sector. Choose one of this sector, or enter it.")


class PlanBudgetExceeded(Refusal):
    code = "PLAN_BUDGET_EXCEEDED"
    message = gettext_noop("The project's budget of %(budget)s yuan exceeds what the plan leaves: %(left)s yuan.")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What stands in the plan."""

    year: int
    number: str
    title: str
    sector: Sector
    budget: Decimal
    budget_source: str


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is said of a project as a whole."""

    title: str
    sector: Sector
    region: str
    budget: Decimal
    approval_body: str
    approval_no: str
    plan_id: int | None = None
    owner_id: int | None = None
    """For an agent: the owner that it acts for."""


@transaction.atomic
def enter_plan(*, actor: Actor, facts: PlanFacts, at: datetime) -> int:
    """Enter a plan of the actor's organisation. Refuses (`PlanTwice`) a number that the year has already."""
    can_draft_tender(actor).require()
    if not actor.has(Role.TENDEREE) or actor.organisation_id is None:
        raise NotPermitted()
    if facts.budget <= 0 or not 2000 <= facts.year <= 2100:
        raise Malformed(field="budget", reason=gettext_noop("a budget above zero and a year are needed"))
    try:
        with transaction.atomic():
            row = ProcurementPlan.objects.create(
                owner_id=actor.organisation_id,
                year=facts.year,
                number=words_of(facts.number, 1),
                title=words_of(facts.title, 2),
                sector=facts.sector.value,
                budget=facts.budget,
                budget_source=words_of(facts.budget_source, 2),
                entered_at=at,
            )
    except IntegrityError:
        raise PlanTwice() from None
    payload = {"year": str(row.year), "number": row.number, "budget": as_text(row.budget), "sector": row.sector}
    append(stream=f"plan:{row.pk}", type="PlanEntered", actor=actor, payload=payload, decided_at=at)
    return row.pk


@transaction.atomic
def open_project(*, actor: Actor, facts: ProjectFacts, at: datetime) -> int:
    """Start a project, with its plan where there is one. Refuses a plan of another owner or sector, or overspent."""
    can_draft_tender(actor).require()
    owner_id, agent_id = _sides(actor, facts)
    check_region(facts.region)
    if facts.budget <= 0:
        raise Malformed(field="budget", reason=gettext_noop("a budget above zero and a year are needed"))
    plan = _plan(facts, owner_id) if facts.plan_id else None
    row = TenderProject.objects.create(
        owner_id=owner_id,
        agent_id=agent_id,
        plan=plan,
        sector=facts.sector.value,
        region=facts.region,
        title=words_of(facts.title, 2),
        approval_body=facts.approval_body.strip(),
        approval_no=facts.approval_no.strip(),
        budget=facts.budget,
        created_at=at,
    )
    payload = {"plan": f"plan:{plan.pk}" if plan else None, "budget": as_text(row.budget), "sector": row.sector}
    append(stream=f"tender-project:{row.pk}", type="ProjectOpened", actor=actor, payload=payload, decided_at=at)
    return row.pk


def _sides(actor: Actor, facts: ProjectFacts) -> tuple[int, int | None]:
    assert actor.organisation_id is not None, "a role is held for an organisation"
    if actor.has(Role.TENDEREE) and facts.owner_id in (None, actor.organisation_id):
        return actor.organisation_id, None
    if actor.has(Role.AGENT) and facts.owner_id is not None:
        return facts.owner_id, actor.organisation_id
    raise NotPermitted()


def _plan(facts: ProjectFacts, owner_id: int) -> ProcurementPlan:
    if facts.plan_id is None:
        raise NotFound()
    plan = ProcurementPlan.objects.select_for_update().filter(pk=facts.plan_id, owner_id=owner_id).first()
    if plan is None:
        raise NotFound()
    if plan.sector != facts.sector.value:
        raise PlanOfAnotherSector()
    used = sum(plan.projects.values_list("budget", flat=True), Decimal(0))
    if facts.budget > plan.budget - used:
        raise PlanBudgetExceeded(budget=as_text(facts.budget), left=as_text(plan.budget - used))
    return plan
