"""The buyer asks for a guarantee in the place of the deposit, or hands one in."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from exchange.auctions import queries, services
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.projects.queries import lot_view
from signatures.guarantees import queries as guarantees
from signatures.guarantees.domain.terms import GuaranteeKind
from signatures.guarantees.forms import AskForm, UploadForm
from signatures.guarantees.services import Stated


class Ask(FormPage):
    """Which issuer is asked. What the issuer gets to know stands on the page."""

    template_name = "exchange/auctions/guarantee.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        issuers = [(one.id, f"{one.name} · {one.kind_label}") for one in guarantees.issuers(taking=True)]
        return AskForm(data, issuers=issuers)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return _around(request, self.kwargs["registration_id"])

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        ref = services.ask_for_guarantee(
            actor=signed_in(request),
            registration_id=self.kwargs["registration_id"],
            issuer_id=form.cleaned_data["issuer"],
            kind=GuaranteeKind(form.cleaned_data["kind"]),
            note=form.cleaned_data["note"],
            at=at,
        )
        return reverse("guarantees:one", args=[ref])


class HandIn(FormPage):
    """The signed file of an issuer that is not connected."""

    template_name = "exchange/auctions/hand_in_guarantee.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return UploadForm(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return _around(request, self.kwargs["registration_id"])

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        data = form.cleaned_data
        ref = services.hand_in_guarantee(
            actor=signed_in(request),
            registration_id=self.kwargs["registration_id"],
            stated=Stated(
                issuer_name=data["issuer_name"],
                issuer_uscc=data["issuer_uscc"],
                number=data["number"],
                amount=Money(data["amount"]),
                expires_on=data["expires_on"],
            ),
            pdf=data["file"].read(),
            at=at,
        )
        return reverse("guarantees:one", args=[ref])


def _around(request: HttpRequest, registration_id: int) -> dict[str, Any]:
    found: Registration = queries.registration(signed_in(request), registration_id)
    if found.state != RegistrationState.SUBMITTED or not queries.guarantee_allowed(found.lot):
        raise NotFound()
    return {
        "registration": found,
        "lot": lot_view(found.lot),
        "project": found.lot.project,
        "required": queries.required_of(found),
    }
