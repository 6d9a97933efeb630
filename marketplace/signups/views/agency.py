"""The agency's workspace: notices that fit and why others do not, sign-ups, receipts, subscriptions."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.refusals import NotFound
from commons.domain.regions import region_name
from commons.pages import FormPage, csv_response, signed_in
from marketplace.catalogue.domain.requirements import text_of
from marketplace.catalogue.labels import requirement_words
from marketplace.entry import queries as entry
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.labels import ENTRANT_STATES, bar_words
from marketplace.procurement import queries as procurements
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.labels import method_explanation, method_label
from marketplace.signups import queries, services
from marketplace.signups.domain.signups import SignUpState, SubscriptionFacts
from marketplace.signups.forms import SignUpForm, SubscriptionForm
from marketplace.signups.labels import SIGN_UP_STATES
from marketplace.signups.policies import can_sign_up

PAGE = 20


@require_GET
def workspace(request: HttpRequest) -> HttpResponse:
    """Open notices with the reason for match or mismatch; `all=1` shows those that do not fit, too."""
    actor, at = signed_in(request), timezone.now()
    can_sign_up(actor).require()
    found = entry.own_entrant(actor, EntrantKind.AGENCY)
    matches = queries.matches(found.id, at=at) if found is not None and found.published_at else []
    fitting = [one for one in matches if one.eligibility.eligible]
    shown = matches if request.GET.get("all") else fitting
    asked = {one.procurement.id: text_of(one.procurement.need.requirement) for one in shown}
    words = requirement_words(asked.values())
    subscriptions = queries.subscriptions_of(found.id) if found else []
    context = {
        "entry": found,
        "state": ENTRANT_STATES[found.state] if found else None,
        "rows": [
            (
                one,
                method_label(one.procurement.need.method),
                bar_words(one.eligibility.bars),
                words[asked[one.procurement.id]],
            )
            for one in shown
        ],
        "others": len(matches) - len(fitting),
        "shows_all": bool(request.GET.get("all")),
        "sign_ups": [(row, SIGN_UP_STATES[SignUpState(row.state)]) for row in queries.own_sign_ups(actor)[:10]],
        "subscriptions": [(one, region_name(one.region)) for one in subscriptions],
        "now": at,
    }
    return render(request, "marketplace/signups/workspace.html", context)


@require_GET
def mine(request: HttpRequest) -> HttpResponseBase:
    """Every sign-up of the agency; as a table to download too."""
    actor = signed_in(request)
    can_sign_up(actor).require()
    found = queries.own_sign_ups(actor)
    if request.GET.get("format") == "csv":
        header = [_("Code"), _("Need"), _("Signed up"), _("State"), _("Commitment")]
        states = {one.value: str(words) for one, (words, _tone) in SIGN_UP_STATES.items()}
        told = (
            (row.procurement.code, row.procurement.title, row.signed_up_at,
             states[row.state], row.commitment)
            for row in found[:5_000]
        )  # fmt: skip
        return csv_response("sign-ups", header, told)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(row, SIGN_UP_STATES[SignUpState(row.state)]) for row in page]
    return render(request, "marketplace/signups/mine.html", {"page": page, "rows": rows})


class SignUpPage(FormPage):
    """Sign up in one step; what bars is said before anything is filled in."""

    template_name = "marketplace/signups/sign_up.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_sign_up(actor).require()
        self.found = procurements.procurement_for(actor, self.kwargs["procurement_id"])
        if not self.found.is_public:
            raise NotFound()
        return SignUpForm(data, request.FILES or None, found=self.found)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor, at, found = signed_in(request), timezone.now(), self.found
        agency = entry.own_entrant(actor, EntrantKind.AGENCY)
        bars = queries.match(agency.id, found, at=at).bars if agency is not None else ()
        return {
            "found": found,
            "need": found.need,
            "method": method_label(found.need.method),
            "explanation": method_explanation(found.need.method),
            "entered": agency is not None,
            "bars": bar_words(bars),
            "open": found.state is ProcurementState.SIGNING_UP and found.sign_up_until and at < found.sign_up_until,
            "already": queries.own_sign_up(actor, found.id),
            "now": at,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, actor, number = form.cleaned_data, signed_in(request), self.found.id
        proposal = None
        if "proposal" in said:
            file = said["proposal"]
            proposal = services.attach_proposal(actor=actor, procurement_id=number, stream=file, at=at)
        receipt = services.sign_up(
            actor=actor, procurement_id=number, at=at, key=said["key"], quote=said.get("quote"), proposal=proposal
        )
        messages.success(request, _("You are signed up. Keep the receipt."))
        return reverse("signups:receipt", args=[receipt.sign_up_id])


@require_GET
def receipt(request: HttpRequest, sign_up_id: int) -> HttpResponse:
    """The receipt of a sign-up, to its agency alone: what it committed to and where the log holds it."""
    actor = signed_in(request)
    can_sign_up(actor).require()
    row = queries.own_sign_ups(actor).filter(pk=sign_up_id).first()
    if row is None:
        raise NotFound()
    found = procurements.procurement(row.procurement_id)
    at = timezone.now()
    context = {
        "row": row,
        "found": found,
        "state": SIGN_UP_STATES[SignUpState(row.state)],
        "quote": row.sealed["quote"],
        "salt": row.sealed["salt"],
        "bars": row.bars,
        "may_withdraw": row.state == SignUpState.ACTIVE
        and found.state is ProcurementState.SIGNING_UP
        and found.sign_up_until is not None
        and at < found.sign_up_until,
        "now": at,
    }
    return render(request, "marketplace/signups/receipt.html", context)


@require_POST
def withdraw(request: HttpRequest, sign_up_id: int) -> HttpResponseRedirect:
    """Take a sign-up back."""
    services.withdraw(actor=signed_in(request), sign_up_id=sign_up_id, at=timezone.now())
    messages.success(request, _("The sign-up is withdrawn; nothing of it is ever opened."))
    return HttpResponseRedirect(reverse("signups:workspace"))


class Subscribe(FormPage):
    """Ask to hear of notices."""

    template_name = "marketplace/signups/subscribe.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_sign_up(actor).require()
        own = entry.require_entered(actor, EntrantKind.AGENCY)
        items = [(str(offer.item_id), f"{offer.item.code} {offer.item.name}") for offer in entry.offers_of(own.pk)]
        return SubscriptionForm(data, items=items)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        facts = SubscriptionFacts(int(said["item"]) if said["item"] else None, said["region"], said["least_price"])
        services.subscribe(actor=signed_in(request), facts=facts, at=at)
        messages.success(request, _("You will hear of such notices in your inbox."))
        return reverse("signups:workspace")


@require_POST
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponseRedirect:
    """End a subscription."""
    services.unsubscribe(actor=signed_in(request), subscription_id=subscription_id)
    return HttpResponseRedirect(reverse("signups:workspace"))
