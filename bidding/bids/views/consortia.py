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
from bidding.bids.domain.consortium import Member
from bidding.bids.forms import ConsortiumForm
from bidding.bids.queries.consortia import led_by, own_agreements, section_of_agreement
from bidding.tenders import queries as tenders
from bidding.tenders.domain.grades import joint
from bidding.tenders.domain.states import SectionState
from commons.domain.time import from_text
from commons.pages import FormPage, signed_in, told_there
from commons.people import queries as people


class Consortium(FormPage):
    """Agreements in which the own organisation leads or is a member, and a form for the lead."""

    template_name = "bids/consortium.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        policies.can_prepare(actor).require()
        led = led_by(actor, self.kwargs["section_id"])
        own = people.organisation(actor.organisation_id) if actor.organisation_id else None
        members = [member.as_json() for member in led] or ([{"uscc": own.uscc}] if own else [])
        return ConsortiumForm(data, members=members)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One row more, with what was filled in kept; or the agreement."""
        if request.POST.get("step") != "more":
            return super().post(request, **kwargs)
        data = request.POST.copy()
        data["rows"] = str(len(ConsortiumForm(data, members=[]).members) + 1)
        return self.show(request, self.form(request, data))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        terms = tenders.section_terms(self.kwargs["section_id"])
        own = own_agreements(actor, terms.section_id)
        rows = [
            {
                "id": row.pk,
                "members": [_told(one) for one in members],
                "leads": row.organisation_id == actor.organisation_id,
                "lead_id": row.organisation_id,
                "may_sign": any(one.organisation_id == actor.organisation_id and not one.signed_at for one in members),
                "whole": all(one.signed_at for one in members),
                "counts": joint([one.licence for one in members]),
            }
            for row, members in own
        ]
        takes = terms.state is SectionState.BIDDING and terms.intake_id is not None
        return {"terms": terms, "rows": rows, "may_write": terms.consortium_allowed and takes, "takes": takes,
                "leads": any(row["leads"] for row in rows)}  # fmt: skip

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ConsortiumForm)
        section_id = self.kwargs["section_id"]
        services.propose_consortium(actor=signed_in(request), section_id=section_id, said=form.said(), at=at)
        messages.success(request, _("Written down. Every member signs it with its certificate, you too."))
        return reverse("bids:consortium", args=[section_id])


def _told(member: Member) -> dict[str, Any]:
    """A member with the time of its signature as the page shows times."""
    signed = from_text(member.signed_at) if member.signed_at else None
    return {**member.as_json(), "organisation_id": member.organisation_id, "signed": signed}


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
