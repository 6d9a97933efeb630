"""What every step shares: load under a lock, fire the machine, store, sign the status, record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.time import SHANGHAI, to_text
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.evidence.keys import Purpose, signing_key
from commons.inbox import services as inbox
from signatures.guarantees import safe
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.chain import Entry, Status
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.refusals import DeadlinePassed, ReasonMissing
from signatures.guarantees.domain.states import (
    BEFORE_ISSUE,
    EXTENDABLE,
    MACHINE,
    SECRET,
    WAKING,
    GuaranteeCommand,
    GuaranteeState,
)
from signatures.guarantees.models import Guarantee, Issuer, StatusEntry, StatusPublication

FEED = "guarantee-feed"

STATUS_OF = {
    GuaranteeCommand.ISSUE: Status.ISSUED,
    GuaranteeCommand.UPLOAD: Status.ISSUED,
    GuaranteeCommand.OPEN: Status.OPENED,
    GuaranteeCommand.CLAIM: Status.CLAIMED,
    GuaranteeCommand.PAY: Status.PAID,
    GuaranteeCommand.REFUSE: Status.REFUSED,
    GuaranteeCommand.RELEASE: Status.RELEASED,
    GuaranteeCommand.CANCEL: Status.CANCELLED,
    GuaranteeCommand.EXPIRE: Status.EXPIRED,
}


def locked(ref: str) -> tuple[Guarantee, Dossier]:
    """The row, locked until the transaction ends, and its dossier. Refuses (`NotFound`)."""
    row = Guarantee.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotFound()
    return row, safe.open_dossier(row)


def issuer_of(dossier: Dossier) -> Issuer:
    """The connected issuer of a guarantee. Refuses (`NotFound`) one that is not connected."""
    found = safe.connected_issuer(dossier)
    if found is None:
        raise NotFound()
    return found


def move(
    row: Guarantee,
    dossier: Dossier,
    command: GuaranteeCommand,
    *,
    actor: Actor,
    role: str,
    at: datetime,
    facts: Mapping[str, JSON] | None = None,
    **values: object,
) -> None:
    """Fire `command`, conditional on the old state; store the dossier, sign the new status, record.

    While the guarantee is secret the log names its actors only by their part in the matter.
    """
    step = MACHINE.fire(GuaranteeState(row.state), command)
    values |= {
        "state": step.target.value,
        "content": safe.seal_dossier(row.ref, dossier),
        "wake_at": wake_at(step.target, dossier, at),
    }
    if Guarantee.objects.filter(pk=row.pk, state=step.source.value).update(**values) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    for name, value in values.items():
        setattr(row, name, value)
    payload: dict[str, JSON] = {"state": step.target.value, **(facts or {})}
    status = STATUS_OF.get(command)
    if status is not None and dossier.anchor:
        payload |= _sign_status(row, dossier, status, at)
    record(row, step.event, actor=actor, role=role, at=at, payload=payload)


def wake_at(state: GuaranteeState, dossier: Dossier, at: datetime) -> datetime | None:
    """When the timekeeper looks: at the deadline at what is not issued, after the time for an answer at a claim, at
    once at what else is issued (it plans the warnings)."""
    if state in BEFORE_ISSUE:
        return dossier.deadline
    if state is GuaranteeState.CLAIMED and dossier.claim is not None:
        return ends_at(dossier.claim.due_on)
    return at if state in WAKING else None


def store(row: Guarantee, dossier: Dossier, *, at: datetime) -> None:
    """Keep a changed dossier without a step of the machine."""
    content, moment = safe.seal_dossier(row.ref, dossier), wake_at(GuaranteeState(row.state), dossier, at)
    Guarantee.objects.filter(pk=row.pk).update(content=content, wake_at=moment)
    row.content, row.wake_at = content, moment


def record(row: Guarantee, event: str, *, actor: Actor, role: str, at: datetime, payload: Mapping[str, JSON]) -> None:
    """One row of evidence in the guarantee's own stream."""
    by = actor if row.opened_at is not None or actor.system else safe.blinded(actor, row.ref, role)
    evidence.append(stream=f"guarantee:{row.ref}", type=event, actor=by, payload=payload, decided_at=at)


def extend_chain(row: Guarantee, dossier: Dossier, at: datetime) -> dict[str, JSON]:
    """Sign that a longer version stands from now on."""
    return _sign_status(row, dossier, Status.EXTENDED, at)


def entries_of(row: Guarantee) -> list[Entry]:
    """The status chain of a guarantee, oldest first."""
    rows = StatusEntry.objects.filter(guarantee=row).order_by("seq")
    return [Entry(bytes(one.body), one.key, bytes(one.signature)) for one in rows]


def publish_chain(row: Guarantee, at: datetime) -> None:
    """Put what is not there yet into the public feed. The feed's stream is locked, so its order is that of commits."""
    fresh = list(StatusEntry.objects.filter(guarantee=row, publication__isnull=True).order_by("seq"))
    for one in fresh:
        payload: dict[str, JSON] = {"anchor": one.anchor, "seq": str(one.seq), "status": one.status}
        evidence.append(stream=FEED, type="GuaranteeStatusPublished", actor=_FEEDER, payload=payload, decided_at=at)
        StatusPublication.objects.create(entry=one, published_at=at)


_FEEDER = Actor(system="guarantees")


def _sign_status(row: Guarantee, dossier: Dossier, status: Status, at: datetime) -> dict[str, JSON]:
    entries = entries_of(row)
    key = signing_key(Purpose.GUARANTEES)
    entry = chain.append(
        entries, anchor=dossier.anchor, status=status, version=dossier.anchor_now, at=to_text(at), key=key
    )
    StatusEntry.objects.create(
        guarantee=row,
        seq=len(entries) + 1,
        anchor=dossier.anchor,
        status=status.value,
        body=entry.body,
        key=entry.key,
        signature=entry.signature,
        at=at,
    )
    if row.opened_at is not None:
        publish_chain(row, at)
    return {"anchor": dossier.anchor, "version": dossier.anchor_now, "status_sha256": entry.hash}


def require_before_deadline(dossier: Dossier, at: datetime) -> None:
    """Refuses (`DeadlinePassed`) from the deadline on."""
    if at >= dossier.deadline:
        raise DeadlinePassed(deadline=dossier.deadline.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"))


def require_extendable(row: Guarantee) -> None:
    """Refuses (`NotAllowedNow`) what is not issued, is claimed or over."""
    if row.state not in EXTENDABLE:
        raise NotAllowedNow(command="EXTEND", state=row.state)


def require_reason(text: str) -> str:
    """The reason, without blanks around it. Refuses (`ReasonMissing`)."""
    if not text.strip():
        raise ReasonMissing()
    return text.strip()[:2000]


def with_end_reason(dossier: Dossier, reason: str) -> Dossier:
    return replace(dossier, end_reason=require_reason(reason))


def ends_at(last_day: date) -> datetime:
    """The instant at which a last day is over in Beijing."""
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def tell(organisation_id: int, subject: str, *, row: Guarantee, at: datetime, key: str, **fields: str) -> None:
    """Tell an organisation. While the guarantee is secret the message names neither procedure nor amount."""
    secret = row.state in SECRET
    link = "/guarantees/" if secret else f"/guarantees/{row.ref}/"
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={} if secret else fields,
        link=link,
        at=at,
        key=f"guarantee:{safe.binding_tag(row.ref, organisation_id)[:32]}:{key}",
    )
