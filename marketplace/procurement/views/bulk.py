"""Many needs from one file: looked at first, then drafted."""

import io
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_GET

from commons.domain.refusals import NotPermitted, Refusal
from commons.pages import csv_response, signed_in
from commons.texts import refusal_text
from marketplace.procurement import services
from marketplace.procurement.forms import BulkForm
from marketplace.procurement.policies import can_draft
from marketplace.procurement.services.bulk import COLUMNS


class Bulk(View):
    """Upload; `step=look` is a dry run, `step=draft` makes the drafts."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        can_draft(signed_in(request)).require()
        return self._show(request, BulkForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        actor = signed_in(request)
        can_draft(actor).require()
        form = BulkForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(request, form, status=400)
        upload, dry_run = form.cleaned_data["file"], request.POST.get("step") != "draft"
        try:
            report = services.bring_in_table(
                actor=actor, file=io.BytesIO(upload.read()), name=upload.name, dry_run=dry_run, at=timezone.now()
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal_text(refusal))
            return self._show(request, form, status=refusal.status)
        rows = [(one, [refusal_text(refusal) for refusal in one.refusals]) for one in report.outcomes]
        return self._show(request, BulkForm(), report=report, rows=rows)

    def _show(self, request: HttpRequest, form: BulkForm, *, status: int = 200, **more: Any) -> HttpResponseBase:
        columns = [(column.headings[0], column.required) for column in COLUMNS]
        context = {"form": form, "columns": columns, **more}
        return render(request, "marketplace/procurement/bulk.html", context, status=status)


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty table to fill in."""
    can_draft(signed_in(request)).require()
    return csv_response("needs", [column.headings[0] for column in COLUMNS], [])
