"""The issuer's steps: take up, assess, decline, sign, extend. One way for its people here and for its own system."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.money import Money, as_text
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from signatures.guarantees import policies, safe
from signatures.guarantees.domain import checks
from signatures.guarantees.domain.checks import Circumstances, Fault, Finding
from signatures.guarantees.domain.dossier import Assessment, Dossier, Version
from signatures.guarantees.domain.refusals import (
    CreditExceeded,
    CreditMissing,
    DataChanged,
    NoExtensionAsked,
    NotAssessed,
    SameHands,
)
from signatures.guarantees.domain.states import GuaranteeCommand, GuaranteeState
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeData, IssuerStatus, premium
from signatures.guarantees.models import CreditLine, Guarantee, Issuer
from signatures.guarantees.queries import credit_of
from signatures.guarantees.services import papers
from signatures.guarantees.services.common import (
    extend_chain,
    issuer_of,
    locked,
    move,
    record,
    require_before_deadline,
    require_extendable,
    store,
    tell,
    with_end_reason,
)


@transaction.atomic
def take_up(*, actor: Actor, ref: str, at: datetime) -> None:
    """An underwriter takes the application from the queue."""
    row, dossier = locked(ref)
    policies.can_underwrite(actor, issuer_of(dossier).organisation_id).require()
    move(row, dossier, GuaranteeCommand.TAKE_UP, actor=actor, role="issuer", at=at)


@transaction.atomic
def assess(*, actor: Actor, ref: str, number: str, note: str, at: datetime) -> None:
    """Record what the underwriter found: the number of the guarantee, the fee, a note. Within the credit line only.

    Refuses (`CreditMissing`, `CreditExceeded`).
    """
    row, dossier = locked(ref)
    issuer = issuer_of(dossier)
    policies.can_underwrite(actor, issuer.organisation_id).require()
    _require_underwriting(row)
    _require_credit(issuer, dossier, at)
    asked = dossier.asked
    days = (asked.expires_on - asked.effective_on).days + 1
    fee = premium(Money(asked.amount), issuer.premium_rate, days, Money(issuer.premium_minimum))
    assessment = Assessment(number.strip()[:60], fee, note.strip()[:500], actor.ref, at)
    store(row, replace(dossier, assessment=assessment), at=at)
    record(row, "GuaranteeAssessed", actor=actor, role="issuer", at=at, payload={})


@transaction.atomic
def decline(*, actor: Actor, ref: str, reason: str, at: datetime) -> None:
    """Say no, with a reason that the applicant reads."""
    row, dossier = locked(ref)
    policies.can_underwrite(actor, issuer_of(dossier).organisation_id).require()
    dossier = with_end_reason(dossier, reason)
    subject = gettext_noop("An issuer declined your application for a guarantee. The reason stands on it.")
    tell(dossier.applicant_id, subject, row=row, at=at, key="declined")
    move(row, dossier, GuaranteeCommand.DECLINE, actor=actor, role="issuer", at=at)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be signed: canonical data, in which capacity, and for whose eyes the dialogue shows what."""

    data: bytes
    facts: GuaranteeData
    extends: bool


def prepare(*, actor: Actor, ref: str, at: datetime) -> Prepared:
    """The data that a manager signs next: the first version, or the extension asked for.

    Refuses (`NotAssessed`), (`SameHands`) who assessed it, (`NoExtensionAsked`).
    """
    with transaction.atomic():
        row, dossier = locked(ref)
        policies.can_manage(actor, issuer_of(dossier).organisation_id).require()
        return _prepared(row, dossier, actor, at)


def issue(*, actor: Actor, ref: str, data: bytes, signature: bytes, at: datetime, pdf: bytes) -> str:
    """Take in a signed guarantee, seal it and bind it to its procedure; gives its anchor. The same again is harmless.

    Every check runs before it counts. Refuses (`GuaranteeFaulty`) with the first difference, (`DataChanged`),
    (`CreditExceeded`), (`DeadlinePassed`), and what `_signature_fault` refuses of the PDF.
    """
    fault = _signature_fault(actor, ref, data, signature, pdf, at)
    with transaction.atomic():
        return take_in(actor=actor, ref=ref, data=data, signature=signature, pdf=pdf, fault=fault, at=at)


def take_in(*, actor: Actor, ref: str, data: bytes, signature: bytes, pdf: bytes, fault: str, at: datetime) -> str:
    """The first version, its signature already looked at; inside the caller's transaction. Refuses as `issue`."""
    row, dossier = locked(ref)
    issuer = issuer_of(dossier)
    policies.can_manage(actor, issuer.organisation_id).require()
    if dossier.versions and dossier.versions[0].data == data:
        return dossier.anchor
    require_before_deadline(dossier, at)
    _require_underwriting(row)
    facts = _accepted(actor, row, dossier, issuer, data, fault, at)
    _require_credit(issuer, dossier, at)
    dossier = replace(dossier, versions=(Version(data, signature, at),))
    tag = safe.number_tag(facts.issuer.uscc, facts.number)
    paper = safe.seal_paper(row.ref, pdf)
    try:
        with transaction.atomic():
            move(
                row,
                dossier,
                GuaranteeCommand.ISSUE,
                actor=actor,
                role="issuer",
                at=at,
                number_tag=tag,
                paper=paper,
            )
    except IntegrityError:
        checks.require((Finding(Fault.DUPLICATE, facts.number),))
    tell(dossier.applicant_id, gettext_noop("Your guarantee has been issued."), row=row, at=at, key="issued")
    return dossier.anchor


def extend(*, actor: Actor, ref: str, data: bytes, signature: bytes, at: datetime, pdf: bytes) -> str:
    """Take in a signed extension; gives the anchor of the version that stands from now on.

    Refuses (`NoExtensionAsked`), (`GuaranteeFaulty`), (`DataChanged`) anything that differs beside the last day, and
    what `_signature_fault` refuses of the PDF.
    """
    fault = _signature_fault(actor, ref, data, signature, pdf, at)
    with transaction.atomic():
        return take_in_extension(actor=actor, ref=ref, data=data, signature=signature, pdf=pdf, fault=fault, at=at)


def take_in_extension(
    *, actor: Actor, ref: str, data: bytes, signature: bytes, pdf: bytes, fault: str, at: datetime
) -> str:
    """An extension, its signature already looked at; inside the caller's transaction. Refuses as `extend`."""
    row, dossier = locked(ref)
    issuer = issuer_of(dossier)
    policies.can_manage(actor, issuer.organisation_id).require()
    if dossier.versions and dossier.versions[-1].data == data:
        return dossier.anchor_now
    require_extendable(row)
    _accepted(actor, row, dossier, issuer, data, fault, at)
    dossier = replace(dossier, versions=(*dossier.versions, Version(data, signature, at)), extension=None)
    paper = safe.seal_paper(row.ref, pdf)
    Guarantee.objects.filter(pk=row.pk).update(paper=paper)
    store(row, dossier, at=at)
    record(row, "GuaranteeExtended", actor=actor, role="issuer", at=at, payload=extend_chain(row, dossier, at))
    subject = gettext_noop("Your guarantee has been extended.")
    tell(dossier.applicant_id, subject, row=row, at=at, key=f"extended:{dossier.expires_on}")
    if row.opened_at is not None:
        subject, day = gettext_noop("A guarantee in your favour was extended until %(day)s."), str(dossier.expires_on)
        tell(dossier.beneficiary_id, subject, row=row, at=at, key=f"extended:{day}", day=day)
    return dossier.anchor_now


def _accepted(
    actor: Actor, row: Guarantee, dossier: Dossier, issuer: Issuer, data: bytes, fault: str, at: datetime
) -> GuaranteeData:
    """The signed data, once every check passed. A person signs exactly what was prepared; a system sends its own."""
    facts = GuaranteeData.parse(data)
    if not actor.system and data != _prepared(row, dossier, actor, at).data:
        raise DataChanged()
    extends = bool(dossier.versions)
    required = replace(dossier.required, valid_until=dossier.extension.until) if dossier.extension else dossier.required
    around = Circumstances(
        on=dossier.required_until if extends else local_day(dossier.deadline),
        issuer=dossier.issuer,
        issuer_status=IssuerStatus(issuer.status),
        applicant=dossier.applicant,
        duplicate_of=_duplicate(row, facts),
        signature_fault=fault,
    )
    checks.require(checks.check(facts, dossier.disclosure, required, around))
    if extends and facts != _extended(dossier, facts.expires_on, facts.issued_on):
        raise DataChanged()
    return facts


def _signature_fault(actor: Actor, ref: str, data: bytes, signature: bytes, pdf: bytes, at: datetime) -> str:
    """What is wrong with the signature; asks the authority, so outside of any transaction. Refuses outsiders first.

    A PDF that an issuer's own system sends must carry the issuer's signature itself: the platform draws and seals only
    those that people sign here. Refuses (`UploadNotSigned`), (`UploadSignedByAnother`), `DocumentTooLarge`.
    """
    row = Guarantee.objects.filter(ref=ref).defer("paper").first()
    if row is None:
        raise NotFound()
    dossier = safe.open_dossier(row)
    policies.can_manage(actor, issuer_of(dossier).organisation_id).require()
    if actor.system:
        papers.check_uploaded(pdf, issuer=dossier.issuer.name, at=at)
    return papers.signature_fault(data, signature, issuer=dossier.issuer, at=at)


def _duplicate(row: Guarantee, facts: GuaranteeData) -> str:
    tag = safe.number_tag(facts.issuer.uscc, facts.number)
    over = [GuaranteeState.CANCELLED.value, GuaranteeState.DECLINED.value]
    others = Guarantee.objects.filter(number_tag=tag).exclude(pk=row.pk).exclude(state__in=over)
    return facts.number if others.exists() else ""


def data_to_sign(ref: str) -> bytes:
    """The data of the next version; who may sign it is asked when the session opens and when it is taken in."""
    row = Guarantee.objects.filter(ref=ref).defer("paper").first()
    if row is None:
        raise NotFound()
    return _next(row, safe.open_dossier(row)).data


def _prepared(row: Guarantee, dossier: Dossier, actor: Actor, at: datetime) -> Prepared:
    found = _next(row, dossier)
    if not found.extends and dossier.assessment is not None and dossier.assessment.by == actor.ref:
        raise SameHands()
    return found


def _next(row: Guarantee, dossier: Dossier) -> Prepared:
    if dossier.versions:
        require_extendable(row)
        if dossier.extension is None:
            raise NoExtensionAsked()
        facts = _extended(dossier, dossier.extension.until, local_day(dossier.extension.asked_at))
        return Prepared(facts.as_bytes(), facts, extends=True)
    _require_underwriting(row)
    if dossier.assessment is None:
        raise NotAssessed()
    facts = _first(row, dossier, dossier.assessment)
    return Prepared(facts.as_bytes(), facts, extends=False)


def _first(row: Guarantee, dossier: Dossier, assessment: Assessment) -> GuaranteeData:
    assert dossier.issuer_kind is not None, "a connected issuer is of a kind"
    return GuaranteeData(
        number=assessment.number,
        issuer=dossier.issuer,
        issuer_kind=dossier.issuer_kind,
        applicant=dossier.applicant,
        procedure_commitment=dossier.commitment,
        amount=Money(dossier.asked.amount),
        kind=dossier.asked.kind,
        issued_on=local_day(assessment.at),
        effective_on=dossier.asked.effective_on,
        expires_on=dossier.asked.expires_on,
        claim_grounds=tuple(ClaimGround),
        verify_url=reverse("guarantees:verify"),
    )


def _extended(dossier: Dossier, until: date, on: date) -> GuaranteeData:
    """The version that stands, with a later last day and the anchor of its predecessor."""
    standing = dossier.standing
    assert standing is not None, "only what was issued is extended"
    return replace(
        standing,
        issued_on=on,
        expires_on=until,
        version=standing.version + 1,
        supersedes=standing.anchor,
    )


def _require_underwriting(row: Guarantee) -> None:
    if row.state != GuaranteeState.UNDERWRITING:
        raise NotAllowedNow(command="ISSUE", state=row.state)


def _require_credit(issuer: Issuer, dossier: Dossier, at: datetime) -> None:
    """Within one credit line across projects and regions; the issuer's own system looks after its own."""
    if issuer.channel == Issuer.HTTP:
        return
    # Of two managers at once the second waits here, and then counts what the first has issued.
    lines = CreditLine.objects.filter(issuer=issuer, organisation_id=dossier.applicant_id, ended_at__isnull=True)
    list(lines.select_for_update().values_list("pk"))
    credit = credit_of(issuer, dossier.applicant_id, on=local_day(at))
    if credit is None:
        raise CreditMissing()
    if dossier.asked.amount > credit.free:
        raise CreditExceeded(free=as_text(credit.free), amount=as_text(dossier.asked.amount))
