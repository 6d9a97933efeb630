"""One's own account: how one signs in, where, and for whom one acts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from commons.domain.actor import Actor
from commons.domain.refusals import NotPermitted
from commons.people import queries, services
from commons.people.labels import LEVELS
from commons.people.middleware import ORGANISATION


class AccountView(LoginRequiredMixin, TemplateView):
    """What the person can do about signing in."""

    template_name = "people/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        assert actor.person_id is not None
        return super().get_context_data(
            level=LEVELS[actor.assurance],
            browsers=queries.open_sessions(actor.person_id, viewer=actor, at=timezone.now()),
            held=self.request.held_roles,  # type: ignore[attr-defined]  # set by ActorMiddleware
            **kwargs,
        )


@require_POST
@login_required
def end_own_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, this browser included."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    assert actor.person_id is not None
    services.end_sessions(person_id=actor.person_id, reason="SIGNED_OUT_EVERYWHERE", at=timezone.now(), actor=actor)
    return redirect("account_login")


@require_POST
@login_required
def switch_organisation(request: HttpRequest) -> HttpResponse:
    """Act for another organisation from now on. Refuses (`NotPermitted`) one where the person holds no role."""
    held = {one.organisation_id: one.organisation_name for one in request.held_roles}  # type: ignore[attr-defined]
    wanted = request.POST.get("organisation", "")
    if not wanted.isascii() or not wanted.isdigit() or int(wanted) not in held:
        raise NotPermitted()
    request.session[ORGANISATION] = int(wanted)
    rotate_token(request)  # a form that is open in another tab was meant for the organisation before
    messages.success(request, _("You now act for %(name)s.") % {"name": held[int(wanted)]})
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/workspace/")
