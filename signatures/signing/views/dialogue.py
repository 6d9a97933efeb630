"""The one signing dialogue: its page, and the steps that its script takes."""

import binascii
from base64 import b64decode, b64encode
from typing import TypeVar

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed
from commons.pages import signed_in
from signatures.pages import origin_of, signing_page
from signatures.signing import queries, services
from signatures.signing.queries import SessionView
from signatures.signing.services import reading

LARGEST_REQUEST_BYTES = 400_000
Asked = TypeVar("Asked", bound=msgspec.Struct)


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What others ask the viewer to sign."""
    actor = signed_in(request)
    return render(request, "signing/waiting.html", {"rows": queries.waiting_for(actor, at=timezone.now())})


@require_GET
@signing_page
def sign(request: HttpRequest, session: str) -> HttpResponse:
    """The dialogue. Refuses what `queries.one` refuses."""
    found = queries.one(signed_in(request), session)
    if not found.is_open(timezone.now()):
        return render(request, "signing/over.html", {"session": found}, status=410 if found.state != "SIGNED" else 200)
    return render(request, "signing/sign.html", {"session": found, "data": _data(found)})


def _data(found: SessionView) -> dict[str, object]:
    """For the script: addresses, and the hash that it compares with its own."""
    names = ("content", "prepare", "complete", "state")
    urls = {name: reverse(f"signing:{name}", args=[found.number]) for name in names}
    return {"urls": urls, "digest": found.digest, "title": found.title, "mediaType": found.media_type}


@require_GET
@never_cache
def content(request: HttpRequest, session: str) -> StreamingHttpResponse:
    """What is signed, for the browser to hash and the signer to read."""
    chunks, media_type = reading.content(signed_in(request), session)
    response = StreamingHttpResponse(chunks, content_type=media_type)
    response["Content-Disposition"] = "inline"
    return response


class PrepareRequest(msgspec.Struct):
    """The chosen certificate; base64 of DER."""

    certificate: str


class CompleteRequest(msgspec.Struct):
    """The signature value; base64."""

    signature: str


@require_POST
def prepare(request: HttpRequest, session: str) -> JsonResponse:
    """The attributes to be signed by the chosen certificate. Refuses what the service refuses."""
    actor, asked = _signer(request, session), _read(request, PrepareRequest)
    made = services.prepare(
        actor=actor,
        number=session,
        certificate=_bytes(asked.certificate),
        origin=origin_of(request),
        at=timezone.now(),
    )
    answer = {"attributes": b64encode(made.attributes).decode(), "digest": made.digest, "ticket": made.ticket}
    return JsonResponse({**answer, "ranges": made.ranges})


@require_POST
def complete(request: HttpRequest, session: str) -> JsonResponse:
    """Take the signature; the address to go on to. Refuses what the service refuses."""
    actor, asked = _signer(request, session), _read(request, CompleteRequest)
    services.complete(actor=actor, number=session, signature=_bytes(asked.signature), at=timezone.now())
    found = queries.one(actor, session)
    messages.success(request, _("Signed: %(what)s") % {"what": found.label})
    return JsonResponse({"url": found.return_url})


@require_POST
def decline(request: HttpRequest, session: str) -> HttpResponse:
    """The signer does not sign."""
    reason = request.POST.get("reason", "")[:500]
    back = services.decline(actor=signed_in(request), number=session, reason=reason, at=timezone.now())
    messages.info(request, _("You declined to sign."))
    return HttpResponseRedirect(back)


@require_GET
@never_cache
def state(request: HttpRequest, session: str) -> HttpResponse:
    """How far the session is, asked again and again by a desktop whose phone signs; leads on when it has ended."""
    found = queries.one(signed_in(request), session)
    response = render(request, "signing/state.html", {"session": found})
    if not found.is_open(timezone.now()):
        signed = found.state == "SIGNED"
        if signed:
            messages.success(request, _("Signed on the phone: %(what)s") % {"what": found.label})
        response["HX-Redirect"] = found.return_url if signed else reverse("signing:sign", args=[session])
    return response


def _signer(request: HttpRequest, session: str) -> Actor:
    """The actor, for whom there is such a session: looked at before anything that was sent is read."""
    actor = signed_in(request)
    queries.one(actor, session)
    return actor


def _read(request: HttpRequest, kind: type[Asked]) -> Asked:
    if len(request.body) > LARGEST_REQUEST_BYTES:
        raise Malformed(field="request", reason="too large")
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.MsgspecError, UnicodeError):
        raise Malformed(field="request", reason="not what docs/signing.md describes") from None


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(field="request", reason="not base64") from None
