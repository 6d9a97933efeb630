"""The owner's workspace: plans, projects, drafts, sections, award method, officers, invitations, filing, handing in."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bidding.profiles import queries as profiles
from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import FORMULAS, Sector, Switch
from bidding.tenders import services
from bidding.tenders.domain.discrimination import label_of
from bidding.tenders.domain.document import parse
from bidding.tenders.domain.sections import SectionTermsDraft, bond_cap
from bidding.tenders.forms import (
    AwardMethodForm,
    FilingForm,
    InviteForm,
    PlanForm,
    ProjectForm,
    RosterForm,
    SectionForm,
    TenderForm,
    WordsForm,
    procedure_name,
)
from bidding.tenders.labels import SECTION_STATES, TENDER_STATES, failure_label, place_label
from bidding.tenders.models import ProcurementPlan, Section, Tender, TenderProject
from bidding.tenders.policies import can_change_tender, can_draft_tender
from bidding.tenders.queries import pages
from bidding.tenders.services.common import EDITABLE, invited, profile_of
from bidding.tenders.services.drafting import UnknownCode, missing
from commons.domain.actor import Role
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.domain.tasks import Task, TaskState
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from commons.texts import refusal_text
from signatures.envelopes import queries as envelopes

PAGE = 20


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every tender of the owner or agent, its plans and projects, and what waits for an answer."""
    actor = signed_in(request)
    page = Paginator(pages.owned_tenders(actor), PAGE).get_page(request.GET.get("page"))
    projects = TenderProject.objects.filter(owner_id=actor.organisation_id) | TenderProject.objects.filter(
        agent_id=actor.organisation_id
    )
    context = {
        "page": page,
        "rows": [(tender, *TENDER_STATES[tender.state]) for tender in page],
        "waiting": pages.waiting_for_owner(actor),
        "projects": projects.select_related("plan").order_by("-pk")[:PAGE],
        "plans": ProcurementPlan.objects.filter(owner_id=actor.organisation_id)[:PAGE],
        "may_plan": actor.has(Role.TENDEREE),
    }
    return render(request, "tenders/desk.html", context)


class OwnerForm(FormPage):
    """A form of the owner's workspace."""

    template_name = "tenders/form.html"
    title: Any = ""
    submit: Any = gettext_lazy("Save")
    intro: Any = ""

    def context(self, request: HttpRequest) -> dict[str, Any]:
        back, name = reverse("tenders:desk"), _("My tenders")
        if "tender_id" in self.kwargs:
            back, name = reverse("tenders:draft", args=[self.kwargs["tender_id"]]), self.tender(request).title
        return {"title": self.title, "submit": self.submit, "intro": self.intro, "back": back, "back_title": name}

    def tender(self, request: HttpRequest) -> Tender:
        actor = signed_in(request)
        tender = pages.draft_of(actor, self.kwargs["tender_id"])
        can_change_tender(actor, tender).require()
        return tender

    def profile(self, request: HttpRequest) -> ProcedureProfile:
        return profile_of(self.tender(request), timezone.now())

    def draft_url(self) -> str:
        return reverse("tenders:draft", args=[self.kwargs["tender_id"]])


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
        choices = [(one.code, procedure_name(one)) for one in lawful]
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
                 "contact_phone", "consortium_allowed", "sme_reserved", "version")  # fmt: skip
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


@require_safe
def draft(request: HttpRequest, tender_id: int) -> HttpResponse:
    """One tender as its owner sees it: tasks, sections, findings, what the centre said, and the ways from there."""
    actor = signed_in(request)
    tender = pages.draft_of(actor, tender_id)
    profile = profile_of(tender, timezone.now())
    editable = tender.state in EDITABLE and bool(can_change_tender(actor, tender))
    returned = [check.reason for check in tender.checks.all() if not check.passed]
    context = {
        "tender": tender,
        "state": TENDER_STATES[tender.state],
        "procedure": procedure_name(profile),
        "editable": editable,
        "sections": [
            (section, *SECTION_STATES[section.state], failure_label(section.failure))
            for section in tender.sections.all()
        ],
        "findings": [
            (one, f"{place_label(one.place)} · {_(label_of(one.rule))}")
            for one in tender.findings.all()
            if one.gone_at is None
        ],
        "returned": returned[-1] if returned and tender.state == "RETURNED" else "",
        "tasks": tasks_of(tender, profile, editable=editable),
        "ready": editable and is_ready(tender, profile),
        "lacking": [_(words) for words in missing(tender, profile)] if editable else [],
        "failed": any(section.state == "FAILED" for section in tender.sections.all()),
        "published": tender.published_at is not None,
        "prequalified": profile.applies_first,
        "in_stages": profile.has(Switch.TWO_STAGE),
    }
    return render(request, "tenders/draft.html", context)


def tasks_of(tender: Tender, profile: ProcedureProfile, *, editable: bool) -> list[Task]:
    """What is to be done before a draft can be handed in."""
    document = parse(tender.draft) if tender.draft else None
    open_findings = any(one.gone_at is None and one.answered_at is None for one in tender.findings.all())

    def task(title: str, *, done: bool, name: str) -> Task:
        url = reverse(f"tenders:{name}", args=[tender.pk]) if editable else ""
        return Task(title, TaskState.DONE if done else TaskState.NOT_STARTED, url)

    facts = bool(tender.bid_deadline and tender.documents_until and tender.contact_name and tender.contact_phone)
    rows = [
        task(_("Facts and dates"), done=facts, name="edit"),
        task(_("Sections"), done=bool(tender.sections.all()), name="new_section"),
        task(_("Tender document"), done=bool(document and document.clauses), name="document"),
        task(_("Award method"), done=bool(tender.award_method), name="award_method"),
    ]
    if profile.has(Switch.SEALED):
        rows.append(task(_("Opening officers"), done=bool(tender.roster_id), name="roster"))
    if profile.has(Switch.INVITATION):
        rows.append(task(_("Whom to invite"), done=bool(invited(tender.pk)), name="invite"))
    if profile.has(Switch.FILING):
        rows.append(task(_("Filing with the authority"), done=bool(tender.filings.all()), name="filing"))
    if tender.findings.all():
        rows.append(
            Task(_("Clauses to answer for"), TaskState.INCOMPLETE if open_findings else TaskState.DONE, "#findings")
        )
    ready = is_ready(tender, profile)
    if editable:
        state = TaskState.NOT_STARTED if ready else TaskState.CANNOT_START
        hint = "" if ready else _("First complete the tasks above.")
        rows.append(Task(_("Hand in for the completeness check"), state, "#submit" if ready else "", hint))
    else:
        rows.append(Task(_("Hand in for the completeness check"), TaskState.DONE))
    return rows


def is_ready(tender: Tender, profile: ProcedureProfile) -> bool:
    """Whether nothing stands in the way of handing in that can be seen here; the service looks at everything."""
    answered = all(one.gone_at is not None or one.answered_at is not None for one in tender.findings.all())
    return answered and bool(tender.draft) and not missing(tender, profile)


class NewSection(OwnerForm):
    """A section."""

    title = gettext_lazy("Add a section")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return SectionForm(data, profile=self.profile(request))

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.add_section(
            actor=signed_in(request), tender_id=self.kwargs["tender_id"], terms=section_of(form), at=at
        )
        return self.draft_url() + "#sections"


class EditSection(OwnerForm):
    """A section of a draft; says how high its bond may be."""

    title = gettext_lazy("Change a section")

    def _section(self) -> Section:
        row = Section.objects.filter(pk=self.kwargs["section_id"], tender_id=self.kwargs["tender_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        section, profile = self._section(), self.profile(request)
        names = ("title", "scope", "kind", "estimate", "ceiling", "bond", "awards", "price_kind")
        form = SectionForm(data, profile=profile, initial={name: getattr(section, name) for name in names})
        cap = bond_cap(profile, section.estimate)
        if cap and "bond" in form.fields:
            text = _("At most %(cap)s yuan for this estimate (%(source)s).")
            form.fields["bond"].help_text = text % {"cap": f"{cap[0]:,}", "source": cap[1]}
        return form

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.change_section(actor=signed_in(request), section_id=self._section().pk, terms=section_of(form), at=at)
        return self.draft_url() + "#sections"


@require_POST
def remove_section(request: HttpRequest, tender_id: int, section_id: int) -> HttpResponse:
    """Take a section out of a draft."""
    services.remove_section(actor=signed_in(request), section_id=section_id, at=timezone.now())
    return HttpResponseRedirect(reverse("tenders:draft", args=[tender_id]) + "#sections")


class ChooseAward(OwnerForm):
    """How the award is decided, fixed before the notice."""

    title = gettext_lazy("Award method")
    intro = gettext_lazy("Fixed before the notice and published with it; it cannot be changed afterwards.")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender, profile = self.tender(request), self.profile(request)
        initial = {"method": tender.award_method}
        initial |= {f"p_{name}": value for name, value in tender.award_parameters.items()}
        return AwardMethodForm(data, profile=profile, initial=initial)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, AwardMethodForm)
        method = form.cleaned_data["method"]
        given = form.parameters()
        tender_id, actor = self.kwargs["tender_id"], signed_in(request)
        services.choose_award(actor=actor, tender_id=tender_id, method=method, parameters=given, at=at)
        messages.success(request, _("The award method is %(method)s.") % {"method": _(FORMULAS[method])})
        return self.draft_url()


class ChooseRoster(OwnerForm):
    """The opening officers."""

    title = gettext_lazy("Opening officers")
    intro = gettext_lazy("Bids are sealed for the bidder and these officers together; so many of them open them.")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        tender = self.tender(request)
        rosters = [(str(one.id), f"{one.name} ({one.k}/{one.n})") for one in envelopes.active_rosters()]
        return RosterForm(data, rosters=rosters, initial={"roster": tender.roster_id})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = int(form.cleaned_data["roster"])
        services.choose_roster(actor=signed_in(request), tender_id=self.kwargs["tender_id"], roster_id=number, at=at)
        return self.draft_url()


class FileNotice(OwnerForm):
    """The filing with the authority."""

    title = gettext_lazy("Filing with the authority")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.tender(request)
        return FilingForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.file_notice(actor=signed_in(request), tender_id=self.kwargs["tender_id"], at=at, **form.cleaned_data)
        return self.draft_url()


class Invite(OwnerForm):
    """Whom to invite."""

    title = gettext_lazy("Whom to invite")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.tender(request)
        return InviteForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        tender = self.tender(request)
        names = [one.name for one in people.organisations(invited(tender.pk)).values()]
        text = _("Invited so far: %(names)s.") % {"names": ", ".join(names)} if names else ""
        return {**super().context(request), "intro": text}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        found = []
        for code in form.cleaned_data["codes"].split():
            organisation = people.organisation_by_uscc(code)
            if organisation is None:
                raise UnknownCode(uscc=code)
            found.append(organisation.id)
        services.invite(actor=signed_in(request), tender_id=self.kwargs["tender_id"], organisation_ids=found, at=at)
        return self.draft_url()


class AnswerFinding(OwnerForm):
    """The owner's public answer to a clause that looks discriminatory."""

    title = gettext_lazy("Why the clause must stand")
    submit = gettext_lazy("Answer in public")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = [one for one in self.tender(request).findings.all() if one.pk == self.kwargs["finding_id"]]
        if not found or found[0].gone_at is not None:
            raise NotFound()
        self.intro = f"“{found[0].quote}” · {found[0].article}"
        return WordsForm(data, initial={"words": found[0].answer})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        finding_id, words = self.kwargs["finding_id"], form.cleaned_data["words"]
        services.answer_finding(actor=signed_in(request), finding_id=finding_id, answer=words, at=at)
        return self.draft_url() + "#findings"


@require_POST
def submit(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Hand the draft to the centre."""
    try:
        services.submit_tender(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
        messages.success(request, _("Handed in. The centre checks whether everything is there."))
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse("tenders:draft", args=[tender_id]))


@require_POST
def repeat(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Tender the failed sections again."""
    again = services.repeat_tender(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
    messages.success(request, _("A new round is drafted from the failed sections. Set its dates."))
    return HttpResponseRedirect(reverse("tenders:draft", args=[again]))


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
    )


def section_of(form: forms.Form) -> SectionTermsDraft:
    given = form.cleaned_data
    return SectionTermsDraft(
        title=given["title"],
        scope=given["scope"],
        kind=given["kind"],
        estimate=given["estimate"],
        price_kind=given["price_kind"],
        ceiling=given["ceiling"],
        bond=given.get("bond"),
        awards=given.get("awards") or 1,
    )
