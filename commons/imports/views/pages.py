"""Imports: choose what, look at the dry run, bring it in, download what was refused."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.csv_safe import Cell
from commons.domain.refusals import NotFound
from commons.evidence.queries import records_of
from commons.imports import queries, services
from commons.imports.forms import UploadForm
from commons.imports.importer import Importer, importer, importers
from commons.imports.policies import can_import, can_see_runs
from commons.pages import FormPage, csv_response, signed_in

SHOWN = 100
"""Refused rows on the page; the file has them all."""


@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """What can be imported, and the latest runs; `?format=csv` gives the runs as a file."""
    viewer = signed_in(request)
    can_see_runs(viewer).require()
    kinds = [(one.kind, _(one.label)) for one in importers() if can_import(viewer, one)]
    as_csv = request.GET.get("format") == "csv"
    found = queries.runs(viewer=viewer, page=None if as_csv else request.GET.get("page", "1"))
    runs = [(run, _label(run.kind)) for run in found]
    if as_csv:
        return _runs_file(runs)
    return render(request, "commons/imports/list.html", {"kinds": kinds, "runs": runs, "page": found})


class Upload(FormPage):
    """Upload a table for a dry run."""

    template_name = "commons/imports/upload.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_import(signed_in(request), self.importer).require()
        return UploadForm(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        columns = [(" / ".join(column.headings), column.required) for column in self.importer.columns]
        return {"kind": self.importer.kind, "label": _(self.importer.label), "columns": columns}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        file = form.cleaned_data["file"]
        run = services.import_file(
            actor=signed_in(request),
            kind=self.importer.kind,
            file=file,
            name=file.name,
            at=at,
            dry_run=True,
            correction_reason=form.cleaned_data["correction_reason"],
        )
        return reverse("imports:run", args=[run.id])

    @property
    def importer(self) -> Importer[Any]:
        return _importer(self.kwargs["kind"])


@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The report of a run."""
    viewer = signed_in(request)
    found = queries.run(viewer=viewer, run_id=run_id)
    known = importer(found.kind)
    context = {
        "run": found,
        "label": _label(found.kind),
        "refused": list(queries.refused_rows(viewer=viewer, run_id=run_id, limit=SHOWN)),
        "shown": SHOWN,
        "records": records_of(f"import:{run_id}"),
        "may_carry_out": found.dry_run and found.would_change and known is not None and bool(can_import(viewer, known)),
    }
    return render(request, "commons/imports/run.html", context)


@require_POST
def carry_out(request: HttpRequest, run_id: int) -> HttpResponse:
    """Bring in what the dry run looked at. Pressed twice, the second time finds everything unchanged."""
    done = services.carry_out(actor=signed_in(request), run_id=run_id, at=timezone.now())
    messages.success(request, _("%(count)s rows were brought in.") % {"count": done.would_change})
    return HttpResponseRedirect(reverse("imports:run", args=[done.id]))


@require_GET
def refused(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """The refused rows as a file: line, reasons, and the cells as they stood, to be mended and imported again."""
    viewer = signed_in(request)
    found = queries.run(viewer=viewer, run_id=run_id)
    found_rows = queries.refused_rows(viewer=viewer, run_id=run_id)
    rows: Iterator[tuple[Cell, ...]] = ((row.line, "；".join(row.reasons), *row.cells) for row in found_rows)
    return csv_response(f"refused-{found.id}", [_("Line"), _("Reasons"), _("Cells")], rows)


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty table with the headings of a kind."""
    can_see_runs(signed_in(request)).require()
    return csv_response(kind, _importer(kind).template, [])


def _runs_file(runs: list[tuple[queries.RunView, str]]) -> HttpResponseBase:
    header = [_("Run"), _("What"), _("dry run"), _("File"), _("Started"), _("New rows"), _("Corrected rows")]
    rows: Iterator[tuple[Cell, ...]] = (
        (
            run.id,
            label,
            run.dry_run,
            run.file_name,
            run.started_at,
            run.created,
            run.corrected,
            run.unchanged,
            run.refused,
        )
        for run, label in runs
    )
    return csv_response("imports", [*header, _("Unchanged rows"), _("Refused rows")], rows)


def _importer(kind: str) -> Importer[Any]:
    found = importer(kind)
    if found is None:
        raise NotFound()
    return found


def _label(kind: str) -> str:
    known = importer(kind)
    return _(known.label) if known else kind
