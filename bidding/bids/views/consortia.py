"""The agreement of a consortium: written by its lead, signed by every member, seen by nobody else."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bidding.bids import policies, services
from bidding.bids.forms import ConsortiumForm
from bidding.bids.queries.consortia import own_agreements, section_of_agreement
from bidding.tenders import queries as tenders
from commons.pages import FormPage, signed_in, told_there


class Consortium(FormPage):
    """Agreements in which the own organisation leads or is a member, and a form for the lead."""

    template_name = "bids/consortium.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_prepare(signed_in(request)).require()
        return ConsortiumForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        terms = tenders.section_terms(self.kwargs["section_id"])
        own = own_agreements(actor, terms.section_id)
        rows = [
            {
                "id": row.pk,
                "members": members,
                "leads": row.organisation_id == actor.organisation_id,
                "lead_id": row.organisation_id,
                "may_sign": any(one.organisation_id == actor.organisation_id and not one.signed_at for one in members),
                "whole": all(one.signed_at for one in members),
            }
            for row, members in own
        ]
        return {"terms": terms, "rows": rows}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ConsortiumForm)
        section_id = self.kwargs["section_id"]
        services.propose_consortium(actor=signed_in(request), section_id=section_id, said=form.said(), at=at)
        messages.success(request, _("Written down. Every member signs it with its certificate, you too."))
        return reverse("bids:consortium", args=[section_id])


@require_safe
def back(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """From the signing dialogue, whose record does not name the section, to the page of the agreement's section."""
    section_id = section_of_agreement(signed_in(request), agreement_id)
    return HttpResponseRedirect(reverse("bids:consortium", args=[section_id]))


@require_POST
def sign(request: HttpRequest, section_id: int, agreement_id: int) -> HttpResponse:
    """On to the signing dialogue."""
    onward = reverse("bids:consortium", args=[section_id])
    with told_there(request):
        onward = services.request_agreement(actor=signed_in(request), agreement_id=agreement_id, at=timezone.now()).url
    return HttpResponseRedirect(onward)


@require_POST
def dissolve(request: HttpRequest, section_id: int) -> HttpResponse:
    """The lead gives it up."""
    with told_there(request):
        services.dissolve_consortium(actor=signed_in(request), section_id=section_id, at=timezone.now())
        messages.success(request, _("The consortium is given up."))
    return HttpResponseRedirect(reverse("bids:consortium", args=[section_id]))
