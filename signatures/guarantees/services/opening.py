"""What procedures ask for: does a guarantee cover a deposit, open it at the opening, give it back at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.text import gettext_noop
from signatures.guarantees import policies, safe
from signatures.guarantees.domain import checks
from signatures.guarantees.domain.checks import Circumstances, Finding
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.refusals import NotJudged
from signatures.guarantees.domain.states import MACHINE, GuaranteeCommand, GuaranteeState
from signatures.guarantees.domain.terms import IssuerStatus, Required
from signatures.guarantees.models import Guarantee
from signatures.guarantees.queries import standing_row
from signatures.guarantees.services import papers
from signatures.guarantees.services.applying import tell_issuer
from signatures.guarantees.services.common import (
    locked,
    move,
    record,
    require_reason,
    store,
    tell,
    with_end_reason,
)

OPEN_AGAIN = frozenset({GuaranteeState.OPENED, GuaranteeState.CLAIMED, GuaranteeState.REFUSED, GuaranteeState.PAID})


@dataclass(frozen=True, slots=True)
class Opened:
    """A guarantee as its procedure gets it at the opening."""

    ref: str
    organisation_id: int
    covers: bool
    findings: tuple[Finding, ...]
    uploaded: bool
    """Of an issuer that is not connected: people judge what its text promises."""


@transaction.atomic
def unseal(
    *, actor: Actor, subject: str, organisation_ids: Iterable[int], required: Required, at: datetime
) -> list[Opened]:
    """Open the guarantees of a procedure at its opening, each checked against what the procedure asks now.

    Gives one entry for each applicant that has a guarantee; a repeated call gives the same. A guarantee that falls
    short is opened all the same, with the exact differences: whether its bid counts is the procedure's to say.
    """
    policies.can_order_for_procedure(actor).require()
    opened = []
    for organisation_id in organisation_ids:
        row = standing_row(subject, organisation_id)
        if row is not None:
            opened.append(_open(row.ref, required, actor=actor, at=at))
    return opened


def _open(ref: str, required: Required, *, actor: Actor, at: datetime) -> Opened:
    row, dossier = locked(ref)
    if row.state == GuaranteeState.SEALED:
        findings = findings_of(dossier, required, row=row, at=at)
        dossier = replace(dossier, findings=tuple((one.fault.value, one.found, one.wanted) for one in findings))
        move(
            row,
            dossier,
            GuaranteeCommand.OPEN,
            actor=actor,
            role="platform",
            at=at,
            facts={"procedure": {"salt": dossier.salt, **dossier.procedure.as_json()}},
            opened_at=at,
            subject=dossier.subject,
            applicant_id=dossier.applicant_id,
            beneficiary_id=dossier.beneficiary_id,
        )
        tell_issuer(row, dossier, "opening", gettext_noop("A guarantee that you issued has been opened."), at)
    kept = tuple(Finding(checks.Fault(fault), found, wanted) for fault, found, wanted in dossier.findings)
    return Opened(row.ref, dossier.applicant_id, not kept, kept, dossier.upload is not None)


def findings_of(dossier: Dossier, required: Required, *, row: Guarantee, at: datetime) -> tuple[Finding, ...]:
    """Every difference between a sealed guarantee and what the procedure asks, as of `at`."""
    if dossier.upload is not None:
        return checks.check_upload(dossier.upload, required)
    version = dossier.versions[-1]
    issuer = safe.connected_issuer(dossier)
    others = Guarantee.objects.filter(number_tag=row.number_tag).exclude(pk=row.pk)
    over = [GuaranteeState.CANCELLED.value, GuaranteeState.DECLINED.value]
    facts = version.facts
    around = Circumstances(
        on=local_day(at),
        issuer=dossier.issuer,
        issuer_status=IssuerStatus(issuer.status) if issuer else None,
        applicant=dossier.applicant,
        duplicate_of=facts.number if others.exclude(state__in=over).exists() else "",
        # The certificate had to hold when the guarantee was signed; it may have ended since.
        signature_fault=papers.integrity_fault(version.data, version.signature, issuer=dossier.issuer, at=version.at),
    )
    return checks.check(facts, dossier.disclosure, required, around)


def covers(*, subject: str, organisation_id: int, required: Required, at: datetime) -> bool:
    """Whether a sealed or opened guarantee stands in for the deposit. Tells nobody that there is one.

    An uploaded one counts by its stated figures until the beneficiary refuses it.
    """
    row = standing_row(subject, organisation_id)
    if row is None:
        return False
    dossier = safe.open_dossier(row)
    if dossier.upload is not None and dossier.upload.accepted is False:
        return False
    return not findings_of(dossier, required, row=row, at=at)


@transaction.atomic
def judge_upload(*, actor: Actor, ref: str, accepted: bool, reason: str, at: datetime) -> None:
    """The beneficiary says whether the text of an uploaded guarantee promises what is asked; once, with a reason."""
    row, dossier = locked(ref)
    policies.can_act_as_beneficiary(actor, dossier.beneficiary_id).require()
    if dossier.upload is None or dossier.upload.accepted is not None or row.state != GuaranteeState.OPENED:
        raise NotJudged()
    upload = replace(
        dossier.upload, accepted=accepted, judged_by=actor.ref, judged_at=at, judgement=require_reason(reason)
    )
    store(row, replace(dossier, upload=upload), at=at)
    record(row, "GuaranteeJudged", actor=actor, role="beneficiary", at=at, payload={"accepted": accepted})


@transaction.atomic
def release(*, actor: Actor, subject: str, organisation_id: int, reason: str, at: datetime) -> bool:
    """Give a guarantee back when its procedure no longer needs it; True when there was one. Harmless to repeat."""
    policies.can_order_for_procedure(actor).require()
    row = standing_row(subject, organisation_id)
    if row is None:
        return False
    row, dossier = locked(row.ref)
    if not MACHINE.allows(GuaranteeState(row.state), GuaranteeCommand.RELEASE):
        return False
    _release(row, dossier, reason, actor=actor, role="platform", at=at)
    return True


@transaction.atomic
def release_own(*, actor: Actor, ref: str, reason: str, at: datetime) -> None:
    """The beneficiary gives an opened guarantee back."""
    row, dossier = locked(ref)
    policies.can_act_as_beneficiary(actor, dossier.beneficiary_id).require()
    _release(row, dossier, reason, actor=actor, role="beneficiary", at=at)


def _release(row: Guarantee, dossier: Dossier, reason: str, *, actor: Actor, role: str, at: datetime) -> None:
    dossier = with_end_reason(dossier, reason)
    tell(dossier.applicant_id, gettext_noop("A guarantee of yours has been released."), row=row, at=at, key="released")
    move(row, dossier, GuaranteeCommand.RELEASE, actor=actor, role=role, at=at)
    tell_issuer(row, dossier, "release", gettext_noop("A guarantee that you issued has been released."), at)
