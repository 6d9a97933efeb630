"""The account on which the exchange collects: one person of finance names it, a second one agrees."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.approvals import queries as approvals
from commons.approvals.domain.approval import ApprovalState
from commons.approvals.queries import ApprovalView
from commons.domain.actor import Actor
from commons.pages import FormPage, signed_in
from exchange.deposits import services
from exchange.deposits.domain.facts import CollectingAccount
from exchange.deposits.forms import CollectingForm
from exchange.deposits.policies import can_see_books
from exchange.deposits.queries.account import COLLECTING_SUBJECT, entered_account
from exchange.deposits.views.desk import act

OPEN = (ApprovalState.REQUESTED, ApprovalState.APPROVED)


class Collecting(FormPage):
    """Name another account; see what waits for a second person."""

    template_name = "deposits/collecting.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_see_books(signed_in(request)).require()
        return CollectingForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        found = waiting_accounts(actor, timezone.now())
        return {
            "collecting": entered_account(),
            "waiting": [(one, one.requested_by == actor.person_id) for one in found],
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = dict(form.cleaned_data)
        reason = said.pop("reason")
        services.propose_collecting_account(
            actor=signed_in(request), account=CollectingAccount(**said), reason=reason, at=at
        )
        messages.success(request, _("A second person of finance now has to agree."))
        return reverse("deposits:collecting")


def waiting_accounts(actor: Actor, at: datetime) -> list[ApprovalView]:
    """The accounts that were proposed and not decided yet."""
    found = approvals.about(actor, COLLECTING_SUBJECT)
    return [one for one in found if one.state in OPEN and one.expires_at > at]


@require_POST
def agree(request: HttpRequest, approval_id: int) -> HttpResponse:
    """The second person agrees."""
    work = partial(services.agree_collecting_account, approval_id=approval_id)
    return act(request, work, _("Buyers are told this account from now on."), reverse("deposits:collecting"))


@require_POST
def reject(request: HttpRequest, approval_id: int) -> HttpResponse:
    """The second person says no, or the first one takes it back."""
    reason = request.POST.get("reason", "")
    work = partial(services.reject_collecting_account, approval_id=approval_id, reason=reason)
    return act(request, work, _("The proposal is off."), reverse("deposits:collecting"))
