"""The centre records what others decided about a section: suspended, resumed, ended."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bidding.tenders import queries, services
from bidding.tenders.domain.states import SectionState
from bidding.tenders.forms.centre import SectionDecisionForm
from bidding.tenders.labels import section_label
from bidding.tenders.policies import can_run_procedure
from bidding.tenders.services.common import store_decision
from commons.pages import FormPage, signed_in

ACTS = {
    "suspend": services.suspend_by_decision,
    "resume": services.resume_by_decision,
    "terminate": services.terminate_by_decision,
}


class Decide(FormPage):
    """Body, number, document and reason of somebody else's decision; the centre itself decides nothing."""

    template_name = "tenders/form.html"

    def _terms(self, request: HttpRequest) -> queries.SectionTerms:
        can_run_procedure(signed_in(request)).require()
        return queries.section_terms(self.kwargs["section_id"])

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        suspended = self._terms(request).state is SectionState.SUSPENDED
        return SectionDecisionForm(data, request.FILES or None, suspended=suspended)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms = self._terms(request)
        return {
            "title": _("Record a decision about section %(number)s") % {"number": terms.number},
            "submit": _("Record and publish"),
            "intro": _("The owner or the regulator decides; you record it with its number and document."),
            "state": section_label(terms.state, terms.profile),
            "back": reverse("tenders:tender", args=[terms.tender_id]),
            "back_title": terms.tender_title,
            "files": True,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, terms, said = signed_in(request), self._terms(request), form.cleaned_data
        decision = store_decision(actor, said, subject=f"section-decision:{terms.section_id}", at=at)
        act = ACTS[said["act"]]
        act(actor=actor, section_id=terms.section_id, decision=decision, reason=said["reason"], at=at)
        messages.success(request, _("Recorded and published; everybody concerned is told."))
        return reverse("tenders:tender", args=[terms.tender_id])
