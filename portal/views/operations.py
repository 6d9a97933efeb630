"""The operations page of the centre: what waits, what died, how far the log is signed, and what staff keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from commons.calendar.queries import published_years
from commons.domain.actor import Actor, Role, require_role
from commons.domain.deadlines import local_day
from commons.evidence import queries as evidence
from commons.outbox import queries as outbox
from commons.outbox import services as outbox_services
from commons.pages import signed_in
from portal import pulses
from portal.context import address
from portal.views.health import CHECKS, answers, holds

LATE = timedelta(minutes=3)
"""The timekeeper signs a checkpoint a minute while there is something new; three minutes are two missed."""
KEPT = (
    ("calendar:year", _("Calendar")),
    ("parameters:list", _("Rule parameters")),
    ("parameters:legality", _("Which methods are lawful where")),
    ("imports:list", _("Imports")),
    ("approvals:list", _("Approvals by two persons")),
    ("pki:trust_list", _("Trusted certificate authorities")),
    ("evidence:log", _("Evidence log")),
)
"""Pages that staff keep."""
NAMES = {
    "database": _("Database"),
    "redis": _("Hints between processes (Redis)"),
    "triggers": _("Guards of the append-only tables"),
    "migrations": _("Tables of this version (migrations)"),
}
"""The checks of `/health/ready`, in words."""


@dataclass(frozen=True, slots=True)
class Signed:
    """How far the log is signed: leaves in the tree, the newest checkpoint, and whether it is overdue."""

    size: int
    checkpoint: evidence.CheckpointView | None
    late: bool


@require_GET
def operations(request: HttpRequest) -> HttpResponse:
    """For operators, staff and auditors. Refuses `NotPermitted`."""
    viewer, at = signed_in(request), timezone.now()
    require_role(viewer, Role.OPERATOR, Role.AUDITOR).require()
    year, published = local_day(at).year, published_years()
    context = {
        "at": at,
        # The database has just said who is signed in: it need not be asked whether it answers.
        "checks": [(NAMES[name], check is answers or holds(check)) for name, check in CHECKS.items()],
        "backlog": outbox.backlog(at),
        "dead": outbox.dead_letters(viewer),
        "may_revive": viewer.has(Role.OPERATOR),
        "signed": _signed(at),
        "time_is_kept": pulses.is_kept(at),
        "years": [(one, one in published) for one in (year, year + 1)],
        "kept": [(found, title) for name, title in KEPT if (found := address(name))],
    }
    return render(request, "portal/operations.html", context)


@require_POST
def revive(request: HttpRequest, message_id: int) -> HttpResponse:
    """Give a dead message its attempts anew. Refuses `NotPermitted`, `NotAllowedNow`."""
    actor: Actor = signed_in(request)
    outbox_services.revive(actor=actor, message_id=message_id, at=timezone.now())
    messages.success(request, gettext("The message will be delivered again."))
    return redirect("operations")


def _signed(at: datetime) -> Signed:
    size, newest = evidence.signed_so_far()
    unsigned = newest is None or newest.size < size
    return Signed(size, newest, unsigned and (newest is None or at - newest.issued_at > LATE))
