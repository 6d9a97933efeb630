"""What every step of an objection shares: the lock, the state, the log, the messages."""

from collections.abc import Mapping
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from marketplace.fulfilment.domain.states import GRIEVANCE, GrievanceCommand, GrievanceState
from marketplace.fulfilment.models import Grievance
from marketplace.fulfilment.services.common import PLATFORM


def locked_grievance(grievance_id: int) -> Grievance:
    """The objection with what it is about, locked until the transaction ends. Refuses `NotFound`."""
    rows = Grievance.objects.select_for_update(of=("self",)).select_related("engagement", "procurement__owner")
    row = rows.filter(pk=grievance_id).first()
    if row is None:
        raise NotFound()
    return row


def step(
    row: Grievance, command: GrievanceCommand, payload: Mapping[str, JSON], *, actor: Actor, at: datetime,
    **values: object,
) -> None:  # fmt: skip
    """Fire the command, conditional on the state that was read, with its evidence. Refuses `NotAllowedNow`."""
    found = GRIEVANCE.fire(GrievanceState(row.state), command)
    changed = Grievance.objects.filter(pk=row.pk, state=row.state)
    if changed.update(state=found.target.value, **values) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.refresh_from_db(fields=["state", *values])
    record_about(row, found.event, payload, actor=actor, at=at)


def record_about(row: Grievance, event: str, payload: Mapping[str, JSON], *, actor: Actor, at: datetime) -> None:
    """An entry in the public stream. Who objects to a notice is named there no more than who asks about it."""
    named = PLATFORM if row.about_notice and actor.organisation_id == row.organisation_id else actor
    about: dict[str, JSON] = {"objection": f"grievance:{row.pk}", **payload}
    evidence.append(stream=row.stream, type=event, actor=named, payload=about, decided_at=at)


def tell_about(row: Grievance, organisation_id: int, subject: str, *, at: datetime, key: str, **more: str) -> None:
    """A message about the objection, once per `key`."""
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"title": row.procurement.title, **more},
        link=f"/supermarket/objections/{row.pk}/",
        at=at,
        key=f"grievance:{row.pk}:{key}:{organisation_id}",
    )
