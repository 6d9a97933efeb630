"""Ending sessions: everywhere, at once, sockets included."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F

from commons.domain.actor import Actor, system_actor
from commons.evidence import services as evidence
from commons.people.announcements import SessionsEnded, publish
from commons.people.models import Person, PersonSession


def end_sessions(*, person_id: int, reason: str, at: datetime, actor: Actor | None = None) -> None:
    """End every session and socket of the person, on every process, when the caller's transaction commits.

    Three ways at once: the raised epoch refuses each session at its next request (it is part of the session's hash),
    the rows are deleted, and the announcement closes open sockets within a second.
    """
    with transaction.atomic():
        Person.objects.filter(pk=person_id).update(session_epoch=F("session_epoch") + 1)
        PersonSession.objects.filter(person_id=person_id).delete()
        evidence.append(
            stream=f"person:{person_id}",
            type="SessionsEnded",
            actor=actor or system_actor("people"),
            payload={"reason": reason},
            decided_at=at,
        )
        ended = SessionsEnded(person_id=person_id, session_ref="", reason=reason, at=at)
        transaction.on_commit(partial(publish, ended))
