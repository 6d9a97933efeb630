"""The finance desk: what is expected and held, bank files, the queue."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from commons.domain.refusals import Malformed, NotPermitted, Refusal
from commons.pages import FormPage, csv_response, signed_in
from commons.texts import refusal_text
from exchange.deposits import queries, services
from exchange.deposits.domain.camt import LARGEST_FILE_BYTES
from exchange.deposits.domain.entries import EntryState, Explanation
from exchange.deposits.domain.matching import TROUBLE_TEXTS, Trouble
from exchange.deposits.forms import BankFileForm, ClaimForm, DeskFilter, ExplainForm, ReasonForm
from exchange.deposits.labels import ENTRIES, EXPLANATIONS
from exchange.deposits.policies import can_see_books
from exchange.deposits.queries import EntryLine
from exchange.deposits.services import ImportReport
from exchange.deposits.views.mine import rows_of

CSV_HEADER = ("id", "lot", "payer", "for", "amount", "received", "due", "virtual account", "state", "voucher")


@require_GET
def desk(request: HttpRequest) -> HttpResponseBase:
    """Everything that is expected or held, with the state of the books."""
    actor = signed_in(request)
    chosen = DeskFilter(request.GET or None)
    wanted = chosen.cleaned_data if chosen.is_bound and chosen.is_valid() else {}
    as_csv = request.GET.get("format") == "csv"
    lines = queries.desk(actor, **wanted, page=None if as_csv else request.GET.get("page", "1"))
    if as_csv:
        return csv_response("money", CSV_HEADER, (_cells(line) for line in lines))
    books = queries.cash_book(actor) if can_see_books(actor) else None
    return render(
        request, "deposits/desk.html", {"rows": rows_of(lines), "page": lines, "books": books, "filter": chosen}
    )


@require_GET
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The deposits of one lot."""
    rows = rows_of(queries.deposits_of_lot(signed_in(request), lot_id))
    return render(request, "deposits/lot.html", {"rows": rows, "lot_id": lot_id})


class Statements(FormPage):
    """Bank files: take one in, see what became of the others, and the queue of unclear entries."""

    template_name = "deposits/statements.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_see_books(signed_in(request)).require()
        return BankFileForm(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        files = queries.files(actor, page=request.GET.get("files", "1"))
        queue = queries.entries(actor, page=request.GET.get("page", "1"))
        return {
            "files": [(file, refusal_text(file.refusal) if file.refusal else "") for file in files],
            "files_page": files,
            "queue": entry_rows(queue),
            "page": queue,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        upload = form.cleaned_data["file"]
        if upload.size > LARGEST_FILE_BYTES:
            raise Malformed(field=_("file"), reason=_("it is larger than 20 MB"))
        report = services.import_file(actor=signed_in(request), content=upload.read(), name=upload.name, at=at)
        _tell(request, report)
        return reverse("deposits:statements")


@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """What one bank file brought."""
    actor = signed_in(request)
    found = queries.file(actor, file_id)
    entries = queries.entries_of_file(actor, file_id, page=request.GET.get("page", "1"))
    context = {
        "file": found,
        "refusal": refusal_text(found.refusal) if found.refusal else "",
        "rows": entry_rows(entries),
        "page": entries,
    }
    return render(request, "deposits/file.html", context)


class Entry(FormPage):
    """One entry of the bank: say what it is for; agree or say no; send it back; explain a debit."""

    template_name = "deposits/entry.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        self.entry = queries.entry(actor, self.kwargs["entry_id"])
        chosen = "claim" if data is None else data.get("step")
        if chosen == "explain":
            return ExplainForm(data)
        if chosen != "claim":
            return ReasonForm(data) if chosen != "agree" else forms.Form(data)
        if self.entry.direction != "CRDT":
            return ExplainForm(data, initial={"explanation": Explanation.OWN.value})
        self.claimable = queries.claimable(actor, search=request.GET.get("search", "")[:60])
        choices = [
            (line.id, f"{line.organisation_name} · {line.reference} · ¥ {line.amount:,.2f}")
            for line in self.claimable.lines
        ]
        suggestion = self.entry.suggestion
        return ClaimForm(data, choices=choices, initial=suggestion.id if suggestion else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "row": entry_rows((self.entry,))[0],
            "waiting": self.entry.state == EntryState.WAITING,
            "claiming": self.entry.state == EntryState.CLAIMING,
            "credit": self.entry.direction == "CRDT",
            "claimable": getattr(self, "claimable", None),
            "search": request.GET.get("search", "")[:60],
            "explanations": EXPLANATIONS.items(),
            "explanation": EXPLANATIONS.get(self.entry.explanation, ""),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        chosen = request.POST.get("step")
        common: dict[str, Any] = {"actor": signed_in(request), "entry_id": self.entry.id, "at": at}
        if chosen == "agree" and self.entry.explanation:
            services.agree_explanation(**common)
            messages.success(request, _("The entry is settled."))
        elif chosen == "agree":
            services.agree_claim(**common)
            messages.success(request, _("The payment is booked."))
        elif chosen == "drop":
            services.drop_claim(reason=form.cleaned_data["reason"], **common)
            messages.success(request, _("The claim is off; the entry waits again."))
        elif chosen == "back":
            services.send_back(reason=form.cleaned_data["reason"], **common)
            messages.success(request, _("The payment goes back to its payer with the next batch."))
        elif chosen == "explain":
            services.explain_entry(
                explanation=Explanation(form.cleaned_data["explanation"]), reason=form.cleaned_data["reason"], **common
            )
            messages.success(request, _("A second person of finance now has to agree."))
        else:
            services.claim_entry(
                expectation_id=form.cleaned_data["money"], reason=form.cleaned_data["reason"], **common
            )
            messages.success(request, _("A second person of finance now has to agree."))
        return reverse("deposits:statements")


def entry_rows(entries: tuple[EntryLine, ...]) -> list[dict[str, Any]]:
    """Entries with their words."""
    return [
        {
            "entry": entry,
            "state": ENTRIES[entry.state],
            "trouble": _(TROUBLE_TEXTS[Trouble(entry.trouble)]) if entry.trouble else "",
        }
        for entry in entries
    ]


def act(request: HttpRequest, work: Any, success: str, back: str) -> HttpResponse:
    """Run a step that needs no form of its own; a refusal is told on the page one goes back to."""
    try:
        work(actor=signed_in(request), at=timezone.now())
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, success)
    return HttpResponseRedirect(back)


def _tell(request: HttpRequest, report: ImportReport) -> None:
    if report.refusal is not None:
        messages.error(request, refusal_text(report.refusal))
        return
    tally = report.tally
    taken = ngettext("%(count)d entry booked.", "%(count)d entries booked.", tally.booked) % {"count": tally.booked}
    parts = [
        (_("%(count)d waiting for a person"), tally.waiting),
        (_("%(count)d payments confirmed"), tally.confirmed),
        (_("%(count)d already known"), tally.known),
        (_("%(count)d repeated in the file"), tally.repeated),
        (_("%(count)d not booked by the bank yet"), tally.pending),
    ]
    rest = "; ".join(words % {"count": count} for words, count in parts if count)
    messages.success(request, f"{taken} {rest}".strip())


def _cells(line: queries.MoneyLine) -> tuple[Any, ...]:
    return (
        line.id,
        line.lot_id,
        line.organisation_name,
        line.purpose,
        line.amount,
        line.received,
        line.due_at,
        line.sub_account_no,
        line.state,
        line.voucher_no,
    )
