"""Public verification of certificates: by code, by QR code, and by comparing one's own copy."""

import hashlib
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from commons.domain.actor import ALLOWED
from commons.domain.codes import normalise
from commons.domain.refusals import NotFound
from commons.pages import actor_of
from commons.vault import services as vault
from exchange.auctions.forms import CompareForm
from exchange.auctions.services.papers import CERTIFICATE
from exchange.contracts import queries
from exchange.contracts.models import Certificate
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from signatures.documents import queries as papers

LARGEST_COPY_BYTES = 20_000_000
LONGEST_NUMBER = 60
"""More is no number; it is shown back cut off."""


@require_safe
def verify_number(request: HttpRequest) -> HttpResponse:
    """Go to the certificate with that number, or say that there is none. Spaces, small and full-width letters do."""
    number = normalise(request.GET.get("number", ""))[:LONGEST_NUMBER]
    found = queries.certificate(number) if number else None
    if found is not None:
        return HttpResponseRedirect(reverse("certificates:verify", args=[found.code]))
    status = 404 if number else 200
    return render(request, "exchange/contracts/verify_number.html", {"number": number}, status=status)


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Intact, registered, current: three answers, each by itself; and whether a posted copy is the same file."""
    found = queries.certificate(code)
    if found is None:
        return render(request, "exchange/contracts/verify_number.html", {"number": code}, status=404)
    form = CompareForm(request.POST or None, request.FILES or None)
    same = _same_file(form, found) if request.method == "POST" and form.is_valid() else None
    instrument = INSTRUMENTS[Instrument(found.facts["instrument"])]
    context = {
        "certificate": found,
        "facts": found.facts,
        "deal": found.deal,
        "instrument": _(instrument.label),
        "unit": instrument.unit,
        "quantity": Decimal(found.facts["quantity"]),
        "amount": Decimal(found.facts["amount"]),
        "verification": queries.verify(found),
        "form": form,
        "same": same,
        "at": timezone.now(),
    }
    return render(request, "exchange/contracts/verify.html", context)


def _same_file(form: CompareForm, found: Certificate) -> bool:
    """Whether the posted copy is, byte for byte, the file that was issued. The copy is not kept."""
    file = form.cleaned_data["file"]
    if file.size is None or file.size > LARGEST_COPY_BYTES:
        return False
    reckoned = hashlib.sha256()
    for chunk in file.chunks():
        reckoned.update(chunk)
    return reckoned.hexdigest() in {found.sha256, *_states(found.code)}


def _states(code: str) -> list[str]:
    """The SHA-256 of every registered state of the certificate's file: drawn, sealed, archived."""
    paper = papers.newest(f"certificate:{code}", CERTIFICATE)
    return [one.sha256 for one in papers.revisions(paper.id)] if paper else []


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate itself, a public document."""
    found = queries.certificate(code)
    if found is None:
        raise NotFound()
    newest = papers.newest_file(found.document_id)
    opened = vault.open_document(actor=actor_of(request), document_id=newest, at=timezone.now(), decision=ALLOWED)
    response = HttpResponse(b"".join(opened.chunks), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.code}.pdf"'
    return response
