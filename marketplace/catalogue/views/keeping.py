"""Keeping the catalogue, for the operations desk."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.pages import FormPage, signed_in
from marketplace.catalogue import queries, services
from marketplace.catalogue.domain.items import ItemFacts, Matter, PriceGuidance, PriceUnit
from marketplace.catalogue.domain.requirements import parse, text_of
from marketplace.catalogue.forms import ItemForm, ReviseForm
from marketplace.catalogue.policies import can_keep_catalogue


class NewItem(FormPage):
    """Put an item into the catalogue."""

    template_name = "marketplace/catalogue/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_keep_catalogue(signed_in(request)).require()
        return ItemForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = services.enter_item(actor=signed_in(request), facts=_facts(form), at=at)
        messages.success(request, _("The item is in the catalogue."))
        return reverse("catalogue:item", args=[number])


class ReviseItem(FormPage):
    """Bring an item to what holds now."""

    template_name = "marketplace/catalogue/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_keep_catalogue(signed_in(request)).require()
        form = ReviseForm(data, initial=_initial(queries.item(self.kwargs["item_id"])))
        form.fields["code"].disabled = True
        return form

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"item": queries.item(self.kwargs["item_id"])}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = self.kwargs["item_id"]
        reason = form.cleaned_data["reason"]
        services.revise_item(actor=signed_in(request), item_id=number, facts=_facts(form), reason=reason, at=at)
        messages.success(request, _("The item is revised; published notices keep what they said."))
        return reverse("catalogue:item", args=[number])


@require_POST
def withdraw(request: HttpRequest, item_id: int) -> HttpResponseRedirect:
    """Take an item off the list. Refuses as the service does."""
    reason = request.POST.get("reason", "")[:200]
    services.withdraw_item(actor=signed_in(request), item_id=item_id, reason=reason, at=timezone.now())
    messages.success(request, _("The item is withdrawn."))
    return HttpResponseRedirect(reverse("catalogue:item", args=[item_id]))


def _facts(form: forms.Form) -> ItemFacts:
    said = form.cleaned_data
    lines = [line.strip() for line in said["matters"].splitlines() if line.strip()]
    return ItemFacts(
        code=said["code"],
        name=said["name"],
        service_type=said["service_type"],
        legal_basis=said["legal_basis"],
        requirement=parse(said["requirement"]),
        matters=tuple(_matter(line) for line in lines),
        price=PriceGuidance(said["price_low"], said["price_high"], PriceUnit(said["price_unit"]), said["price_basis"]),
        region=said["region"],
        in_central_catalogue=said["in_central_catalogue"],
    )


def _matter(line: str) -> Matter:
    code, _, rest = line.partition(" ")
    name, _, authority = rest.partition("@")
    return Matter(code, name.strip() or code, authority.strip())


def _initial(found: queries.ItemView) -> dict[str, Any]:
    facts = found.facts
    return {
        "code": facts.code,
        "name": facts.name,
        "service_type": facts.service_type,
        "matters": "\n".join(f"{one.code} {one.name}@{one.authority}" for one in facts.matters),
        "requirement": text_of(facts.requirement),
        "price_low": facts.price.low,
        "price_high": facts.price.high,
        "price_unit": facts.price.unit.value,
        "price_basis": facts.price.basis,
        "legal_basis": facts.legal_basis,
        "region": facts.region,
        "in_central_catalogue": facts.in_central_catalogue,
    }
