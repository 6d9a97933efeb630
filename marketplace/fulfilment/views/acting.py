"""What the two sides of a service do: one page or one button each."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.pages import FormPage, actor_of, signed_in
from commons.vault import services as vault
from marketplace.fulfilment import queries, services
from marketplace.fulfilment.domain.states import ProposalKind
from marketplace.fulfilment.forms import (
    ContractForm,
    DeliverForm,
    PaymentForm,
    ProposalForm,
    RecordForm,
    WordsForm,
)
from marketplace.fulfilment.models import Engagement


def stored(actor: Actor, file: Any, subject: str, at: datetime) -> int | None:
    """The number of an uploaded PDF in the vault, about `subject`; None without one. Refuses what the vault refuses."""
    if file is None:
        return None
    kept = vault.store(
        actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True,
        subject=subject,
    )  # fmt: skip
    return kept.id


@require_POST
def paper(request: HttpRequest, engagement_id: int, kind: str) -> HttpResponse:
    """Lead to a paper of the result; whoever asks first has it drawn."""
    at = timezone.now()
    if kind == "result":
        number = services.result_notice(engagement_id=engagement_id, at=at)
    elif kind == "award":
        number = services.award_notice(actor=actor_of(request), engagement_id=engagement_id, at=at)
    elif kind == "contract":
        number = services.public_contract(engagement_id=engagement_id, at=at)
    else:
        raise NotFound()
    return HttpResponseRedirect(reverse("documents:paper", args=[number]))


@require_POST
def confirm(request: HttpRequest, engagement_id: int) -> HttpResponse:
    """The agency confirms the registered contract."""
    services.confirm_contract(actor=signed_in(request), engagement_id=engagement_id, at=timezone.now())
    return _back(engagement_id)


@require_POST
def accept(request: HttpRequest, engagement_id: int, place: int) -> HttpResponse:
    """The owner accepts a deliverable."""
    services.accept_milestone(actor=signed_in(request), engagement_id=engagement_id, place=place, at=timezone.now())
    return _back(engagement_id)


@require_POST
def answer(request: HttpRequest, engagement_id: int, answer: str) -> HttpResponse:
    """Agree to a proposal or decline it."""
    agree = answer == "agree"
    services.answer_proposal(actor=signed_in(request), engagement_id=engagement_id, agree=agree, at=timezone.now())
    return _back(engagement_id)


@require_POST
def paid(request: HttpRequest, engagement_id: int, payment_id: int) -> HttpResponse:
    """The agency confirms that a payment came."""
    services.confirm_payment(
        actor=signed_in(request), engagement_id=engagement_id, payment_id=payment_id, at=timezone.now()
    )
    return _back(engagement_id)


def _back(engagement_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("fulfilment:service", args=[engagement_id]))


class _Page(FormPage):
    """A form around one service."""

    template_name = "marketplace/fulfilment/form.html"
    title: Any = ""
    button: Any = ""
    danger = False
    form_class: type[forms.Form] = WordsForm

    def found(self, request: HttpRequest) -> Engagement:
        return queries.readable(signed_in(request), self.kwargs["engagement_id"])

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found(request)
        return self.form_class(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found(request)
        return {"engagement": found, "title": self.title, "button": self.button, "danger": self.danger}

    def back(self) -> str:
        return reverse("fulfilment:service", args=[self.kwargs["engagement_id"]])

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        self.act(signed_in(request), self.kwargs["engagement_id"], form.cleaned_data, at)
        return self.back()

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        raise NotImplementedError


class GiveUp(_Page):
    title, button, danger = _("Give up the selection"), _("Give it up"), True

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.give_up(actor=actor, engagement_id=engagement_id, words=said["words"], at=at)


class Default(_Page):
    title, button, danger = _("State that the agency did not sign in time"), _("State it"), True

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.declare_default(actor=actor, engagement_id=engagement_id, words=said["words"], at=at)


class Contract(_Page):
    title, button = _("Compose the contract"), _("Compose it")
    form_class = ContractForm

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, actor = form.cleaned_data, signed_in(request)
        order = {
            "actor": actor,
            "engagement_id": self.kwargs["engagement_id"],
            "number": said["number"],
            "ends_on": said["ends_on"],
            "milestones": said["milestones"],
            "at": at,
        }
        if said["outside"]:
            services.register_contract(**order)
            return self.back()
        return reverse("documents:paper", args=[services.compose_contract(**order)])


class Record(_Page):
    title, button = _("Put the contract on the public record"), _("Put it on record")
    form_class = RecordForm

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.put_on_record(actor=actor, engagement_id=engagement_id, disclosed=said["disclosed"], at=at)


class Deliver(_Page):
    title, button = _("Hand in a deliverable"), _("Hand it in")
    form_class = DeliverForm

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        document_id = stored(actor, said["file"], f"engagement:{engagement_id}", at)
        services.deliver(
            actor=actor, engagement_id=engagement_id, place=self.kwargs["place"], document_id=document_id,
            words=said["words"], at=at,
        )  # fmt: skip


class Return(_Page):
    title, button, danger = _("Return a deliverable"), _("Return it"), True

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        place = self.kwargs["place"]
        services.return_milestone(actor=actor, engagement_id=engagement_id, place=place, words=said["words"], at=at)


class Finish(_Page):
    title, button = _("Accept the whole service"), _("Accept the service")

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.accept_service(actor=actor, engagement_id=engagement_id, words=said["words"], at=at)


class Propose(_Page):
    title, button = _("Propose a change of the contract"), _("Send the proposal")
    form_class = ProposalForm

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.propose(
            actor=actor, engagement_id=engagement_id, kind=ProposalKind(said["kind"]), words=said["words"],
            ends_on=said["ends_on"], amount=said["amount"], at=at,
        )  # fmt: skip


class Pay(_Page):
    title, button = _("Record a payment"), _("Record it")
    form_class = PaymentForm

    def act(self, actor: Actor, engagement_id: int, said: dict[str, Any], at: datetime) -> None:
        services.record_payment(
            actor=actor, engagement_id=engagement_id, amount=said["amount"], paid_on=said["paid_on"],
            voucher=said["voucher"], at=at,
        )  # fmt: skip
