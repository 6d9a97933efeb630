"""The centre's desk for needs and amendments."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Role, require_role
from commons.evidence.queries import records_of
from commons.pages import FormPage, signed_in
from marketplace.catalogue.labels import requirement_words
from marketplace.procurement import queries, services
from marketplace.procurement.domain.scope import ScopeVerdict
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.forms import ReturnForm
from marketplace.procurement.labels import (
    FUNDS,
    PROCUREMENT_STATES,
    VERDICTS,
    method_explanation,
    method_label,
    reason_words,
)
from marketplace.procurement.models import Procurement, StepDecision
from marketplace.procurement.policies import can_audit
from marketplace.procurement.services.amending import need_from

PAGE = 25
SEES = (Role.STAFF, Role.REGULATOR, Role.AUDITOR)


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the centre, the oldest first."""
    viewer = signed_in(request)
    require_role(viewer, *SEES).require()
    page = Paginator(queries.to_audit(viewer), PAGE).get_page(request.GET.get("page"))
    rows = [(row, PROCUREMENT_STATES[ProcurementState(row.state)], method_label(row.method)) for row in page]
    return render(request, "marketplace/procurement/desk.html", {"page": page, "rows": rows})


class Audit(FormPage):
    """One need with what the rules say of it; returned from here."""

    template_name = "marketplace/procurement/audit.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        require_role(signed_in(request), *SEES).require()
        self.found = queries.procurement_for(signed_in(request), self.kwargs["procurement_id"])
        return ReturnForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found
        row = Procurement.objects.select_related("owner").get(pk=found.id)
        may = bool(can_audit(signed_in(request), row))
        pending = row.pending_amendment
        return {
            "found": found,
            "owner": queries.owner_seen(signed_in(request), found),
            "row": row,
            "need": found.need,
            "state": PROCUREMENT_STATES[found.state],
            "method": method_label(found.need.method),
            "explanation": method_explanation(found.need.method),
            "fund": FUNDS[found.need.fund],
            "requirement": requirement_words([row.requirement])[row.requirement],
            "verdict": VERDICTS[ScopeVerdict(row.scope_verdict)] if row.scope_verdict else None,
            "reasons": [reason_words(one) for one in row.scope_reasons],
            "split": row.split_alert,
            "eligible": queries.count_eligible(found.need, at=timezone.now()),
            "decisions": StepDecision.objects.filter(procurement_id=row.pk, submission=row.submission),
            "pending": pending,
            "proposed": need_from(row, pending["need"]) if pending else None,
            "may_decide": may and found.state is ProcurementState.AUDITING,
            "may_amend": may and pending is not None and found.state is ProcurementState.SIGNING_UP,
            "records": records_of(f"procurement:{row.pk}"),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        reason = form.cleaned_data["reason"]
        services.return_to_owner(actor=signed_in(request), procurement_id=self.found.id, reason=reason, at=at)
        messages.success(request, _("The need went back."))
        return reverse("procurement:desk")


@require_POST
def publish(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Publish the need."""
    services.publish(actor=signed_in(request), procurement_id=procurement_id, at=timezone.now())
    messages.success(request, _("The notice is published. Somebody else of the centre selects."))
    return HttpResponseRedirect(reverse("procurement:notice", args=[procurement_id]))


@require_POST
def amendment(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Publish the amendment, or turn it down."""
    accept = request.POST.get("outcome") == "publish"
    step = services.publish_amendment if accept else services.withdraw_amendment
    step(actor=signed_in(request), procurement_id=procurement_id, at=timezone.now())
    messages.success(
        request,
        _("The amendment is published; the time for signing up begins anew.")
        if accept
        else _("The amendment was turned down."),
    )
    return HttpResponseRedirect(reverse("procurement:audit", args=[procurement_id]))
