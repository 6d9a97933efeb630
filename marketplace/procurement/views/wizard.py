"""The wizard: a need in steps, each kept before the next; what is missing is named all the way."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.refusals import NotFound
from commons.domain.tasks import Task, TaskState
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from marketplace.catalogue import queries as catalogue
from marketplace.entry import queries as entry
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement import services
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.states import EDITABLE
from marketplace.procurement.domain.wizard import WizardStep, fields_of, step_after, steps_of
from marketplace.procurement.forms import NeedForm, StepForm, initial_of
from marketplace.procurement.labels import WIZARD_STEPS
from marketplace.procurement.policies import can_draft
from marketplace.procurement.views.drafting import advice_on, items, own, with_requirement


class New(FormPage):
    """The first step of a need by hand; it begins the draft."""

    template_name = "marketplace/procurement/step.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_draft(actor).require()
        owner = entry.require_entered(actor, EntrantKind.OWNER)
        organisation = people.organisations([owner.organisation_id])[owner.organisation_id]
        fund = FundSource.FISCAL if organisation.kind == "GOVERNMENT" else FundSource.SOCIAL
        self.before = NeedFacts(
            title="", item_id=0, region=organisation.region, fund=fund, method=Method.LOTTERY,
            contact_name=owner.contact_name, contact_phone=owner.contact_phone,
        )  # fmt: skip
        initial = {"region": organisation.region, "item": request.GET.get("item", "")[:9]}
        return StepForm(data, items=items(), initial=initial, keep=fields_of(WizardStep.WHAT, Method.LOTTERY))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        walked = [(WIZARD_STEPS[one.step], one) for one in steps_of(self.before)]
        tasks = [Task(str(words), TaskState.NOT_STARTED) for words, _one in walked]
        return {"heading": _("A new need"), "step": walked[0][0], "place": 1, "steps": len(walked), "tasks": tasks}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, StepForm), "the page makes its own form"
        need = with_requirement(form.need_after(self.before))
        number = services.start_draft(actor=signed_in(request), need=need, at=at)
        return _onward(request, number, WizardStep.WHAT, need)


class Step(FormPage):
    """One step of a draft."""

    template_name = "marketplace/procurement/step.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = own(request, self.kwargs["procurement_id"])
        known = {one.slug: one for one in WizardStep}
        step = known.get(self.kwargs["step"])
        keep = fields_of(step, self.found.need.method) if step else ()
        if step is None or not keep or self.found.state not in EDITABLE:
            raise NotFound()
        self.step = step
        return StepForm(data, items=items(), initial=initial_of(self.found.need), keep=keep)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        need = self.found.need
        walked = [one.step for one in steps_of(need)]
        place = walked.index(self.step)
        return {
            "heading": need.title,
            "found": self.found,
            "step": WIZARD_STEPS[self.step],
            "slug": self.step.slug,
            "place": place + 1,
            "steps": len(walked),
            "back": _address(self.found.id, walked[place - 1]) if place else "",
            "tasks": tasks_of(self.found.id, need),
            **advice_on(request, need, self.found),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, StepForm), "the page makes its own form"
        need = _of_new_item(self.found.need, form.need_after(self.found.need))
        services.save_draft(actor=signed_in(request), procurement_id=self.found.id, need=need, at=at)
        return _onward(request, self.found.id, self.step, need)


def tasks_of(procurement_id: int, need: NeedFacts) -> list[Task]:
    """The steps of a draft: which are done, and what the others lack."""
    return [
        Task(
            str(WIZARD_STEPS[one.step]),
            TaskState.INCOMPLETE if one.gaps else TaskState.DONE,
            _address(procurement_id, one.step),
            "; ".join(f"{gap_label(gap.field)}: {_(gap.message)}" for gap in one.gaps),
        )
        for one in steps_of(need)
    ]


def next_step(procurement_id: int, need: NeedFacts) -> str:
    """The address of the first step that lacks something; empty when none does."""
    lacking = [one.step for one in steps_of(need) if one.gaps]
    return _address(procurement_id, lacking[0]) if lacking else ""


def gap_label(field: str) -> str:
    """The field of the form in which something is missing."""
    known = NeedForm.base_fields.get(field)
    return str(known.label) if known is not None else field


def _onward(request: HttpRequest, procurement_id: int, step: WizardStep, need: NeedFacts) -> str:
    """Where one goes on: to the next step; to the need itself after the last one, or to leave."""
    messages.success(request, _("The draft is kept."))
    after = None if "leave" in request.POST else step_after(step, need)
    return _address(procurement_id, after) if after else reverse("procurement:own", args=[procurement_id])


def _address(procurement_id: int, step: WizardStep) -> str:
    return reverse("procurement:step", args=[procurement_id, step.slug])


def _of_new_item(before: NeedFacts, after: NeedFacts) -> NeedFacts:
    """With another item come its qualifications, unless somebody wrote others."""
    if after.item_id == before.item_id or after.requirement != catalogue.item(before.item_id).facts.requirement:
        return after
    return replace(after, requirement=catalogue.item(after.item_id).facts.requirement)
