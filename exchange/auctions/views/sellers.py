"""The seller's pages after publication: buyers to qualify, and the negotiation that seller and buyer share."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Role
from commons.domain.refusals import NotPermitted
from commons.pages import FormPage, csv_response, signed_in
from commons.paging import numbered
from exchange.auctions import queries, services
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.forms import OfferForm, RefusalForm
from exchange.auctions.labels import registration_state
from exchange.auctions.models import Registration
from exchange.auctions.policies import can_act_as_seller, can_change_registration
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.projects.queries import lot_view

LONGEST = 200


@require_GET
def qualification(request: HttpRequest) -> HttpResponse:
    """Lots whose buyers wait for a decision, for their seller and for the exchange."""
    actor = signed_in(request)
    lots = Lot.objects.filter(state=LotState.QUALIFYING.value).select_related("project__seller")
    if not actor.has(Role.STAFF):
        if not actor.has(Role.SELLER):
            raise NotPermitted()
        lots = lots.filter(project__seller_id=actor.organisation_id)
    ordered = lots.order_by("qualification_ends_at", "pk")
    found = numbered(ordered, iter, number=request.GET.get("page", "1"), size=LONGEST)
    rows = [(lot.project, lot_view(lot)) for lot in found]
    return render(request, "exchange/auctions/qualification.html", {"rows": rows, "page": found, "at": timezone.now()})


@require_GET
def buyers(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The buyers of a lot as far as the viewer may see them; the seller decides here."""
    actor = signed_in(request)
    lot = queries.public_lot(lot_id)
    rows = queries.buyers_of(actor, lot)
    if request.GET.get("format") == "csv":
        header = [_("Buyer"), _("Credit code"), _("Bidder number"), _("Quantity needed"), _("State"), _("Submitted")]
        cells = ((row.name, row.uscc, row.alias, row.need, row.state, row.submitted_at) for row in rows)
        return csv_response(f"buyers-{lot.pk}", header, cells)  # type: ignore[return-value]  # a streamed response
    context = {
        "lot": lot_view(lot),
        "project": lot.project,
        "rows": [(row, *(registration_state(row.state) if row.state else ("", ""))) for row in rows],
        "may_decide": bool(can_act_as_seller(actor, lot.project)) and lot.state == LotState.QUALIFYING,
        "count": queries.buyer_count(actor, lot),
        "refusal_form": RefusalForm(),
        "at": timezone.now(),
    }
    return render(request, "exchange/auctions/buyers.html", context)


@require_POST
def decide(request: HttpRequest, lot_id: int, registration_id: int) -> HttpResponse:
    """Qualify a buyer, or refuse it with a reason."""
    actor, at = signed_in(request), timezone.now()
    if request.POST.get("outcome") == "qualify":
        services.qualify_buyer(actor=actor, registration_id=registration_id, at=at)
    else:
        reason = request.POST.get("reason", "")[:500]
        services.refuse_buyer(actor=actor, registration_id=registration_id, reason=reason, at=at)
    return HttpResponseRedirect(reverse("auctions:buyers", args=[lot_id]))


class Negotiation(FormPage):
    """The negotiation of the only buyer with the seller: offers back and forth, one accepted."""

    template_name = "exchange/auctions/negotiation.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        lot, buyer = self._both(request)
        return OfferForm(data, initial={"price": lot.start_price, "quantity": buyer.need})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        lot, buyer = self._both(request)
        by_seller = bool(can_act_as_seller(signed_in(request), lot.project))
        offers = queries.offers_of(lot)
        standing = next((offer for offer in offers if not offer.answer), None)
        return {
            "lot": lot_view(lot),
            "project": lot.project,
            "buyer": buyer,
            "offers": offers,
            "standing": standing,
            "may_answer": standing is not None and standing.by_seller != by_seller,
            "by_seller": by_seller,
            "open": lot.state == LotState.METHOD_DECIDED,
            "ends_at": lot.negotiation_ends_at,
            "at": timezone.now(),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        lot_id = self.kwargs["lot_id"]
        services.make_offer(actor=signed_in(request), lot_id=lot_id, at=at, **form.cleaned_data)
        return reverse("auctions:negotiation", args=[lot_id])

    def _both(self, request: HttpRequest) -> tuple[Lot, Registration]:
        if not hasattr(self, "_found"):
            actor = signed_in(request)
            lot = queries.public_lot(self.kwargs["lot_id"])
            buyer = Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value).first()
            if buyer is None or lot.method != "NEGOTIATION":
                raise NotPermitted()
            buyer.lot = lot
            if not (can_act_as_seller(actor, lot.project) or can_change_registration(actor, buyer)):
                raise NotPermitted()
            self._found = (lot, buyer)
        return self._found


@require_POST
def answer(request: HttpRequest, lot_id: int, offer_id: int) -> HttpResponse:
    """Accept or decline the other side's offer."""
    accept = request.POST.get("answer") == "accept"
    services.answer_offer(actor=signed_in(request), lot_id=lot_id, offer_id=offer_id, accept=accept, at=timezone.now())
    return HttpResponseRedirect(reverse("auctions:negotiation", args=[lot_id]))
