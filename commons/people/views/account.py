"""One's own account: sign-in methods, sessions, and the organisation that one acts for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from commons.domain.refusals import NotPermitted
from commons.people.middleware import ORGANISATION


class AccountView(LoginRequiredMixin, TemplateView):
    """What the person can do about signing in."""

    template_name = "people/account.html"


@require_POST
@login_required
def switch_organisation(request: HttpRequest) -> HttpResponse:
    """Act for another organisation from now on. Refuses (`NotPermitted`) one where the person holds no role."""
    held = {one.organisation_id: one.organisation_name for one in request.held_roles}  # type: ignore[attr-defined]
    wanted = request.POST.get("organisation", "")
    if not wanted.isascii() or not wanted.isdigit() or int(wanted) not in held:
        raise NotPermitted()
    request.session[ORGANISATION] = int(wanted)
    messages.success(request, _("You now act for %(name)s.") % {"name": held[int(wanted)]})
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/workspace/")
