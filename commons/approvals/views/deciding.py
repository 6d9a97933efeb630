"""What waits for a second person, and the decision on it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.approvals import policies, queries, services
from commons.evidence.queries import records_of
from commons.pages import signed_in


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The requests that the viewer may decide, and those that the viewer made."""
    viewer, at = signed_in(request), timezone.now()
    waiting = queries.waiting_for(viewer, at=at, page=request.GET.get("page", "1"))
    facts = {"rows": waiting, "page": waiting, "own": queries.made_by(viewer, page=request.GET.get("own", "1"))}
    return render(request, "approvals/list.html", facts)


@require_GET
def one(request: HttpRequest, approval_id: int) -> HttpResponse:
    """One request with everything that is to be decided. Refuses `NotFound`."""
    viewer, at = signed_in(request), timezone.now()
    found = queries.one(viewer, approval_id)
    is_open = found.is_open(at)
    return render(
        request,
        "approvals/one.html",
        {
            "approval": found,
            "facts": [(name, _words(value)) for name, value in found.payload.items()],
            "records": records_of(f"approval:{found.id}"),
            "may_approve": is_open
            and policies.can_approve(
                viewer, found.kind, requested_by=found.requested_by, requested_for=found.requested_for
            ),
            "may_reject": is_open
            and policies.can_reject(
                viewer, found.kind, requested_by=found.requested_by, requested_for=found.requested_for
            ),
            "may_withdraw": found.waits_to_be_used(at)
            and policies.can_reject(
                viewer, found.kind, requested_by=found.requested_by, requested_for=found.requested_for
            ),
            "is_own": viewer.person_id == found.requested_by,
        },
    )


def _words(value: object) -> list[str]:
    """A fact of a request as lines of text."""
    if isinstance(value, list):
        return [str(line) for line in value] or ["—"]
    return [str(value) if value not in ("", None) else "—"]


@require_POST
def approve(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve as the second person. Refuses as the service does."""
    services.approve(actor=signed_in(request), approval_id=approval_id, at=timezone.now())
    messages.success(request, _("Approved. The one who asked can go on now."))
    return HttpResponseRedirect(reverse("approvals:list"))


@require_POST
def reject(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Say no, take one's own request back, or what was approved and not used. Refuses as the services do."""
    reason = request.POST.get("reason", "")[:500]
    close = services.give_up if request.POST.get("approved") else services.reject
    close(actor=signed_in(request), approval_id=approval_id, at=timezone.now(), reason=reason)
    messages.success(request, _("The request is closed."))
    return HttpResponseRedirect(reverse("approvals:list"))
