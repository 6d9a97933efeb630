"""The keepers of the registry move rights by decision: allocate, freeze, give free, cancel."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor
from commons.domain.money import Quantity
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from commons.vault import services as vault
from exchange.permits import services
from exchange.permits.domain.rights import Held
from exchange.permits.forms import MovementForm
from exchange.permits.policies import can_move_rights
from exchange.permits.services import Paper


class Move(FormPage):
    """One movement of one holder's rights, with its decision."""

    template_name = "permits/move.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_move_rights(signed_in(request)).require()
        return MovementForm(data, request.FILES or None, initial={"key": uuid.uuid4()})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        organisation = people.organisation(self.kwargs["organisation_id"])
        if organisation is None:
            raise NotFound()
        return {"organisation": organisation}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, organisation_id = signed_in(request), self.kwargs["organisation_id"]
        self.context(request)
        _move(actor, organisation_id, form.cleaned_data, at)
        messages.success(request, _("The movement is entered."))
        return reverse("permits:holder", args=[organisation_id])


def _move(actor: Actor, organisation_id: int, said: dict[str, Any], at: datetime) -> None:
    common: dict[str, Any] = {
        "actor": actor,
        "organisation_id": organisation_id,
        "instrument": said["instrument"],
        "paper": _paper(actor, said, at),
        "idempotency_key": str(said["key"]),
        "at": at,
    }
    kind = said["kind"]
    if kind == "UNFREEZE":
        services.unfreeze_by_decision(**common)
        return
    common["quantity"] = Quantity(said["quantity"])
    if kind == "ALLOCATE":
        services.allocate(held_as=Held(said["held_as"]), region=said["region"], **common)
    elif kind == "FREEZE":
        services.freeze_by_decision(**common)
    else:
        services.cancel(**common)


def _paper(actor: Actor, said: dict[str, Any], at: datetime) -> Paper:
    file, document_id = said["document"], None
    if file:
        stored = vault.store(
            actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True
        )
        document_id = stored.id
    return Paper(
        said["document_ref"].strip(),
        document_id,
        said["reason"].strip(),
        valid_from=said["valid_from"],
        valid_until=said["valid_until"],
    )
