"""Ending sessions: everywhere, at once, sockets included."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from commons.domain.actor import Actor, system_actor
from commons.evidence import services as evidence
from commons.people.accounts import certificates_behind
from commons.people.announcements import SessionsEnded
from commons.people.ending import end_sockets
from commons.people.models import Person, PersonSession
from commons.people.sessions import session_ref


def end_sessions(*, person_id: int, reason: str, at: datetime, actor: Actor | None = None) -> None:
    """End every session and socket of the person, on every process, when the caller's transaction commits.

    Three ways at once: the raised epoch refuses each session at its next request (it is part of the session's hash),
    the rows are deleted, and open sockets are closed within a second (`ending`).
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
        end_sockets(SessionsEnded(person_id=person_id, session_ref="", reason=reason, at=at))


@transaction.atomic
def end_certificate_sessions(*, person_id: int, fingerprint: str, reason: str, at: datetime, actor: Actor) -> int:
    """End the person's sessions that began with this certificate, sockets included; how many. Others go on."""
    begun = [
        row for row in PersonSession.objects.filter(person_id=person_id) if fingerprint in certificates_behind(row)
    ]
    if not begun:
        return 0
    PersonSession.objects.filter(pk__in=[row.pk for row in begun]).delete()
    evidence.append(
        stream=f"person:{person_id}",
        type="SessionsEnded",
        actor=actor,
        payload={"reason": reason, "certificate": fingerprint},
        decided_at=at,
    )
    for row in begun:
        end_sockets(SessionsEnded(person_id, session_ref(row.session_key), reason, at))
    return len(begun)
