"""The public check of a document: by its number, by its hash, or by handing it in; nothing handed in is kept."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from commons.domain.refusals import NotFound, Refusal
from commons.pages import actor_of
from commons.texts import refusal_text
from signatures.documents import queries, services
from signatures.documents.domain.answers import FAULT_WORDS, DocumentAnswer, SignatureAnswer, instant
from signatures.documents.forms import DocumentForm

_HASH = re.compile(r"[0-9a-f]{64}")


class Check(View):
    """`?number=` a document's number or SHA-256; a posted file is checked by itself."""

    template_name = "documents/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("number", "").strip()
        if not asked:
            return self.show(request)
        if _HASH.fullmatch(asked.lower()):
            found = queries.registration(asked.lower())
            context = {"asked": asked, "by_hash": True, "registration": found}
            return self.show(request, status=200 if found else 404, **context)
        try:
            return HttpResponseRedirect(
                reverse("documents:paper", args=[queries.paper(actor_of(request), asked).number])
            )
        except NotFound:
            return self.show(request, status=404, asked=asked)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DocumentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(request, form=form, status=400)
        try:
            answer = services.verify_document(form.cleaned_data["file"], at=timezone.now())
        except Refusal as refusal:
            form.add_error("file", refusal_text(refusal))
            return self.show(request, form=form, status=refusal.status)
        return self.show(request, **_told(answer))

    def show(self, request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
        context.setdefault("form", DocumentForm())
        return render(request, self.template_name, {"at": timezone.now(), **context}, status=status)


def _told(answer: DocumentAnswer) -> dict[str, Any]:
    """The answers in words, one row each: name, holds, what that means."""
    rows = [
        (_("Intact"), answer.intact, _("Nothing was changed after it was signed.")),
        (_("Signatures"), answer.signature, _("Each signature was made with the key of the certificate it names.")),
        (_("Certificates"), answer.chain, _("Issued by trusted authorities for this use, valid when they signed.")),
        (_("Revocation"), answer.revocation, _("Proven not revoked when they signed.")),
        (_("Time"), answer.time, _("A time-stamp authority proves when each signature existed.")),
        (_("Coverage"), answer.coverage, _("The last signature covers the whole file; only proof may follow it.")),
        (_("Registered"), bool(answer.registered), _("The evidence log holds exactly this file.")),
    ]
    return {
        "answer": answer,
        "rows": rows,
        "faults": [_(FAULT_WORDS[fault]) for fault in answer.all_faults],
        "signatures": [_signature(one) for one in answer.signatures],
        "statements": [_signature(one) for one in answer.statements],
        "registration": answer.registration,
    }


def _signature(one: SignatureAnswer) -> dict[str, Any]:
    return {
        "one": one,
        "time": instant(one.time),
        "claimed": instant(one.claimed),
        "revoked_at": instant(one.revoked_at),
        "faults": [_(FAULT_WORDS[fault]) for fault in one.faults],
    }
