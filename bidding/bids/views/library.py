"""The company's own library."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bidding.bids import policies, queries, services
from bidding.bids.domain.library import ItemKind
from bidding.bids.forms import ItemForm
from bidding.bids.labels import KINDS
from commons.pages import FormPage, signed_in


class Library(FormPage):
    """What the company keeps for its bids, and a form for more."""

    template_name = "bids/library.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return ItemForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        policies.can_prepare(actor).require()
        return {"items": [(one, KINDS[one.kind]) for one in queries.library_of(actor)]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        data = form.cleaned_data
        facts = services.ItemFacts(
            kind=ItemKind(data["kind"]),
            title=data["title"],
            number=data["number"],
            role=data["role"],
            amount=data["amount"],
            valid_until=data["valid_until"],
        )
        services.keep_item(actor=signed_in(request), facts=facts, at=at)
        return reverse("bids:library")


@require_POST
def retire(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take an item out of the library."""
    services.retire_item(actor=signed_in(request), item_id=item_id, at=timezone.now())
    return HttpResponseRedirect(reverse("bids:library"))
