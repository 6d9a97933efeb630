"""The code that moves a session to the signer's phone, and the phone's side of it."""

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from commons.pages import signed_in
from signatures.signing import services


@require_POST
def show_code(request: HttpRequest, session: str) -> HttpResponse:
    """A fresh one-time link as QR code, as a fragment of the dialogue."""
    link = services.issue_link(actor=signed_in(request), number=session, at=timezone.now())
    address = request.build_absolute_uri(reverse("signing:phone", args=[link.token]))
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2, dark="#1c2430", light="#fff")
    context = {"address": address, "picture": picture, "expires_at": link.expires_at, "session": session}
    response = render(request, "signing/code.html", context)
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """The phone takes the session over, by a button: whoever only looks at the address uses nothing up."""
    actor = signed_in(request)
    if request.method == "GET":
        return render(request, "signing/phone.html", {"token": token})
    session = services.take_link(actor=actor, token=token, at=timezone.now())
    return HttpResponseRedirect(reverse("signing:sign", args=[session]))
