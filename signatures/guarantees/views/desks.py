"""Desks: the issuer's queue and credit lines, the centre's list of issuers."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commons.domain.actor import Role
from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from signatures.guarantees import policies, queries, services
from signatures.guarantees.domain.refusals import ApplicantUnknown
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import IssuerKind, IssuerStatus
from signatures.guarantees.forms import CreditForm, IssuerForm, StatusForm
from signatures.guarantees.labels import ISSUER_STATUSES

_S = GuaranteeState
QUEUES = {
    "waiting": (_S.APPLIED, _S.UNDERWRITING),
    "claims": (_S.CLAIMED,),
    "standing": (_S.SEALED, _S.OPENED, _S.REFUSED),
    "over": (_S.RELEASED, _S.PAID, _S.CANCELLED, _S.EXPIRED, _S.DECLINED),
}


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The issuer's underwriting queue and what it has issued."""
    viewer = signed_in(request)
    issuer = queries.issuer_of(viewer)
    rows = queries.of_issuer(viewer)
    # An extension that was asked for waits for a signature like an application.
    longer = {row.ref for row in rows if row.state in QUEUES["standing"] and row.dossier.extension is not None}
    parts = [
        (_("To be assessed and signed"), [row for row in rows if row.state in QUEUES["waiting"] or row.ref in longer]),
        (_("Claims to be answered"), [row for row in rows if row.state in QUEUES["claims"]]),
        (_("Guarantees in force"), [row for row in rows if row.state in QUEUES["standing"] and row.ref not in longer]),
        (_("Over"), [row for row in rows if row.state in QUEUES["over"]]),
    ]
    context = {"issuer": issuer, "parts": parts, "status": ISSUER_STATUSES[issuer.status], "at": timezone.now()}
    return render(request, "guarantees/queue.html", context)


class CreditLines(FormPage):
    """The credit lines of an issuer; managers grant them."""

    template_name = "guarantees/credit.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return CreditForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        viewer = signed_in(request)
        issuer = queries.issuer_of(viewer)
        return {"issuer": issuer, "lines": queries.credits(viewer), "may_grant": viewer.has(Role.ISSUER_MANAGER)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        viewer = signed_in(request)
        applicant = people.organisation_by_uscc(form.cleaned_data["uscc"].strip().upper())
        if applicant is None:
            raise ApplicantUnknown()
        services.grant_credit(
            actor=viewer,
            issuer_id=queries.issuer_of(viewer).id,
            organisation_id=applicant.id,
            limit=Money(form.cleaned_data["limit"]),
            valid_until=form.cleaned_data["valid_until"],
            at=at,
        )
        return reverse("guarantees:credit")


class Issuers(FormPage):
    """The list of issuers, kept by the centre's operators."""

    template_name = "guarantees/issuers.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return IssuerForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        policies.can_keep_issuers(signed_in(request)).require()
        return {"issuers": [(one, *ISSUER_STATUSES[one.status]) for one in queries.issuers()]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        viewer = signed_in(request)
        policies.can_keep_issuers(viewer).require()
        data = form.cleaned_data
        organisation = people.organisation_by_uscc(data["uscc"].strip().upper())
        if organisation is None:
            raise ApplicantUnknown()
        facts = services.IssuerFacts(
            kind=IssuerKind(data["kind"]),
            licence_no=data["licence_no"],
            premium_rate=data["premium_rate"],
            premium_minimum=data["premium_minimum"],
            channel="HTTP" if data["endpoint"] else "EMBEDDED",
            endpoint=data["endpoint"],
            key_name=data["key_name"],
        )
        number = data["decision_no"]
        services.list_issuer(actor=viewer, organisation_id=organisation.id, facts=facts, decision_no=number, at=at)
        return reverse("guarantees:issuers")


class IssuerStatusPage(FormPage):
    """Suspend, revoke or readmit an issuer."""

    template_name = "guarantees/issuer_status.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return StatusForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        policies.can_keep_issuers(signed_in(request)).require()
        found = [one for one in queries.issuers() if one.id == self.kwargs["issuer_id"]]
        if not found:
            raise NotFound()
        return {"issuer": found[0], "status": ISSUER_STATUSES[found[0].status]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.set_status(
            actor=signed_in(request),
            issuer_id=self.kwargs["issuer_id"],
            status=IssuerStatus(form.cleaned_data["status"]),
            decision_no=form.cleaned_data["decision_no"],
            at=at,
        )
        return reverse("guarantees:issuers")
