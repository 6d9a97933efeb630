"""Pages of complaints: the list, raising one, and the regulator's desk for one."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from commons.domain.actor import Actor
from commons.forms import offer
from commons.pages import FormPage, signed_in
from commons.vault import services as vault
from exchange.complaints import queries, services
from exchange.complaints.domain.complaints import OPEN, ComplaintCommand, ComplaintState, DocumentKind
from exchange.complaints.labels import DOCUMENTS, STATES
from exchange.complaints.models import Complaint
from exchange.complaints.policies import can_complain, can_decide_complaint, can_withdraw_complaint
from exchange.complaints.services.complaining import Paper, window_of
from exchange.complaints.views.objections import TextForm

PAGE = 20

STEPS = {
    ComplaintState.RAISED: (
        (ComplaintCommand.ACCEPT.value, _("Accept the complaint")),
        (ComplaintCommand.REJECT.value, _("Reject it: it is not taken up")),
    ),
    ComplaintState.ACCEPTED: (
        (ComplaintCommand.UPHOLD.value, _("Decide: the complaint is upheld")),
        (ComplaintCommand.DISMISS.value, _("Decide: the complaint is dismissed")),
    ),
}


class PaperForm(forms.Form):
    """A numbered paper of the regulator."""

    number = forms.CharField(label=_("Number of the document"), max_length=60)
    document = forms.FileField(label=_("The document itself"), help_text=_("PDF, at most 50 MB."))
    words = forms.CharField(label=_("What it says"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class StepForm(PaperForm):
    """The next step of a complaint."""

    step = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    field_order = ("step",)

    def __init__(self, *args: Any, state: str, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "step", STEPS.get(ComplaintState(state), ()))


@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """The complaints that the reader has to do with; open ones first."""
    page = Paginator(queries.complaints(signed_in(request)), PAGE).get_page(request.GET.get("page"))
    rows = [(row, due_of(row), STATES[row.state]) for row in page]
    context = {"page": page, "rows": rows, "today": timezone.localdate()}
    return render(request, "exchange/complaints/complaints.html", context)


class Raise(FormPage):
    """Complain about the answer to one's objection."""

    template_name = "exchange/complaints/complain.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = queries.objection(signed_in(request), self.kwargs["objection_id"])
        can_complain(signed_in(request), found).require()
        return TextForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.objection(signed_in(request), self.kwargs["objection_id"])
        return {"objection": found, "window": window_of(found)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        complaint_id = services.raise_complaint(
            actor=signed_in(request),
            objection_id=self.kwargs["objection_id"],
            text=form.cleaned_data["text"],
            at=at,
        )
        return reverse("complaints:complaint", args=[complaint_id])


class Decide(FormPage):
    """One complaint with its papers; the regulator takes the next step here."""

    template_name = "exchange/complaints/complaint.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return StepForm(data, request.FILES or None, state=self._found(request).state)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor, found = signed_in(request), self._found(request)
        is_open = found.state in OPEN
        return {
            "complaint": found,
            "papers": [(paper, DOCUMENTS[DocumentKind(paper.kind)]) for paper in found.documents.all()],
            "state": STATES[found.state],
            "due_on": due_of(found),
            "may_decide": is_open and bool(can_decide_complaint(actor)),
            "may_withdraw": is_open and bool(can_withdraw_complaint(actor, found.objection)),
            "may_suspend": found.state == ComplaintState.ACCEPTED and bool(can_decide_complaint(actor)),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, found = signed_in(request), self._found(request)
        can_decide_complaint(actor).require()
        command = ComplaintCommand(form.cleaned_data["step"])
        data = form.cleaned_data
        paper = store_paper(actor, data["number"], data["words"], data["document"], found, at=at)
        services.take_step(actor=actor, complaint_id=found.pk, command=command, paper=paper, at=at)
        return reverse("complaints:complaint", args=[found.pk])

    def _found(self, request: HttpRequest) -> Complaint:
        return queries.complaint(signed_in(request), self.kwargs["complaint_id"])


class Withdraw(FormPage):
    """Take a complaint back."""

    template_name = "exchange/complaints/withdraw.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = queries.complaint(signed_in(request), self.kwargs["complaint_id"])
        can_withdraw_complaint(signed_in(request), found.objection).require()
        return forms.Form(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"complaint": queries.complaint(signed_in(request), self.kwargs["complaint_id"])}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        complaint_id = self.kwargs["complaint_id"]
        services.withdraw_complaint(actor=signed_in(request), complaint_id=complaint_id, at=at)
        return reverse("complaints:complaint", args=[complaint_id])


def store_paper(actor: Actor, number: str, words: str, file: Any, complaint: Complaint, *, at: datetime) -> Paper:
    """Put the paper of an uploaded `file` into the vault and give it."""
    stored = vault.store(
        actor=actor,
        stream=file,
        name=file.name,
        media_type="application/pdf",
        at=at,
        subject=f"complaint:{complaint.pk}",
    )
    return Paper(number, words, stored.id)


def due_of(complaint: Complaint) -> Any:
    """The day by which the regulator takes the next step; none when there is none."""
    if complaint.state not in OPEN:
        return None
    return complaint.decision_due_on or complaint.acceptance_due_on
