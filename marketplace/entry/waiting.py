"""Entries to finish, to renew and to check, for the workspace."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from marketplace.duties import Duty, Rows, rows, tally
from marketplace.entry import queries
from marketplace.entry.domain.entrants import EDITABLE, EntrantKind, EntrantState
from marketplace.entry.models import AgencyQualification, Entrant
from marketplace.entry.models.entrant import IN_FORCE

AHEAD = timedelta(days=30)
"""So long before its day a re-check, a licence or a certificate is brought to mind."""


def _to_check(count: int) -> str:
    return ngettext("%(count)s entry to check", "%(count)s entries to check", count) % {"count": count}


def _own_page(code: str, title: object) -> dict[str, Duty]:
    """The duty on the page of an owner's and of an agency's entry."""
    return {
        f"{kind.value}_{code}": Duty(title, f"entry:{kind.value.lower()}_entry", numbered=False)  # type: ignore[arg-type]
        for kind in EntrantKind
    }


DUTIES = {
    **_own_page("ENTER", _("Finish the entry into the supermarket and hand it in")),
    **_own_page("RECHECK", _("Make the yearly re-check: without it new sign-ups are blocked")),
    **_own_page("LICENCE", _("Renew the business licence: without it new sign-ups are blocked")),
    **_own_page("CERTIFICATE", _("Renew a qualification: without it new sign-ups are blocked")),
    "ENTRIES_CHECK": Duty("", "entry:desk", numbered=False, count=_to_check),
}


def of_owner(actor: Actor, now: datetime) -> Iterator[Rows]:
    """The owner's own entry."""
    yield from _own(actor, EntrantKind.OWNER, now)


def of_agency(actor: Actor, now: datetime) -> Iterator[Rows]:
    """The agency's own entry, its licence and its certificates, a month before they end."""
    yield from _own(actor, EntrantKind.AGENCY, now)
    soon = local_day(now) + AHEAD
    entries = _entries(actor, EntrantKind.AGENCY).filter(IN_FORCE)
    ending = entries.filter(licence_until__lte=soon)
    yield rows(ending, "AGENCY_LICENCE", title="licence_number", due_on="licence_until")
    held = AgencyQualification.objects.filter(agency__in=entries, revoked=False, valid_until__lte=soon)
    yield rows(held, "AGENCY_CERTIFICATE", title="number", due_on="valid_until")


def of_staff(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Entries to check."""
    yield tally(queries.entrants_waiting(actor), "ENTRIES_CHECK")


def _own(actor: Actor, kind: EntrantKind, now: datetime) -> Iterator[Rows]:
    entries, name = _entries(actor, kind), "organisation__name"
    begun = entries.filter(state__in=[one.value for one in EDITABLE])
    yield rows(begun, f"{kind.value}_ENTER", title=name)
    due = entries.filter(
        state__in=[EntrantState.PUBLISHED.value, EntrantState.LAPSED.value], recheck_due_on__lte=local_day(now) + AHEAD
    )
    yield rows(due, f"{kind.value}_RECHECK", title=name, due_on="recheck_due_on")


def _entries(actor: Actor, kind: EntrantKind) -> "QuerySet[Entrant]":
    return Entrant.objects.filter(organisation_id=actor.organisation_id or 0, kind=kind.value)
