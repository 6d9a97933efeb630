"""The list of issuers, and the credit that each grants."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Money, as_text
from commons.domain.refusals import NotFound
from commons.evidence import services as evidence
from signatures.guarantees import policies
from signatures.guarantees.domain.terms import IssuerKind, IssuerStatus
from signatures.guarantees.models import CreditLine, Issuer
from signatures.guarantees.services.common import require_reason


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """What the list says of an issuer."""

    kind: IssuerKind
    licence_no: str
    premium_rate: Decimal
    premium_minimum: Decimal
    channel: str = Issuer.EMBEDDED
    endpoint: str = ""
    key_name: str = ""


@transaction.atomic
def list_issuer(*, actor: Actor, organisation_id: int, facts: IssuerFacts, decision_no: str, at: datetime) -> int:
    """Enter an issuer by a numbered decision, or change its entry; gives its number on the list."""
    policies.can_keep_issuers(actor).require()
    values = {name: getattr(facts, name) for name in ("licence_no", "premium_rate", "premium_minimum", "channel")}
    values |= {"kind": facts.kind.value, "endpoint": facts.endpoint, "key_name": facts.key_name}
    row, _made = Issuer.objects.update_or_create(
        organisation_id=organisation_id, defaults=values, create_defaults={**values, "listed_at": at}
    )
    _record(row, "IssuerListed", decision_no, actor=actor, at=at)
    return row.pk


@transaction.atomic
def set_status(*, actor: Actor, issuer_id: int, status: IssuerStatus, decision_no: str, at: datetime) -> None:
    """Suspend, revoke or readmit an issuer by a numbered decision of its authority."""
    policies.can_keep_issuers(actor).require()
    reason = require_reason(decision_no)[:200]
    changed = Issuer.objects.filter(pk=issuer_id).update(
        status=status.value, status_reason=reason, status_changed_at=at
    )
    if not changed:
        raise NotFound()
    _record(Issuer.objects.get(pk=issuer_id), f"Issuer{status.value.title()}", reason, actor=actor, at=at)


@transaction.atomic
def grant_credit(
    *, actor: Actor, issuer_id: int, organisation_id: int, limit: Money, valid_until: date, at: datetime
) -> int:
    """Grant an applicant one credit line for all projects and regions, in the place of the one before."""
    issuer = Issuer.objects.select_for_update().filter(pk=issuer_id).first()
    if issuer is None:
        raise NotFound()
    policies.can_manage(actor, issuer.organisation_id).require()
    CreditLine.objects.filter(issuer=issuer, organisation_id=organisation_id, ended_at__isnull=True).update(ended_at=at)
    row = CreditLine.objects.create(
        issuer=issuer,
        organisation_id=organisation_id,
        limit=limit,
        valid_until=valid_until,
        granted_by=actor.ref,
        granted_at=at,
    )
    evidence.append(
        stream=f"issuer:{issuer.pk}",
        type="CreditGranted",
        actor=actor,
        payload={"credit": f"credit:{row.pk}", "limit": as_text(limit), "valid_until": valid_until.isoformat()},
        decided_at=at,
    )
    return row.pk


def _record(row: Issuer, event: str, decision_no: str, *, actor: Actor, at: datetime) -> None:
    payload = {"organisation": f"organisation:{row.organisation_id}", "kind": row.kind, "decision_no": decision_no}
    evidence.append(stream=f"issuer:{row.pk}", type=event, actor=actor, payload=payload, decided_at=at)
