"""The buyer's pages: registrations with their task list, the need, check-answers, withdrawal."""

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor
from commons.domain.money import normal_text
from commons.domain.tasks import Task, TaskState
from commons.pages import FormPage, signed_in
from exchange.auctions import queries, services
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.forms import NeedForm, StatementsForm
from exchange.auctions.labels import reason_text, registration_state
from exchange.auctions.models import Registration
from exchange.deposits import queries as deposits
from exchange.deposits.domain.facts import DepositView
from exchange.permits import queries as permits
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import TradeType
from exchange.projects.queries import lot_view
from signatures.guarantees import queries as guarantees
from signatures.guarantees.domain.states import ALIVE
from signatures.guarantees.queries import GuaranteeView

PAGE = 20


@require_GET
def my_registrations(request: HttpRequest) -> HttpResponse:
    """Every registration of the buyer, with what comes next."""
    at = timezone.now()
    page = Paginator(queries.registrations_of(signed_in(request)), PAGE).get_page(request.GET.get("page"))
    rows = [(row, lot_view(row.lot, at), *registration_state(row.state)) for row in page]
    return render(request, "exchange/auctions/my_registrations.html", {"page": page, "rows": rows, "at": at})


@require_POST
def register(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Begin a registration and go on to its task list."""
    registration_id = services.start_registration(
        actor=signed_in(request), lot_id=lot_id, at=timezone.now(), entropy=secrets.token_bytes
    )
    return HttpResponseRedirect(reverse("auctions:registration", args=[registration_id]))


@require_GET
def registration(request: HttpRequest, registration_id: int) -> HttpResponse:
    """One registration as a task list: done, to do, and what cannot start yet and why."""
    found = queries.registration(signed_in(request), registration_id)
    at = timezone.now()
    deposit = _deposit(found)
    guarantee = guarantees.own_for(signed_in(request), queries.subject_of(found.lot))
    context = {
        "registration": found,
        "state": registration_state(found.state),
        "lot": lot_view(found.lot, at),
        "project": found.lot.project,
        "deposit": deposit,
        "tasks": _tasks(found, deposit, guarantee),
        "guarantee": guarantee,
        "may_ask": found.state == RegistrationState.SUBMITTED and queries.guarantee_allowed(found.lot),
        "may_withdraw": found.state in (RegistrationState.STARTED, RegistrationState.SUBMITTED)
        and found.lot.state in (LotState.ANNOUNCED, LotState.REGISTERING),
        "at": at,
    }
    return render(request, "exchange/auctions/registration.html", context)


def _only_permit(actor: Actor, organisation_id: int) -> str:
    """The buyer's permit, when there is no choice to make."""
    numbers = {permit.facts.number for permit in permits.permits_of(actor, organisation_id)}
    return numbers.pop() if len(numbers) == 1 else ""


def needs_permit(registration: Registration) -> bool:
    """Carbon allowances are bought without an emission permit."""
    return TradeType(registration.lot.project.trade_type) is TradeType.EMISSION_RIGHTS


class Need(FormPage):
    """Permit, need and contact."""

    template_name = "exchange/auctions/need.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = self._found(request)
        names = ("permit_no", "need", "purpose", "contact_name", "contact_phone")
        initial = {name: getattr(found, name) for name in names}
        initial["permit_no"] = found.permit_no or _only_permit(signed_in(request), found.organisation_id)
        lot = lot_view(found.lot)
        fields = {"unit": _("t per year") if lot.unit == "t/a" else _("t"), "offered": normal_text(lot.quantity)}
        form = NeedForm(data, initial=initial)
        if not needs_permit(found):
            del form.fields["permit_no"]
        form.fields["need"].help_text = _("In %(unit)s, up to 3 decimals; %(offered)s are offered.") % fields
        return form

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self._found(request)
        return {
            "registration": found,
            "lot": lot_view(found.lot),
            "project": found.lot.project,
            "needs_permit": needs_permit(found),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        registration_id = self.kwargs["registration_id"]
        facts = services.RegistrationFacts(**{"permit_no": "", **form.cleaned_data})
        services.save_registration(actor=signed_in(request), registration_id=registration_id, facts=facts, at=at)
        return reverse("auctions:registration_check", args=[registration_id])

    def _found(self, request: HttpRequest) -> Registration:
        return queries.registration(signed_in(request), self.kwargs["registration_id"])


class Check(FormPage):
    """Check your answers, state what has to be stated, submit."""

    template_name = "exchange/auctions/check.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return StatementsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.registration(signed_in(request), self.kwargs["registration_id"])
        change = reverse("auctions:registration_need", args=[found.pk])
        lot = lot_view(found.lot)
        answers = [
            {"label": _("Buyer"), "value": f"{found.organisation.name} ({found.organisation.uscc})"},
            {"label": _("Quantity you need"), "value": f"{found.need} {lot.unit}" if found.need else "", "url": change},
            {"label": _("What for"), "value": found.purpose, "url": change},
            {"label": _("Contact"), "value": f"{found.contact_name} {found.contact_phone}".strip(), "url": change},
        ]
        if needs_permit(found):
            answers.insert(1, {"label": _("Emission permit"), "value": found.permit_no, "url": change})
        deposit = queries.deposit_needed(found.lot, found.need) if found.need else None
        return {
            "registration": found,
            "lot": lot,
            "project": found.lot.project,
            "answers": answers,
            "deposit": deposit,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        registration_id = self.kwargs["registration_id"]
        services.submit_registration(
            actor=signed_in(request), registration_id=registration_id, statements_confirmed=True, at=at
        )
        return reverse("auctions:registration", args=[registration_id])


@require_POST
def withdraw(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Take the registration back."""
    services.withdraw_registration(actor=signed_in(request), registration_id=registration_id, at=timezone.now())
    return HttpResponseRedirect(reverse("auctions:registration", args=[registration_id]))


def _deposit(found: Registration) -> DepositView | None:
    if found.state == RegistrationState.STARTED:
        return None
    return deposits.deposit_of(found.lot_id, found.organisation_id)


def _tasks(found: Registration, deposit: DepositView | None, guarantee: GuaranteeView | None) -> list[Task]:
    started = found.state == RegistrationState.STARTED
    permit = needs_permit(found)
    filled = bool(found.need and (found.permit_no or not permit))
    need_url = reverse("auctions:registration_need", args=[found.pk]) if started else ""
    check_url = reverse("auctions:registration_check", args=[found.pk]) if started and filled else ""
    return [
        Task(
            _("Permit, need and contact") if permit else _("Need and contact"),
            TaskState.DONE if filled else TaskState.NOT_STARTED,
            need_url,
        ),
        _submission_task(check_url, started=started, filled=filled, permit=permit),
        _guarantee_task(guarantee) if guarantee and not (deposit and deposit.covered) else _deposit_task(deposit),
        _qualification_task(found),
        _sale_task(found),
    ]


def _submission_task(url: str, *, started: bool, filled: bool, permit: bool) -> Task:
    title = _("Check your answers and submit")
    if not started:
        return Task(title, TaskState.DONE)
    if not filled:
        first = _("First enter permit, need and contact.") if permit else _("First enter need and contact.")
        return Task(title, TaskState.CANNOT_START, "", first)
    return Task(title, TaskState.NOT_STARTED, url)


def _guarantee_task(guarantee: GuaranteeView) -> Task:
    title, url = _("Deposit"), reverse("guarantees:one", args=[guarantee.ref])
    if guarantee.state in ALIVE:
        return Task(title, TaskState.DONE, url, _("A guarantee stands in for it."))
    return Task(title, TaskState.IN_PROGRESS, url, _("The issuer is dealing with your application for a guarantee."))


def _deposit_task(deposit: DepositView | None) -> Task:
    title = _("Deposit")
    if deposit is None:
        return Task(title, TaskState.CANNOT_START, "", _("The amount and the account are set when you submit."))
    if deposit.covered:
        return Task(title, TaskState.DONE, "#deposit", _("The deposit has arrived in full."))
    if deposit.received:
        return Task(title, TaskState.INCOMPLETE, "#deposit", _("A part of the deposit is still missing."))
    return Task(title, TaskState.NOT_STARTED, "#deposit", _("Transfer it from your company's basic account."))


def _qualification_task(found: Registration) -> Task:
    title = _("Qualification")
    if found.state == RegistrationState.QUALIFIED:
        return Task(title, TaskState.DONE, "", _("Your bidder number is %(alias)s.") % {"alias": found.alias})
    if found.state == RegistrationState.REFUSED:
        reason = reason_text(found.reason, by_rule=found.decided_by_rule)
        return Task(title, TaskState.DONE, "", _("You were not qualified: %(reason)s") % {"reason": reason})
    if found.state == RegistrationState.WITHDRAWN:
        return Task(title, TaskState.CANNOT_START, "", _("You withdrew the registration."))
    if found.lot.state == LotState.QUALIFYING:
        return Task(title, TaskState.IN_PROGRESS, "", _("The seller is deciding."))
    return Task(title, TaskState.CANNOT_START, "", _("It begins when the registration has ended."))


def _sale_task(found: Registration) -> Task:
    title = _("Bidding or negotiation")
    lot = found.lot
    if found.state != RegistrationState.QUALIFIED:
        return Task(title, TaskState.CANNOT_START, "", _("Only qualified buyers take part."))
    if lot.state != LotState.METHOD_DECIDED:
        over = lot.state not in (LotState.QUALIFYING, LotState.SUSPENDED)
        return (
            Task(title, TaskState.DONE)
            if over
            else Task(
                title, TaskState.CANNOT_START, "", _("The trade method is announced when every buyer is decided.")
            )
        )
    if lot.room_id:
        return Task(
            title, TaskState.NOT_STARTED, f"/rooms/{lot.room_id}/", _("Enter the room; try it before it opens.")
        )
    return Task(title, TaskState.IN_PROGRESS, reverse("auctions:negotiation", args=[lot.pk]))
