"""The owner's workspace: the desk, one draft with its tasks, handing in, tendering again."""

from typing import Any, TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services
from bidding.tenders.domain import single_source
from bidding.tenders.domain.discrimination import label_of
from bidding.tenders.domain.document import parse
from bidding.tenders.labels import TENDER_STATES, failure_label, place_label, procedure_name, section_label
from bidding.tenders.models import ProcurementPlan, Tender, TenderProject
from bidding.tenders.policies import can_change_tender, can_decide_for_owner
from bidding.tenders.queries import pages
from bidding.tenders.services.common import EDITABLE, invited, profile_of
from bidding.tenders.services.drafting import missing
from commons.domain.actor import Role
from commons.domain.refusals import NotFound
from commons.domain.tasks import Task, TaskState
from commons.pages import FormPage, signed_in, told_there
from commons.paging import Part, numbered

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
        "projects": _part(request, projects.select_related("plan").order_by("-pk"), "projects"),
        "plans": _part(request, ProcurementPlan.objects.filter(owner_id=actor.organisation_id), "plans"),
        "may_plan": actor.has(Role.TENDEREE),
    }
    return render(request, "tenders/desk.html", context)


M = TypeVar("M", bound=Model)


def _part(request: HttpRequest, rows: QuerySet[M], name: str) -> Part[M]:
    """One page of a list beside the first, chosen by a parameter of its own."""
    return numbered(rows, iter, number=request.GET.get(name, "1"), size=PAGE, name=name)


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

    def require(self, request: HttpRequest, switch: Switch) -> None:
        """Refuses (`NotFound`) a page of something that the procedure does not know."""
        if not self.profile(request).has(switch):
            raise NotFound()

    def draft_url(self) -> str:
        return reverse("tenders:draft", args=[self.kwargs["tender_id"]])


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
            (
                section,
                *section_label(section.state, profile),
                failure_label(section.failure),
            )
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
        "reserves": editable and profile.has(Switch.RESERVE) and bool(can_decide_for_owner(actor, tender)),
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
    if profile.is_single_source:
        said = single_source.parse(tender.single_source)
        named = len(invited(tender.pk)) == 1 and not list(single_source.lacking(said, profile))
        rows.append(task(_("One supplier alone"), done=named, name="single_source"))
    elif profile.has(Switch.INVITATION):
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


@require_POST
def submit(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Hand the draft to the centre."""
    with told_there(request):
        services.submit_tender(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
        messages.success(request, _("Handed in. The centre checks whether everything is there."))
    return HttpResponseRedirect(reverse("tenders:draft", args=[tender_id]))


@require_POST
def repeat(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Tender the failed sections again."""
    again = services.repeat_tender(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
    messages.success(request, _("A new round is drafted from the failed sections. Set its dates."))
    return HttpResponseRedirect(reverse("tenders:draft", args=[again]))
