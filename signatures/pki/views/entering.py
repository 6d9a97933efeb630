"""Signing in with a certificate: the page, and the three steps of its script."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from commons.domain.time import to_text
from commons.people.accounts import sign_in_by_certificate
from commons.people.sessions import session_ref
from signatures.pages import origin_of, signing_page
from signatures.pki import services
from signatures.pki.domain.statements import Context
from signatures.pki.views import frames
from signatures.pki.views.tickets import answer_to_prepare


@require_GET
@never_cache
@ensure_csrf_cookie
@signing_page
def login_page(request: HttpRequest) -> HttpResponse:
    """Choose a key, prove it, be signed in at level L4."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_target(request.GET.get("next", ""), request))
    names = ("challenge", "prepare", "complete")
    data = {
        "context": Context.LOGIN.value,
        "urls": {name: reverse(f"pki:login_{name}") for name in names},
        "next": _target(request.GET.get("next", ""), request),
    }
    return render(request, "pki/login.html", {"data": data})


@require_POST
def challenge(request: HttpRequest) -> JsonResponse:
    """A nonce for this browser session, which begins here if there was none."""
    if not request.session.session_key:
        request.session.create()
    reference = session_ref(request.session.session_key)
    made = services.challenge(session_ref=reference, context=Context.LOGIN, at=timezone.now())
    return JsonResponse({"nonce": made.nonce, "session": reference, "expires_at": to_text(made.expires_at)})


@require_POST
def prepare(request: HttpRequest) -> JsonResponse:
    """The attributes that the chosen key signs for the page's statement."""
    asked = frames.read(request, frames.PrepareRequest)
    return answer_to_prepare(
        asked, context=Context.LOGIN, origin=origin_of(request), session_ref=session_ref(request.session.session_key)
    )


@require_POST
def complete(request: HttpRequest) -> JsonResponse:
    """Sign in. Refuses what `services.sign_in` refuses."""
    asked = frames.read(request, frames.CompleteRequest)
    bound = services.sign_in(
        proof=frames.proof(asked),
        origin=origin_of(request),
        session_ref=session_ref(request.session.session_key),
        at=timezone.now(),
    )
    sign_in_by_certificate(request, person_id=bound.person_id, fingerprint=bound.fingerprint)
    request.session["organisation_id"] = bound.organisation_id
    return JsonResponse({"url": settings.LOGIN_REDIRECT_URL})


def _target(wanted: str, request: HttpRequest) -> str:
    """Where to go after the sign-in: on this platform only."""
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if wanted and allowed else settings.LOGIN_REDIRECT_URL
