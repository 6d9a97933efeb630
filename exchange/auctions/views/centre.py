"""The exchange's pages after the check: publish, amend, record others' decisions, record a default."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.vault import services as vault
from exchange.auctions import queries, services
from exchange.auctions.forms import AmendmentForm, CertificateForm, DecisionForm, DefaultForm, PowersForm, StopForm
from exchange.auctions.policies import can_run_procedure
from exchange.auctions.services.complaining import is_stopped
from exchange.complaints import queries as complaints
from exchange.complaints.policies import can_decide_complaint
from exchange.complaints.views.complaints import store_paper
from exchange.contracts import queries as certificates
from exchange.notices.queries import published_project
from exchange.notices.services import NumberedDecision
from exchange.projects.domain.trades import Instrument
from exchange.projects.queries import lot_view

ACTIONS = {"suspend": services.suspend_lot, "resume": services.resume_lot, "terminate": services.terminate_lot}


@require_POST
def publish(request: HttpRequest, project_id: int) -> HttpResponse:
    """Publish a checked project, as its second person."""
    services.publish_project(actor=signed_in(request), project_id=project_id, at=timezone.now())
    messages.success(request, _("The notice is published."))
    return HttpResponseRedirect(reverse("notices:project", args=[project_id]))


class Amend(FormPage):
    """An amended notice for one lot of a published project."""

    template_name = "exchange/auctions/amend.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_run_procedure(signed_in(request)).require()
        project = published_project(self.kwargs["project_id"])
        lots = [(str(lot.number), f"{lot.number} · {Instrument(lot.instrument)}") for lot in project.lots.all()]
        return AmendmentForm(data, lots=lots)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        project = published_project(self.kwargs["project_id"])
        return {"project": project, "lots": [lot_view(lot) for lot in project.lots.all()]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        data, project_id = form.cleaned_data, self.kwargs["project_id"]
        change = services.LotChange(start_price=data["start_price"], step=data["step"], opens_at=data["opens_at"])
        services.amend_notice(
            actor=signed_in(request),
            project_id=project_id,
            changes={int(data["lot"]): change},
            reason=data["reason"],
            decision=NumberedDecision(data["decision_body"], data["decision_no"], None),
            at=at,
        )
        messages.success(request, _("The amended notice is published; the clocks of the lot have started again."))
        return reverse("notices:project", args=[project_id])


class Powers(FormPage):
    """Suspend, resume or end a lot, as somebody with the power decided."""

    template_name = "exchange/auctions/powers.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_run_procedure(signed_in(request)).require()
        return PowersForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        lot = queries.public_lot(self.kwargs["lot_id"])
        return {"lot": lot_view(lot), "project": lot.project}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, lot_id = signed_in(request), self.kwargs["lot_id"]
        decision = store_decision(actor, form, subject=f"published:{lot_id}", at=at)
        service = ACTIONS[form.cleaned_data["action"]]
        service(actor=actor, lot_id=lot_id, decision=decision, reason=form.cleaned_data["reason"], at=at)
        return reverse("auctions:lot", args=[lot_id])


class CertificatePage(FormPage):
    """Replace a certificate or revoke it, as somebody with the power decided."""

    template_name = "exchange/auctions/certificate.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_run_procedure(signed_in(request)).require()
        return CertificateForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = certificates.certificate(self.kwargs["code"])
        if found is None:
            raise NotFound()
        return {"certificate": found, "lot": lot_view(found.deal.lot), "project": found.deal.lot.project}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, code, data = signed_in(request), self.kwargs["code"], form.cleaned_data
        found = certificates.certificate(code)
        if found is None:
            raise NotFound()
        decision = store_decision(actor, form, subject=f"deal:{found.deal_id}", at=at)
        if data["action"] == "revoke":
            services.revoke_certificate(actor=actor, code=code, decision=decision, at=at)
        else:
            code = services.supersede_certificate(
                actor=actor, code=code, decision=decision, reason=data["reason"], at=at
            )
        return reverse("certificates:verify", args=[code])


class ComplaintSuspension(FormPage):
    """The regulator stops a lot or its room because of a complaint, or lets it go on, under a number."""

    template_name = "exchange/auctions/complaint_suspension.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_decide_complaint(signed_in(request)).require()
        return StopForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = complaints.complaint(signed_in(request), self.kwargs["complaint_id"])
        lot = found.objection.lot
        if lot is None:
            raise NotFound()
        return {
            "complaint": found,
            "lot": lot_view(lot),
            "project": found.objection.project,
            "stopped": is_stopped(lot),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, data = signed_in(request), form.cleaned_data
        found = complaints.complaint(actor, self.kwargs["complaint_id"])
        paper = store_paper(actor, data["decision_no"], data["reason"], data["document"], found, at=at)
        stop = services.suspend_for_complaint if data["action"] == "suspend" else services.resume_after_complaint
        stop(actor=actor, complaint_id=found.pk, paper=paper, at=at)
        return reverse("complaints:complaint", args=[found.pk])


class Default(FormPage):
    """The seller decided that the buyer defaulted."""

    template_name = "exchange/auctions/default.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_run_procedure(signed_in(request)).require()
        return DefaultForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        deal = queries.deal(signed_in(request), self.kwargs["deal_id"])
        return {"deal": deal, "lot": lot_view(deal.lot), "project": deal.lot.project}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, deal_id = signed_in(request), self.kwargs["deal_id"]
        decision = store_decision(actor, form, subject=f"deal:{deal_id}", at=at)
        data = form.cleaned_data
        if data["action"] == "end":
            services.end_deal(actor=actor, deal_id=deal_id, decision=decision, reason=data["reason"], at=at)
        else:
            services.record_default(
                actor=actor,
                deal_id=deal_id,
                decision=decision,
                reason=data["reason"],
                take_next=data["take_next"],
                at=at,
            )
        return reverse("contracts:deal", args=[deal_id])


def store_decision(actor: Actor, form: forms.Form, *, subject: str, at: datetime) -> NumberedDecision:
    """Put the decision's document into the vault and give the decision."""
    assert isinstance(form, DecisionForm), "forms of decisions carry body, number and document"
    file = form.cleaned_data["document"]
    document = vault.store(
        actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, subject=subject
    )
    return NumberedDecision(form.cleaned_data["decision_body"], form.cleaned_data["decision_no"], document.id)
