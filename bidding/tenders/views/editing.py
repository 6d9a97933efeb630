"""The tender document's editor: clauses and scoring table as one page of fields, bills of quantities from files."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services
from bidding.tenders.domain.document import CHAPTER_LABELS, TenderDocument, as_content, parse
from bidding.tenders.forms.documents import BillForm, DocumentForm
from bidding.tenders.views.owners import OwnerForm
from commons.pages import signed_in

SPARE = 2
"""Empty rows at the end of each table, for what is added."""


@require_POST
def fill(request: HttpRequest, tender_id: int) -> HttpResponse:
    """Begin the document from its sector's template."""
    services.fill_document(actor=signed_in(request), tender_id=tender_id, at=timezone.now())
    messages.success(request, _("The document begins with the clauses of its sector. Edit what is yours."))
    return HttpResponseRedirect(reverse("tenders:document", args=[tender_id]))


class EditDocument(OwnerForm):
    """Clauses and scoring table."""

    template_name = "tenders/document.html"
    title = gettext_lazy("Tender document")

    def _document(self, request: HttpRequest) -> TenderDocument:
        tender = self.tender(request)
        return parse(tender.draft) if tender.draft else TenderDocument()

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        document = self._document(request)
        clauses, criteria = len(document.clauses) + SPARE, len(document.scoring) + SPARE
        content, blind = as_content(document), self.profile(request).has(Switch.BLIND_VOLUMES)
        initial: dict[str, Any] = {"version": self.tender(request).version}
        for number, row in enumerate(content["clauses"]):
            initial |= {f"c{number}_{name}": value for name, value in row.items()}
        for number, row in enumerate(content["scoring"]):
            initial |= {f"s{number}_{name}": value for name, value in row.items()}
        return DocumentForm(data, clauses=clauses, criteria=criteria, blind=blind, initial=initial)

    def show(self, request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
        assert isinstance(form, DocumentForm)
        self.rows = _rows(form)
        return super().show(request, form, status=status)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        document, tender = self._document(request), self.tender(request)
        clauses, criteria = self.rows
        return {
            **super().context(request),
            "tender": tender,
            "clauses": clauses,
            "criteria": criteria,
            "is_empty": not document.clauses,
            "total": document.total_points,
            "bills": [
                (row, len(document.bills.get(row.number, ()))) for row in tender.sections.all() if row.kind != "RIGHTS"
            ],
            "chapters": [_(label) for label in CHAPTER_LABELS.values()],
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, DocumentForm)
        clauses, criteria = form.rows()
        content = {**as_content(self._document(request)), "clauses": clauses, "scoring": criteria}
        services.save_document(
            actor=signed_in(request),
            tender_id=self.kwargs["tender_id"],
            content=content,
            version=form.cleaned_data["version"],
            at=at,
        )
        messages.success(request, _("Saved. Every clause was checked again."))
        return reverse("tenders:document", args=[self.kwargs["tender_id"]])


class ImportBill(OwnerForm):
    """A bill of quantities from xlsx or CSV."""

    title = gettext_lazy("Bill of quantities")
    submit = gettext_lazy("Import")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.tender(request)
        return BillForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().context(request), "files": True}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        file = form.cleaned_data["file"]
        section_id = self.kwargs["section_id"]
        count = services.import_bill(
            actor=signed_in(request), section_id=section_id, file=file.file, name=file.name, at=at
        )
        messages.success(request, _("%(count)s lines were imported.") % {"count": count})
        return reverse("tenders:document", args=[self.kwargs["tender_id"]])


def _rows(form: DocumentForm) -> tuple[list[list[Any]], list[list[Any]]]:
    """The fields of each clause and of each criterion."""
    clauses, criteria = form.counts
    names = ("chapter", "number", "title", "text", "star")
    columns = ("code", "title", "kind", "points", "standard", "blind")
    return (
        [[form[f"c{row}_{name}"] for name in names] for row in range(clauses)],
        [[form[f"s{row}_{name}"] for name in columns if f"s{row}_{name}" in form.fields] for row in range(criteria)],
    )
