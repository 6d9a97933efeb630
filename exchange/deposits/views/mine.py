"""Pages of payers: what to pay, where, what has arrived, what comes back."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commons.domain.refusals import NotPermitted
from commons.pages import FormPage, csv_response, signed_in
from commons.people import queries as people
from exchange.deposits import queries, services
from exchange.deposits.domain.states import OPEN, MoneyState
from exchange.deposits.forms import AccountForm
from exchange.deposits.labels import MONEY, PURPOSES, USES
from exchange.deposits.queries import MoneyLine
from exchange.deposits.services import AccountFacts
from exchange.projects.queries import LotTitle, lot_titles

CSV_HEADER = (
    "lot",
    "for",
    "amount",
    "received",
    "due",
    "virtual account",
    "reference",
    "state",
    "refund due",
    "refunded",
)


def own_organisation(request: HttpRequest) -> int:
    """The organisation that the session acts for. Refuses (`NotPermitted`) a session without one."""
    organisation_id = signed_in(request).organisation_id
    if organisation_id is None:
        raise NotPermitted()
    return organisation_id


def row_of(line: MoneyLine, titles: dict[int, LotTitle]) -> dict[str, Any]:
    """A line with its words."""
    return {
        "line": line,
        "title": titles.get(line.lot_id or 0),
        "state": MONEY[line.state],
        "purpose": PURPOSES[line.purpose],
        "open": MoneyState(line.state) in OPEN,
    }


def rows_of(lines: tuple[MoneyLine, ...]) -> list[dict[str, Any]]:
    titles = lot_titles({line.lot_id for line in lines if line.lot_id})
    return [row_of(line, titles) for line in lines]


@require_GET
def mine(request: HttpRequest) -> HttpResponseBase:
    """Everything that the organisation has to pay and has paid, and its account."""
    actor, organisation_id = signed_in(request), own_organisation(request)
    as_csv = request.GET.get("format") == "csv"
    lines = queries.money_of(actor, organisation_id, page=None if as_csv else request.GET.get("page", "1"))
    if as_csv:
        return csv_response("deposits", CSV_HEADER, (_cells(line) for line in lines))
    accounts = [(account, USES[account.use]) for account in queries.accounts(actor, organisation_id=organisation_id)]
    context = {
        "rows": rows_of(lines),
        "page": lines,
        "accounts": accounts,
        "listed": any(account.listed_at for account, _use in accounts),
    }
    return render(request, "deposits/mine.html", context)


@require_GET
def money(request: HttpRequest, expectation_id: int) -> HttpResponse:
    """How to pay one deposit or price, and how far it has come."""
    line = queries.money(signed_in(request), expectation_id)
    context = {**rows_of((line,))[0], "account": queries.collecting_account()}
    return render(request, "deposits/money.html", context)


class ProposeAccount(FormPage):
    """The organisation names its basic account."""

    template_name = "deposits/account.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        organisation = people.organisation(own_organisation(request))
        return AccountForm(data, initial={"name": organisation.name if organisation else ""})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.propose_account(
            actor=signed_in(request),
            organisation_id=own_organisation(request),
            facts=AccountFacts(**form.cleaned_data),
            at=at,
        )
        messages.success(
            request, _("Your account is handed in. It counts once two persons of finance have checked it.")
        )
        return reverse("deposits:mine")


def _cells(line: MoneyLine) -> tuple[Any, ...]:
    return (
        line.lot_id,
        line.purpose,
        line.amount,
        line.received,
        line.due_at,
        line.sub_account_no,
        line.reference,
        line.state,
        line.refund_due_on,
        line.refunded_at,
    )
