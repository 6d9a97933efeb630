"""What everybody sees of draws."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from commons.pages import actor_of
from commons.people import queries as people
from signatures.draws import policies, queries
from signatures.draws.domain.states import DrawState, Violation
from signatures.draws.labels import ROLES, STATES, VIOLATIONS
from signatures.draws.queries import DrawView, HolderView


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A holder as the page shows it."""

    name: str
    role: str
    commitment: str
    committed_at: datetime | None
    secret: str
    revealed_at: datetime | None


@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """The newest draws."""
    rows = [(view, *STATES[view.state]) for view in queries.newest()]
    may_prepare = bool(policies.can_use_desk(actor_of(request)))
    return render(request, "draws/list.html", {"rows": rows, "may_prepare": may_prepare})


@require_safe
def draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """One draw with everything that is public, computed again in the visitor's browser. Refuses `NotFound`."""
    viewer, view, at = actor_of(request), queries.draw(draw_id), timezone.now()
    tone, label = STATES[view.state]
    facts = {
        "draw": view,
        "tone": tone,
        "state_label": label,
        "holders": holder_rows(view),
        "violations": [_violation(view, kind, by) for kind, by in view.violations],
        "chain": [other for other in queries.about(view.subject) if other.id != view.id],
        "holds": any(one.person_id == viewer.person_id for one in view.holders if one.person_id),
        "is_staff": bool(policies.can_use_desk(viewer)),
        "may_redraw": view.state in (DrawState.DRAWN, DrawState.VOID) and view.redrawn_as is None,
        "waits_for_beacon": _waits_for_beacon(view, at),
    }
    return render(request, "draws/one.html", facts)


def _waits_for_beacon(view: DrawView, at: datetime) -> bool:
    is_open = view.state == DrawState.ANNOUNCED and view.reveal_from <= at < view.reveal_until
    return bool(view.beacon_known_from) and not view.beacon_value and is_open


def holder_rows(view: DrawView) -> list[HolderRow]:
    """The holders by the names of their organisations: whose office holds a secret is public."""
    organisations = people.organisations(one.organisation_id for one in view.holders if one.organisation_id)
    return [
        HolderRow(
            _name(one, organisations[one.organisation_id].name if one.organisation_id in organisations else ""),
            str(ROLES[one.role]),
            one.commitment,
            one.committed_at,
            one.secret,
            one.revealed_at,
        )
        for one in view.holders
    ]


def _name(holder: HolderView, organisation: str) -> str:
    return organisation or (gettext("A person") if holder.person_id else gettext("The platform"))


def _violation(view: DrawView, kind: str, by: str) -> tuple[str, str]:
    """Who, and what was missing."""
    rows = dict(zip((one.ref for one in view.holders), holder_rows(view), strict=True))
    return (rows[by].name if by in rows else by), str(VIOLATIONS[Violation(kind)])
