"""The owner begins: plan, project, tender, facts and dates."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from bidding.profiles import queries as profiles
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services
from bidding.tenders.forms.planning import PlanForm, ProjectForm, TenderForm
from bidding.tenders.labels import procedure_name
from bidding.tenders.models import ProcurementPlan, TenderProject
from bidding.tenders.policies import can_draft_tender
from bidding.tenders.views.owners import OwnerForm
from commons.domain.actor import Role
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound
from commons.pages import signed_in


class NewPlan(OwnerForm):
    """A plan with its budget."""

    title = gettext_lazy("Enter a plan")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_draft_tender(signed_in(request)).require()
        return PlanForm(data, initial={"year": timezone.now().year})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        facts = {**form.cleaned_data, "sector": Sector(form.cleaned_data["sector"])}
        services.enter_plan(actor=signed_in(request), facts=services.PlanFacts(**facts), at=at)
        return reverse("tenders:desk")


class NewProject(OwnerForm):
    """A project that tenders belong to."""

    title = gettext_lazy("Start a project")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_draft_tender(actor).require()
        plans = ProcurementPlan.objects.filter(owner_id=actor.organisation_id)
        owners: list[tuple[str, str]] = []
        if not actor.has(Role.TENDEREE):
            plans = ProcurementPlan.objects.select_related("owner")
            owners = sorted({(str(plan.owner_id), plan.owner.name) for plan in plans})
        return ProjectForm(data, plans=[(str(plan.pk), str(plan)) for plan in plans], owners=owners)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        given = form.cleaned_data
        facts = services.ProjectFacts(
            title=given["title"],
            sector=Sector(given["sector"]),
            region=given["region"],
            budget=given["budget"],
            approval_body=given["approval_body"],
            approval_no=given["approval_no"],
            plan_id=int(given["plan"]) if given["plan"] else None,
            owner_id=int(given["owner"]) if given.get("owner") else None,
        )
        project_id = services.open_project(actor=signed_in(request), facts=facts, at=at)
        return reverse("tenders:new", args=[project_id])


class NewTender(OwnerForm):
    """The first page of a tender: its procedure, lawful by which article, and its facts."""

    title = gettext_lazy("Draft a tender")
    intro = gettext_lazy("Procedures that the law bars in this sector and region are listed below with their article.")
    template_name = "tenders/new.html"

    def _project(self, request: HttpRequest) -> TenderProject:
        actor = signed_in(request)
        project = TenderProject.objects.filter(pk=self.kwargs["project_id"]).first()
        if project is None or actor.organisation_id not in (project.owner_id, project.agent_id):
            raise NotFound()
        can_draft_tender(actor).require()
        return project

    def _offers(self, request: HttpRequest) -> list[profiles.Offer]:
        project = self._project(request)
        today = local_day(timezone.now())
        return profiles.choices(sector=Sector(project.sector), region=project.region, on=today)

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        lawful = [offer.view.profile for offer in self._offers(request) if not offer.barred]
        choices = [(procedure_name(one), one) for one in lawful]
        return TenderForm(data, profiles=choices, initial={"title": self._project(request).title})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        offers = [(procedure_name(offer.view.profile), offer) for offer in self._offers(request)]
        return {**super().context(request), "offers": offers}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        tender_id = services.draft_tender(
            actor=signed_in(request),
            project_id=self.kwargs["project_id"],
            profile_code=form.cleaned_data["profile_code"],
            facts=facts_of(form),
            at=at,
        )
        return reverse("tenders:draft", args=[tender_id])


class EditTender(OwnerForm):
    """The facts of a draft."""

    title = gettext_lazy("Facts and dates")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender = self.tender(request)
        names = ("title", "description", "applications_end_at", "documents_until", "bid_deadline", "contact_name",
                 "contact_phone", "consortium_allowed", "sme_reserved",
                 "qualified_maximum",                 "version")  # fmt: skip
        initial = {name: getattr(tender, name) for name in names}
        initial["designated_media"] = "\n".join(tender.designated_media)
        return TenderForm(data, profile=self.profile(request), initial=initial)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        version = form.cleaned_data["version"] or 0
        tender_id = self.kwargs["tender_id"]
        services.change_tender(
            actor=signed_in(request), tender_id=tender_id, facts=facts_of(form), version=version, at=at
        )
        return self.draft_url()


def facts_of(form: forms.Form) -> services.TenderFacts:
    given = form.cleaned_data
    media = tuple(line.strip() for line in given["designated_media"].splitlines() if line.strip())
    return services.TenderFacts(
        title=given["title"],
        description=given["description"],
        contact_name=given["contact_name"],
        contact_phone=given["contact_phone"],
        applications_end_at=given.get("applications_end_at"),
        documents_until=given["documents_until"],
        bid_deadline=given["bid_deadline"],
        designated_media=media,
        consortium_allowed=given.get("consortium_allowed", False),
        sme_reserved=given.get("sme_reserved", False),
        qualified_maximum=given.get("qualified_maximum"),
    )
