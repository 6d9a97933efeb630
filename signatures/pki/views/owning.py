"""One's own certificates: what is bound, binding by proving the key, ending it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor
from commons.domain.refusals import NotPermitted
from commons.domain.time import to_text
from commons.pages import signed_in
from signatures.pages import origin_of, signing_page
from signatures.pki import queries, services
from signatures.pki.domain.bindings import BindingState, Kind
from signatures.pki.domain.statements import Context
from signatures.pki.queries import BoundCertificate
from signatures.pki.views import frames
from signatures.pki.views.tickets import answer_to_prepare

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate with its state in words."""

    bound: BoundCertificate
    state: str
    tone: str


@require_GET
@never_cache
@ensure_csrf_cookie
@signing_page
def certificates(request: HttpRequest) -> HttpResponse:
    """What is bound, and the form that binds another one."""
    actor = signed_in(request)
    assert actor.person_id is not None, "signed_in lets only persons through"
    return render(
        request,
        "pki/own.html",
        {"own": _own(actor), "seals": _seals(actor), "data": _data(actor), "may_bind": bool(actor.roles)},
    )


def _own(actor: Actor) -> list[Line]:
    assert actor.person_id is not None, "signed_in lets only persons through"
    return [line(one) for one in queries.certificates_of(actor.person_id, kind=Kind.PERSONAL, ended=True)]


def _seals(actor: Actor) -> list[Line]:
    if actor.organisation_id is None:
        return []
    return [line(one) for one in queries.seals_of(actor.organisation_id, ended=True)]


def line(bound: BoundCertificate, at: datetime | None = None) -> Line:
    """The certificate with its state in words."""
    now = at or timezone.now()
    if bound.state == BindingState.REPLACED:
        return Line(bound, _("Replaced"), "neutral")
    if bound.state == BindingState.UNBOUND:
        return Line(bound, _("Unbound"), "neutral")
    if bound.not_after < now:
        return Line(bound, _("Expired"), "stop")
    if bound.not_after < now + SOON:
        return Line(bound, _("Expires soon"), "waiting")
    return Line(bound, _("In use"), "done")


def _data(actor: Actor) -> dict[str, object]:
    names = ("challenge", "prepare", "complete")
    return {
        "context": Context.BIND.value,
        "urls": {name: reverse(f"pki:bind_{name}") for name in names},
        "organisation": str(actor.organisation_id or ""),
    }


@require_POST
def challenge(request: HttpRequest) -> JsonResponse:
    """A nonce for binding, in this session."""
    actor = signed_in(request)
    if not actor.session_ref:
        raise NotPermitted()
    made = services.challenge(session_ref=actor.session_ref, context=Context.BIND, at=timezone.now())
    return JsonResponse({"nonce": made.nonce, "session": actor.session_ref, "expires_at": to_text(made.expires_at)})


@require_POST
def prepare(request: HttpRequest) -> JsonResponse:
    """The attributes that the chosen key signs for the page's statement."""
    actor = signed_in(request)
    asked = frames.read(request, frames.PrepareRequest)
    return answer_to_prepare(asked, context=Context.BIND, origin=origin_of(request), session_ref=actor.session_ref)


@require_POST
def complete(request: HttpRequest) -> JsonResponse:
    """Bind. Refuses what `services.bind_own` refuses."""
    actor = signed_in(request)
    asked = frames.read(request, frames.CompleteRequest)
    bound = services.bind_own(actor=actor, proof=frames.proof(asked), origin=origin_of(request), at=timezone.now())
    messages.success(request, _("The certificate of %(name)s is bound.") % {"name": bound.common_name})
    return JsonResponse({"url": reverse("pki:own")})


@require_POST
def unbind(request: HttpRequest, binding_id: int) -> HttpResponse:
    """End a binding; whoever signed in with it is signed out. Refuses what the service refuses."""
    actor = signed_in(request)
    services.unbind(actor=actor, binding_id=binding_id, at=timezone.now())
    if not request.session.exists(str(request.session.session_key)):
        logout(request)
    messages.success(request, _("The certificate is no longer bound. What was signed with it stays signed."))
    return HttpResponseRedirect(reverse("pki:own") if request.POST.get("back") != "all" else reverse("pki:bindings"))
