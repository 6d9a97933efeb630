"""The rule parameters in force, the history of one, and the legality of methods."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.approvals import queries as approvals
from commons.domain.deadlines import local_day
from commons.entries import record_key
from commons.evidence.queries import records_by_key
from commons.pages import FormPage, actor_of, csv_response, signed_in, who
from commons.parameters import definitions, queries, services
from commons.parameters.domain.values import Definition, Row
from commons.parameters.forms import FilterForm, LegalityForm, ValueForm
from commons.parameters.labels import MARKS, METHODS, TRADES, UNITS, VERDICTS, Text, label
from commons.parameters.policies import can_edit_parameters


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter as the list shows it."""

    key: str
    label: str
    value: str
    unit: Text
    trade: Text
    region: str
    valid_from: date
    source: str
    mark: tuple[Text, str]


@require_GET
def parameters(request: HttpRequest) -> HttpResponseBase:
    """Every parameter in force for a trade, region and day; `?format=csv` as a file. The rules are public."""
    form = FilterForm({"on": local_day(timezone.now()), "trade_type": "EMISSION_RIGHTS", **request.GET.dict()})
    lines = list(_lines(form.cleaned_data)) if form.is_valid() else []
    if request.GET.get("format") == "csv":
        return _download(lines)
    may_edit = bool(can_edit_parameters(actor_of(request)))
    return render(
        request,
        "commons/parameters/list.html",
        {"form": form, "lines": lines, "may_edit": may_edit, "everything": len(definitions.definitions())},
    )


class Parameter(FormPage):
    """One parameter with every row, and the form that adds one."""

    template_name = "commons/parameters/parameter.html"

    @property
    def definition(self) -> Definition:
        return definitions.definition(self.kwargs["key"])

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        if data is not None:
            can_edit_parameters(signed_in(request)).require()
        return ValueForm(data, initial={"valid_from": local_day(timezone.now()), "mark": "V"})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        definition = self.definition
        rows = queries.history(definition.key)
        by = who((row.entered_by for row in rows), viewer=actor_of(request))
        records = records_by_key("parameters", (row.record_key for row in rows))
        return {
            "definition": definition,
            "name": label(definition),
            "unit": UNITS[definition.unit],
            "rows": [
                (row, TRADES[row.trade_type], MARKS[row.mark], by[row.entered_by], records.get(row.record_key))
                for row in rows
            ],
            "approved": _approved(request, f"parameter:{definition.key}"),
            "superseded": {row.replaces_id for row in rows if row.replaces_id},
            "may_edit": bool(can_edit_parameters(actor_of(request))),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        asked = {"actor": signed_in(request), "key": self.definition.key, "at": at, **form.cleaned_data}
        if form.cleaned_data["valid_from"] < local_day(at):
            return _asked(request, services.ask_value(**asked))
        services.enter_value(**asked)
        messages.success(request, _("The value is entered and holds from its day on."))
        return reverse("parameters:parameter", args=[self.definition.key])


class Legality(FormPage):
    """The table of methods, and the form that adds a line; `?format=csv` gives the table as a file."""

    template_name = "commons/parameters/legality.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") != "csv":
            return super().get(request, **kwargs)
        header = [
            _("Trade"),
            _("Method"),
            _("The method is"),
            _("Region"),
            _("Holds from"),
            _("Article or reform basis"),
        ]
        rows = (
            (str(trade), str(method), str(verdict[0]), rule.region, rule.valid_from, rule.article)
            for (rule, trade, method, verdict, _mark), _by, _record in self.context(request)["rules"]
        )
        return csv_response("legality", header, rows)

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        if data is not None:
            can_edit_parameters(signed_in(request)).require()
        return LegalityForm(data, initial={"valid_from": local_day(timezone.now())})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        rules = queries.legality_rules()
        by = who((rule.entered_by for rule in rules), viewer=actor_of(request))
        keys = {r.pk: record_key(r.pk, entered_by=r.entered_by, entered_at=r.entered_at) for r in rules}
        records = records_by_key("legality", keys.values())
        return {
            "rules": [
                (
                    (rule, TRADES[rule.sector], METHODS[rule.method], VERDICTS[rule.verdict], MARKS[rule.mark]),
                    by[rule.entered_by],
                    records.get(keys[rule.pk]),
                )
                for rule in rules
            ],
            "approved": _approved(request, "legality:"),
            "may_edit": bool(can_edit_parameters(actor_of(request))),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        asked = {"actor": signed_in(request), "at": at, **form.cleaned_data}
        if form.cleaned_data["valid_from"] < local_day(at):
            return _asked(request, services.ask_legality(**asked))
        services.enter_legality(**asked)
        messages.success(request, _("The line is entered and holds from its day on."))
        return reverse("parameters:legality")


def _approved(request: HttpRequest, subject: str) -> list[approvals.ApprovalView]:
    """Requests that a second person approved and nobody has carried out yet."""
    viewer = actor_of(request)
    if not can_edit_parameters(viewer):
        return []
    return approvals.to_use(viewer, subject, at=timezone.now())


def _asked(request: HttpRequest, number: int) -> str:
    """Leads to the request, which lists what stays as it is."""
    messages.info(
        request, _("A rule that holds from a day before today needs a second person. Nothing has changed yet.")
    )
    return reverse("approvals:one", args=[number])


@require_POST
def carry_out(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Enter a back-dated rule that a second person approved."""
    found = approvals.one(signed_in(request), approval_id)
    services.carry_out(actor=signed_in(request), approval_id=approval_id, subject=found.subject, at=timezone.now())
    messages.success(request, _("The back-dated rule is entered."))
    what, _colon, name = found.subject.partition(":")
    return redirect("parameters:parameter", name) if what == "parameter" else redirect("parameters:legality")


def _lines(asked: dict[str, Any]) -> Iterator[Line]:
    found = queries.current(trade_type=asked["trade_type"], region=asked["region"], on=asked["on"])
    words = asked["words"].strip().lower()
    for key, definition in definitions.definitions().items():
        row = found.get(key)
        if row is not None and (not words or words in f"{key} {label(definition)} {row.source}".lower()):
            yield _line(definition, row)


def _line(definition: Definition, row: Row) -> Line:
    return Line(
        key=definition.key,
        label=label(definition),
        value=row.value,
        unit=UNITS[definition.unit],
        trade=TRADES[row.trade_type],
        region=row.region,
        valid_from=row.valid_from,
        source=row.source,
        mark=MARKS[row.mark],
    )


def _download(lines: list[Line]) -> HttpResponseBase:
    header = [_("Key"), _("Parameter"), _("Value"), _("Unit"), _("Trade"), _("Region"), _("Holds from"), _("Source")]
    rows = (
        (line.key, line.label, line.value, str(line.unit), str(line.trade), line.region, line.valid_from, line.source)
        for line in lines
    )
    return csv_response("parameters", header, rows)
