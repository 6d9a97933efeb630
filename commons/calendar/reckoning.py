"""Provisional limits, reckoned anew when the holidays of their year are published.

    register("deal.payment", moved)         # once at start: moved(ref, was, now, at) draws the consequences
    note(kind="deal.payment", ref="7", …)   # where the limit is stored; nothing where it is final
    reckon_anew(at)                         # the timekeeper, as often as it likes

A limit that is over stays as it was told. What an earlier or a later day means is the package's to say: what somebody
was promised is never cut, what somebody owes follows the law's own day, and who is concerned is told.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime

from django.db import DatabaseError, InterfaceError, transaction

from commons.calendar import queries
from commons.calendar.models import CalendarYear, ProvisionalLimit
from commons.domain.actor import system_actor
from commons.domain.deadlines import Deadline, Unit, local_day
from commons.evidence import services as evidence

log = logging.getLogger(__name__)
TIMEKEEPER = system_actor("timekeeper")

Moved = Callable[[str, date, date, datetime], None]
"""(ref, the day that was told, the day by the published calendar, now)"""

_MOVERS: dict[str, Moved] = {}


def register(kind: str, moved: Moved) -> None:
    """Let a package move its own limits."""
    _MOVERS[kind] = moved


def note(
    *, kind: str, ref: str, start: datetime, add: int, unit: Unit, region: str, found: Deadline, at: datetime
) -> None:
    """Remember a limit that is provisional, in the caller's transaction; a newer one of the same takes its place."""
    ProvisionalLimit.objects.filter(kind=kind, ref=ref, settled_at__isnull=True).update(settled_at=at)
    if found.provisional:
        ProvisionalLimit.objects.create(
            kind=kind,
            ref=ref,
            start=local_day(start),
            add=add,
            unit=unit.value,
            region=region,
            on=found.on,
            noted_at=at,
        )


def reckon_anew(at: datetime) -> int:
    """Settle every limit whose year is published by now; how many moved. Idempotent."""
    years = CalendarYear.objects.values("year")
    due = ProvisionalLimit.objects.filter(settled_at__isnull=True, on__year__in=years).order_by("id")
    moved = 0
    for number in list(due.values_list("pk", flat=True)[:500]):
        try:
            moved += _settle(number, at)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # One limit that cannot move holds up no other; it is tried again.
            log.exception("a limit could not be reckoned anew", extra={"limit": number})
    return moved


@transaction.atomic
def _settle(number: int, at: datetime) -> bool:
    row = ProvisionalLimit.objects.select_for_update().filter(pk=number, settled_at__isnull=True).first()
    if row is None:
        return False
    found = queries.deadline(start=row.start, add=row.add, unit=Unit(row.unit), region=row.region)
    over = row.on < local_day(at)
    if found.provisional and not over:
        # It reaches into a year that is not published yet.
        return False
    ProvisionalLimit.objects.filter(pk=row.pk).update(settled_at=at)
    if over or found.on == row.on:
        return False
    evidence.append(
        stream="calendar",
        type="LimitReckonedAnew",
        actor=TIMEKEEPER,
        payload={"kind": row.kind, "ref": row.ref, "was": row.on.isoformat(), "now": found.on.isoformat()},
        decided_at=at,
        idempotency_key=f"limit:{row.pk}",
    )
    _MOVERS[row.kind](row.ref, row.on, found.on, at)
    return True
