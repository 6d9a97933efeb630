"""The steps on one guarantee: each a form on a page of its own, shown to whoever may take it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from commons.domain.actor import Actor
from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from signatures.guarantees import queries, services
from signatures.guarantees.domain.terms import ClaimGround, RefusalGround
from signatures.guarantees.forms import (
    AssessForm,
    ClaimForm,
    ExtensionForm,
    JudgementForm,
    PaymentForm,
    ReasonForm,
    RefusalForm,
)
from signatures.guarantees.queries import GuaranteeView
from signatures.guarantees.views.reading import actions

Perform = Callable[[Actor, str, dict[str, Any], datetime], None]


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step: which form, what it does, and in which words."""

    form: type[forms.Form]
    perform: Perform
    title: str | Promise
    button: str | Promise
    hint: str | Promise = ""
    grave: bool = False


def _cancel(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.cancel(actor=actor, ref=ref, reason=data["reason"], at=at)


def _extend(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.ask_extension(actor=actor, ref=ref, until=data["until"], at=at)


def _assess(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.assess(actor=actor, ref=ref, number=data["number"], note=data["note"], at=at)


def _decline(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.decline(actor=actor, ref=ref, reason=data["reason"], at=at)


def _claim(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.claim(
        actor=actor,
        ref=ref,
        ground=ClaimGround(data["ground"]),
        amount=Money(data["amount"]),
        statement=data["statement"],
        document_ref=data["document_ref"],
        at=at,
    )


def _pay(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.pay(actor=actor, ref=ref, payment_ref=data["payment_ref"], at=at)


def _refuse(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.refuse(actor=actor, ref=ref, ground=RefusalGround(data["ground"]), note=data["note"], at=at)


def _release(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.release_own(actor=actor, ref=ref, reason=data["reason"], at=at)


def _judge(actor: Actor, ref: str, data: dict[str, Any], at: datetime) -> None:
    services.judge_upload(actor=actor, ref=ref, accepted=data["accepted"], reason=data["reason"], at=at)


STEPS: dict[str, StepPage] = {
    "cancel": StepPage(
        ReasonForm,
        _cancel,
        _("Cancel the guarantee"),
        _("Cancel it"),
        _("Possible until the deadline. Then the deposit has to be paid in money, or another guarantee asked for."),
        grave=True,
    ),
    "extend": StepPage(
        ExtensionForm, _extend, _("Ask for an extension"), _("Ask the issuer"), _("The issuer signs a longer version.")
    ),
    "assess": StepPage(
        AssessForm,
        _assess,
        _("Assess the application"),
        _("Record the assessment"),
        _("The fee follows from your rate; the credit line is checked. Another person signs."),
    ),
    "decline": StepPage(
        ReasonForm,
        _decline,
        _("Decline the application"),
        _("Decline"),
        _("The applicant reads the reason."),
        grave=True,
    ),
    "claim": StepPage(
        ClaimForm,
        _claim,
        _("Claim under the guarantee"),
        _("Claim"),
        _("The issuer answers within its limit."),
        grave=True,
    ),
    "pay": StepPage(PaymentForm, _pay, _("Record the payment of the claim"), _("Record the payment")),
    "refuse": StepPage(
        RefusalForm,
        _refuse,
        _("Refuse the claim"),
        _("Refuse"),
        _("The beneficiary reads the ground and your words."),
        grave=True,
    ),
    "note-refusal": StepPage(
        RefusalForm,
        _refuse,
        _("Record that the claim was refused"),
        _("Record the refusal"),
        _("The issuer is not connected here: you record the ground and the words of its answer."),
        grave=True,
    ),
    "release": StepPage(
        ReasonForm, _release, _("Release the guarantee"), _("Release"), _("The issuer's obligation ends."), grave=True
    ),
    "judge": StepPage(
        JudgementForm,
        _judge,
        _("Judge the text of the guarantee"),
        _("Record the judgement"),
        _("Certificate and integrity were checked by the platform; what the text promises is yours to judge."),
    ),
}


class Step(FormPage):
    """The page of one step. Refuses (`NotFound`) whoever may not take it."""

    template_name: ClassVar[str] = "guarantees/step.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return self._step(request)[1].form(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        view, step = self._step(request)
        return {"view": view, "dossier": view.dossier, "step": step}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        view, step = self._step(request)
        step.perform(signed_in(request), view.ref, form.cleaned_data, at)
        return reverse("guarantees:one", args=[view.ref])

    def _step(self, request: HttpRequest) -> tuple[GuaranteeView, StepPage]:
        viewer = signed_in(request)
        view = queries.one(viewer, self.kwargs["ref"])
        name = self.kwargs["step"]
        if name not in STEPS or name not in actions(viewer, view):
            raise NotFound()
        return view, STEPS[name]


@require_POST
def take_up(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an application from the queue."""
    services.take_up(actor=signed_in(request), ref=ref, at=timezone.now())
    return HttpResponseRedirect(reverse("guarantees:one", args=[ref]))


@require_POST
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin to sign the guarantee, or its extension, in the signing dialogue."""
    return HttpResponseRedirect(services.begin_signing(actor=signed_in(request), ref=ref, at=timezone.now()))
