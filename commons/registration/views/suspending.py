"""The operations desk suspends an organisation and lifts it, by an authority's decision and two persons."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.approvals import queries as approvals
from commons.approvals import services as approving
from commons.domain.refusals import NotFound
from commons.domain.time import SHANGHAI
from commons.evidence.queries import records_of
from commons.pages import FormPage, signed_in, told_there
from commons.people import policies, queries, suspensions
from commons.registration.forms import LiftForm, SuspendForm
from commons.registration.services import suspending


class Suspension(FormPage):
    """What stands against an organisation, what is asked, and the form to ask: suspend it, or lift the suspension."""

    template_name = "registering/suspension.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_keep_people(signed_in(request)).require()
        number = self.kwargs["organisation_id"]
        found = queries.organisation(number)
        if found is None:
            raise NotFound()
        self.organisation = found
        self.standing = suspensions.in_force([number], timezone.now()).get(number)
        return LiftForm(data) if self.standing is not None else SuspendForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        viewer, at, subject = signed_in(request), timezone.now(), f"organisation:{self.organisation.id}"
        asked = [one for one in approvals.about(viewer, subject) if one.is_open(at) or one.waits_to_be_used(at)]
        return {
            "organisation": self.organisation,
            "standing": self.standing,
            "asked": [(one, one.requested_by == viewer.person_id) for one in asked],
            "history": suspensions.of(self.organisation.id),
            "records": records_of(subject),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        if self.standing is not None:
            suspending.propose_lifting(actor=signed_in(request), suspension_id=self.standing.id, at=at, **said)
        else:
            ends = datetime.combine(said.pop("last_day") + timedelta(days=1), time(), tzinfo=SHANGHAI)
            suspending.propose_suspension(
                actor=signed_in(request), organisation_id=self.organisation.id, ends_at=ends, at=at, **said
            )
        messages.success(request, _("A second person of the desk now has to agree."))
        return reverse("registration:suspension", args=[self.organisation.id])


@require_POST
def decide(request: HttpRequest, organisation_id: int, approval_id: int) -> HttpResponse:
    """The second person agrees, or either says no."""
    actor, at = signed_in(request), timezone.now()
    policies.can_keep_people(actor).require()
    asked = approvals.one(actor, approval_id)
    if asked.subject != f"organisation:{organisation_id}":
        raise NotFound()
    with told_there(request):
        if request.POST.get("step") == "drop":
            approving.give_up(actor=actor, approval_id=approval_id, at=at)
            messages.success(request, _("The request is off."))
        elif asked.kind == suspending.SUSPEND:
            suspending.suspend_organisation(
                actor=actor, organisation_id=organisation_id, approval_id=approval_id, at=at
            )
            messages.success(request, _("The organisation is suspended; its people are signed out."))
        else:
            number = int(str(asked.payload["suspension"]))
            suspending.lift_suspension(actor=actor, suspension_id=number, approval_id=approval_id, at=at)
            messages.success(request, _("The suspension is lifted."))
    return HttpResponseRedirect(reverse("registration:suspension", args=[organisation_id]))
