"""Suspending an organisation and lifting it: an authority decides, one person of the desk asks, another one agrees.

The centre bans nobody by itself (平台办法): every step names whose decision it is, with its number. Nobody acts for a
suspended organisation, on no page, by no program, in no room; what it did before binds it, and its limits run on.
"""

from datetime import datetime, timedelta

from django.db import transaction

from commons.approvals import services as approvals
from commons.approvals.kinds import register_kind
from commons.domain.actor import Actor, Role
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import from_text, local_text, to_text
from commons.evidence import services as evidence
from commons.inbox import services as inbox
from commons.people import policies
from commons.people.models import Membership, Organisation, OrganisationKind, OrganisationSuspension
from commons.people.services import end_sessions

_DESK = (Role.OPERATOR,)
SUSPEND = register_kind(
    "people.suspend",
    request=_DESK,
    approve=_DESK,
    valid_for=timedelta(days=7),
    label=gettext_noop("Suspend an organisation"),
).name
LIFT = register_kind(
    "people.lift_suspension",
    request=_DESK,
    approve=_DESK,
    valid_for=timedelta(days=7),
    label=gettext_noop("Lift the suspension of an organisation"),
).name


@transaction.atomic
def propose_suspension(
    *,
    actor: Actor,
    organisation_id: int,
    decision_body: str,
    decision_no: str,
    reason: str,
    ends_at: datetime,
    at: datetime,
) -> int:
    """Ask a second person to suspend an organisation until `ends_at`; gives the request.

    Refuses `NotPermitted`, `NotFound`, and (`Malformed`) the centre itself, no decision, or an end that is over.
    """
    policies.can_keep_people(actor).require()
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound()
    if organisation.kind == OrganisationKind.CENTRE:
        raise Malformed(field="organisation", reason=gettext_noop("the trading centre cannot be suspended"))
    if ends_at <= at:
        raise Malformed(field="ends_at", reason=gettext_noop("the day lies in the past"))
    body, number = _said("decision_body", decision_body), _said("decision_no", decision_no)
    return approvals.request(
        actor=actor,
        kind=SUSPEND,
        subject=f"organisation:{organisation_id}",
        reason=reason[:200],
        payload={
            "organisation": organisation.name,
            "decision_body": body,
            "decision_no": number,
            "ends_at": to_text(ends_at),
        },
        at=at,
    )


@transaction.atomic
def suspend_organisation(*, actor: Actor, organisation_id: int, approval_id: int, at: datetime) -> int:
    """Agree, as the second person: nobody acts for the organisation from now on; gives the suspension.

    Its people are signed out and their sockets closed within a second; they are told. Refuses the first person, and
    (`NotAllowedNow`) an end that has passed meanwhile.
    """
    policies.can_keep_people(actor).require()
    asked = approvals.agree(
        actor=actor, approval_id=approval_id, kind=SUSPEND, subject=f"organisation:{organisation_id}", at=at
    )
    ends_at = from_text(str(asked.payload["ends_at"]))
    if ends_at <= at:
        raise NotAllowedNow(command="SUSPEND", state="OVER")
    row = OrganisationSuspension.objects.create(
        organisation_id=organisation_id,
        decision_body=str(asked.payload["decision_body"]),
        decision_no=str(asked.payload["decision_no"]),
        reason=asked.reason,
        begins_at=at,
        ends_at=ends_at,
        approval_id=approval_id,
    )
    _record(row, "OrganisationSuspended", actor=actor, at=at, decision=row.decision_no, ends_at=to_text(ends_at))
    subject = gettext_noop(
        "%(organisation)s may not act here until %(until)s, by decision %(decision)s of %(body)s. What it has bid, "
        "bought or signed binds it, and limits run on; the trading centre says what can be done"
    )
    fields = {"until": local_text(ends_at), "decision": row.decision_no, "body": row.decision_body}
    _tell(row, subject, fields, key="suspended", at=at)
    for person_id in _people_of(organisation_id):
        end_sessions(person_id=person_id, reason="ORGANISATION_SUSPENDED", at=at, actor=actor)
    return row.pk


@transaction.atomic
def propose_lifting(*, actor: Actor, suspension_id: int, decision_no: str, reason: str, at: datetime) -> int:
    """Ask a second person to lift a suspension, by the decision that ends it; gives the request."""
    policies.can_keep_people(actor).require()
    row = _in_force(suspension_id, at)
    return approvals.request(
        actor=actor,
        kind=LIFT,
        subject=f"organisation:{row.organisation_id}",
        reason=reason[:200],
        payload={"suspension": str(row.pk), "decision_no": _said("decision_no", decision_no)},
        at=at,
    )


@transaction.atomic
def lift_suspension(*, actor: Actor, suspension_id: int, approval_id: int, at: datetime) -> None:
    """Agree, as the second person: the organisation's people act for it again. Refuses the first person."""
    policies.can_keep_people(actor).require()
    row = _in_force(suspension_id, at)
    asked = approvals.agree(
        actor=actor, approval_id=approval_id, kind=LIFT, subject=f"organisation:{row.organisation_id}", at=at
    )
    if asked.payload["suspension"] != str(row.pk):
        raise NotFound()
    changes = {"lifted_decision_no": str(asked.payload["decision_no"]), "lifted_reason": asked.reason}
    found = OrganisationSuspension.objects.filter(pk=row.pk, lifted_at__isnull=True)
    if found.update(lifted_at=at, lifted_approval_id=approval_id, **changes) != 1:
        raise NotAllowedNow(command="LIFT", state="LIFTED")
    _record(row, "SuspensionLifted", actor=actor, at=at, decision=changes["lifted_decision_no"])
    subject = gettext_noop("%(organisation)s may act here again: its suspension was lifted by decision %(decision)s")
    _tell(row, subject, {"decision": changes["lifted_decision_no"]}, key="lifted", at=at)


def _in_force(suspension_id: int, at: datetime) -> OrganisationSuspension:
    row = OrganisationSuspension.objects.select_for_update().filter(pk=suspension_id).first()
    if row is None:
        raise NotFound()
    if row.lifted_at is not None or row.ends_at <= at:
        raise NotAllowedNow(command="LIFT", state="OVER")
    return row


def _people_of(organisation_id: int) -> list[int]:
    held = Membership.objects.filter(organisation_id=organisation_id, ended_at__isnull=True, person__is_active=True)
    return sorted(set(held.values_list("person_id", flat=True)))


def _tell(row: OrganisationSuspension, subject: str, fields: dict[str, str], *, key: str, at: datetime) -> None:
    """Told to each of its people: nobody reads the organisation's own inbox while it is suspended."""
    name = Organisation.objects.values_list("name", flat=True).get(pk=row.organisation_id)
    for person_id in _people_of(row.organisation_id):
        inbox.deliver(
            person_id=person_id,
            subject_msgid=subject,
            fields={"organisation": name, **fields},
            link="/inbox/",
            at=at,
            key=f"suspension:{row.pk}:{key}:{person_id}",
        )


def _record(row: OrganisationSuspension, event: str, *, actor: Actor, at: datetime, **facts: str) -> None:
    evidence.append(
        stream=f"organisation:{row.organisation_id}",
        type=event,
        actor=actor,
        payload={"suspension": str(row.pk), **facts},
        decided_at=at,
    )


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise Malformed(field=field, reason=gettext_noop("it is empty"))
    return text.strip()
