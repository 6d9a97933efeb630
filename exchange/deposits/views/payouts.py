"""Payments out, the allow-list of accounts, and the treasury's vouchers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.deadlines import local_day
from commons.domain.money import Money
from commons.domain.refusals import Malformed, NotFound
from commons.domain.text import gettext_noop
from commons.pages import FormPage, csv_response, signed_in
from commons.people import queries as people
from commons.vault import services as vault
from exchange.deposits import queries, services
from exchange.deposits.domain.payouts import BatchState, LegState
from exchange.deposits.forms import BatchForm, ListedAccountForm, VoucherForm
from exchange.deposits.labels import BATCHES, KINDS, LEGS, REASONS, USES
from exchange.deposits.policies import can_record_voucher, can_see_books
from exchange.deposits.queries import LegLine
from exchange.deposits.services import AccountFacts
from exchange.deposits.views.desk import act
from exchange.deposits.views.mine import rows_of

CSV_HEADER = ("id", "kind", "payee", "account", "principal", "interest", "end-to-end id", "state", "due", "paid")


class Payouts(FormPage):
    """What has to be paid out, and the payment orders."""

    template_name = "deposits/payouts.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "csv":
            legs = queries.legs(signed_in(request), states=list(LegState), page=None)
            return csv_response("payouts", CSV_HEADER, map(_cells, legs))
        return super().get(request, **kwargs)

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.legs = queries.legs(signed_in(request), page=request.GET.get("page", "1"))
        return BatchForm(data, legs=[leg.id for leg in self.legs], initial={"execute_on": local_day(timezone.now())})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)

        def asked(name: str) -> str:
            return request.GET.get(name, "1")

        ordered = queries.legs(actor, states=[LegState.ORDERED], page=asked("ordered"), name="ordered")
        batches, prices = queries.batches(actor, page=asked("batches")), queries.to_remit(actor, page=asked("prices"))
        return {
            "page": self.legs,
            "pages": {"ordered": ordered, "batches": batches, "prices": prices},
            "due": leg_rows(self.legs),
            "today": local_day(timezone.now()),
            "to_remit": rows_of(prices),
            "ordered": leg_rows(ordered),
            "batches": [(batch, BATCHES[batch.state]) for batch in batches],
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        batch_id = services.propose_batch(
            actor=signed_in(request),
            leg_ids=form.cleaned_data["legs"],
            execute_on=form.cleaned_data["execute_on"],
            reason=form.cleaned_data["reason"],
            at=at,
        )
        messages.success(request, _("The batch waits for a second person."))
        return reverse("deposits:batch", args=[batch_id])


@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One payment order."""
    actor = signed_in(request)
    found = queries.batch(actor, batch_id)
    context = {
        "batch": found,
        "state": BATCHES[found.state],
        "rows": leg_rows(found.legs),
        "proposed": found.state == BatchState.PROPOSED,
        "ordered": found.state == BatchState.ORDERED,
        "own": found.proposed_by == actor.ref,
    }
    return render(request, "deposits/batch.html", context)


@require_POST
def order(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The second person orders."""
    back = reverse("deposits:batch", args=[batch_id])
    return act(request, partial(services.order_batch, batch_id=batch_id), _("The payments are ordered."), back)


@require_POST
def reject(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The second person says no, or the first one takes the batch back."""
    work = partial(services.reject_batch, batch_id=batch_id, reason=request.POST.get("reason", ""))
    return act(request, work, _("The batch is rejected; its payments are due again."), reverse("deposits:payouts"))


@require_POST
def download(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The payment order for the bank; a POST, because every download is recorded."""
    name, content = services.note_download(actor=signed_in(request), batch_id=batch_id, at=timezone.now())
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def remit(request: HttpRequest, expectation_id: int) -> HttpResponse:
    """A price that arrived goes on to the treasury."""
    work = partial(services.remit, expectation_id=expectation_id)
    return act(request, work, _("The price is due to the treasury; put it into a batch."), reverse("deposits:payouts"))


@require_POST
def refused(request: HttpRequest, leg_id: int) -> HttpResponse:
    """The bank did not carry out a payment."""
    work = partial(services.refused_by_bank, leg_id=leg_id, reason=request.POST.get("reason", ""))
    return act(request, work, _("The payment is due again."), reverse("deposits:payouts"))


class Accounts(FormPage):
    """The allow-list of accounts, and what waits to be put there."""

    template_name = "deposits/accounts.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_see_books(signed_in(request)).require()
        return ListedAccountForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.accounts(signed_in(request), page=request.GET.get("page", "1"))
        return {
            "page": found,
            "listed": [(account, USES[account.use]) for account in found if account.listed_at],
            "waiting": [(account, USES[account.use]) for account in found if not account.listed_at],
            "collecting": queries.entered_account(),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        facts = dict(form.cleaned_data)
        organisation = people.organisation_by_uscc(facts.pop("uscc").strip().upper())
        if organisation is None:
            raise Malformed(field="uscc", reason=gettext_noop("no organisation with this code is known here"))
        services.propose_account(
            actor=signed_in(request), organisation_id=organisation.id, facts=AccountFacts(**facts), at=at
        )
        messages.success(request, _("The account waits for two persons of finance."))
        return reverse("deposits:accounts")


@require_POST
def account_step(request: HttpRequest, account_id: int, step: str) -> HttpResponse:
    """Vet (first person), list (second person) or end an account."""
    reason = request.POST.get("reason", "")
    steps: dict[str, tuple[Callable[..., object], str]] = {
        "vet": (
            partial(services.vet_account, account_id=account_id, reason=reason),
            _("A second person of finance now has to agree."),
        ),
        "list": (partial(services.list_account, account_id=account_id), _("The account is on the list.")),
        "end": (
            partial(services.end_account, account_id=account_id, reason=reason),
            _("The account is off the list; no money goes there any more."),
        ),
    }
    return act(request, *steps[step], reverse("deposits:accounts"))


@require_GET
def vouchers(request: HttpRequest) -> HttpResponse:
    """The purchase prices, those that wait for the treasury's voucher first."""
    actor = signed_in(request)
    found = queries.prices_for_treasury(actor, page=request.GET.get("page", "1"))
    context = {"rows": rows_of(found), "page": found, "may_record": bool(can_record_voucher(actor))}
    return render(request, "deposits/vouchers.html", context)


class Voucher(FormPage):
    """The treasury confirms a payment by its voucher."""

    template_name = "deposits/voucher.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_record_voucher(actor).require()
        found = queries.prices_for_treasury(actor, only=self.kwargs["expectation_id"])
        if not found:
            raise NotFound()
        self.line = found[0]
        return VoucherForm(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"row": rows_of((self.line,))[0]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, upload = signed_in(request), form.cleaned_data["document"]
        document = upload and vault.store(
            actor=actor, stream=upload, name=upload.name, media_type="application/pdf", at=at, sensitive=True
        )
        services.record_voucher(
            actor=actor,
            subject=self.line.subject,
            number=form.cleaned_data["number"],
            amount=Money(form.cleaned_data["amount"]),
            document_id=document.id if document else None,
            at=at,
        )
        messages.success(request, _("The voucher is recorded."))
        return reverse("deposits:vouchers")


def leg_rows(legs: tuple[LegLine, ...]) -> list[dict[str, Any]]:
    """Payments with their words."""
    return [
        {"leg": leg, "state": LEGS[leg.state], "kind": KINDS[leg.kind], "reason": REASONS.get(leg.reason, leg.reason)}
        for leg in legs
    ]


def _cells(leg: LegLine) -> tuple[Any, ...]:
    return (
        leg.id,
        leg.kind,
        leg.payee_name,
        leg.payee_account,
        leg.principal,
        leg.interest,
        leg.end_to_end_id,
        leg.state,
        leg.due_on,
        leg.paid_at,
    )
