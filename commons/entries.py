"""Entries that are superseded, never changed: the calendar's days, the values of rule parameters.

An entry has a place (day and region; parameter, trade, region and first day), says something there, and names the entry
that it replaces. Two editors who saw the same entry collide on a unique key, and the second is told so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, Refusal
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append

M = TypeVar("M", bound=Model)


class CorrectionNeedsReason(Refusal):
    code = "CORRECTION_NEEDS_REASON"
    message = gettext_noop("There is an entry already. Say why it is replaced.")


class NothingChanges(Refusal):
    code = "NOTHING_CHANGES"
    message = gettext_noop("The entry in force says the same already; nothing was changed.")


class EnteredMeanwhile(Refusal):
    code = "ENTERED_MEANWHILE"
    message = gettext_noop("Somebody else changed this entry a moment ago. Look at it again.")
    retryable = True


def check_source(region: str, source: str) -> None:
    """A region of six digits or none, and a source. Refuses `Malformed`."""
    check_region(region)
    if not source.strip():
        raise Malformed(field="source", reason=gettext_noop("name the law, article, notice or order with its number"))


def supersede(
    model: type[M], *, stream: str, noun: str, actor: Actor, place: Mapping[str, Any], says: Mapping[str, Any],
    same: tuple[str, ...], reason: str, at: datetime,
) -> M:  # fmt: skip
    """Say something at a place from now on: a new row that replaces the one in force, and its evidence, or neither.

    `same` names the facts that make an entry a new one. Refuses `CorrectionNeedsReason`, `NothingChanges` and, when
    another editor was quicker, `EnteredMeanwhile`.
    """
    try:
        with transaction.atomic():
            current = model._default_manager.filter(**place, replaced_by__isnull=True).first()
            if current is not None and not reason.strip():
                raise CorrectionNeedsReason()
            if current is not None and all(getattr(current, name) == says[name] for name in same):
                raise NothingChanges()
            facts: dict[str, Any] = {**place, **says, "reason": reason.strip()}
            row = model._default_manager.create(**facts, replaces=current, entered_by=actor.ref, entered_at=at)
            replaced = str(current.pk) if current is not None else ""
            _record(stream, noun, actor, row, {"replaces": replaced, **facts}, at)
    except IntegrityError:
        raise EnteredMeanwhile() from None
    return row


def record_key(row_id: int, *, entered_by: str, entered_at: datetime) -> str:
    """The key under which the evidence of an entry stands in its stream; seeded rows share that of their seeding."""
    return f"seeded:{to_text(entered_at)}" if entered_by == "system:seed" else f"row:{row_id}"


def record_seeding(stream: str, noun: str, actor: Actor, rows: Sequence[Mapping[str, JSON]], at: datetime) -> None:
    """One entry for everything that came with the installation, with the digest of all of it."""
    if rows:
        append(
            stream=stream,
            type=f"{noun}Seeded",
            actor=actor,
            payload={"rows": str(len(rows)), "sha256": canonical.digest(canonical.encode(rows))},
            decided_at=at,
            idempotency_key=f"seeded:{to_text(at)}",
        )


def _record(stream: str, noun: str, actor: Actor, row: Model, facts: Mapping[str, Any], at: datetime) -> None:
    payload = {name: value if isinstance(value, bool) else str(value) for name, value in facts.items()}
    append(
        stream=stream,
        type=f"{noun}{'Superseded' if facts['replaces'] else 'Entered'}",
        actor=actor,
        payload={"row": str(row.pk), **payload},
        decided_at=at,
        idempotency_key=f"row:{row.pk}",
    )
