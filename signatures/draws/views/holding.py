"""The pages of custodians and parties: commit beforehand, reveal at the announced moment."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commons.domain.refusals import Malformed, NotFound
from commons.pages import signed_in
from signatures.draws import queries, services
from signatures.draws.domain.states import DrawState
from signatures.draws.labels import STATES


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The draws in which the reader holds a secret."""
    rows = [(view, *STATES[view.state]) for view in queries.held_by(signed_in(request))]
    return render(request, "draws/mine.html", {"rows": rows})


@require_safe
def custody(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """What the reader is to do in a draw, and by when. Refuses `NotFound` for who holds nothing in it."""
    viewer, view, at = signed_in(request), queries.draw(draw_id), timezone.now()
    holder = next((one for one in view.holders if one.person_id == viewer.person_id), None)
    if holder is None:
        raise NotFound()
    tone, label = STATES[view.state]
    facts = {
        "draw": view,
        "holder": holder,
        "tone": tone,
        "state_label": label,
        "may_commit": view.state == DrawState.GATHERING and not holder.commitment and at < view.known_from,
        "may_reveal": view.state == DrawState.ANNOUNCED
        and not holder.secret
        and view.reveal_from <= at < view.reveal_until,
        "too_early": at < view.reveal_from,
    }
    return render(request, "draws/custody.html", facts)


@require_POST
def commit(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """Publish the commitment. Refuses as the service does."""
    secret = request.POST.get("secret", "")
    services.commit(
        actor=signed_in(request),
        draw_id=draw_id,
        commitment=request.POST.get("commitment", ""),
        secret=_bytes(secret) if secret else None,
        at=timezone.now(),
    )
    messages.success(request, _("Your commitment stands in the log."))
    return HttpResponseRedirect(reverse("draws:custody", args=[draw_id]))


@require_POST
def reveal(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """Reveal the secret. Refuses as the service does."""
    actor, secret = signed_in(request), request.POST.get("secret", "")
    services.reveal(actor=actor, draw_id=draw_id, secret=_bytes(secret), at=timezone.now())
    messages.success(request, _("Revealed."))
    return HttpResponseRedirect(reverse("draws:one", args=[draw_id]))


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Malformed(field="secret", reason="not hexadecimal") from None
