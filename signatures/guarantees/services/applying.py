"""The applicant's steps: ask an issuer, hand in a guarantee of another one, cancel, ask for an extension."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.outbox import services as outbox
from commons.people import queries as people
from signatures.guarantees import policies, safe
from signatures.guarantees.domain import blinding, checks
from signatures.guarantees.domain.checks import Fault, Finding
from signatures.guarantees.domain.dossier import Asked, Dossier, Extension
from signatures.guarantees.domain.refusals import (
    ExtensionShort,
    FileKnown,
    GuaranteeExists,
    IssuerConnected,
    IssuerNotTaking,
)
from signatures.guarantees.domain.states import GuaranteeCommand, GuaranteeState
from signatures.guarantees.domain.terms import (
    GuaranteeKind,
    IssuerKind,
    IssuerStatus,
    Party,
    Required,
    Upload,
)
from signatures.guarantees.models import Guarantee, Issuer
from signatures.guarantees.services.common import (
    locked,
    move,
    record,
    require_before_deadline,
    require_extendable,
    store,
    tell,
    with_end_reason,
)
from signatures.guarantees.services.papers import CheckedFile, check_uploaded

CANCELLABLE = [GuaranteeState.APPLIED.value, GuaranteeState.UNDERWRITING.value, GuaranteeState.SEALED.value]
Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class For:
    """For what a guarantee is asked: the procedure hands this down."""

    subject: str
    beneficiary_id: int
    required: Required
    deadline: datetime
    trade_type: str
    region: str


@transaction.atomic
def apply(
    *,
    actor: Actor,
    issuer_id: int,
    what: For,
    kind: GuaranteeKind,
    at: datetime,
    note: str = "",
    entropy: Entropy = secrets.token_bytes,
) -> str:
    """Ask an issuer for a guarantee; gives its reference.

    The issuer gets the applicant, the amount and the period, and the procedure only as a commitment. Refuses
    (`IssuerNotTaking`) one that is not listed, (`DeadlinePassed`), and (`GuaranteeExists`) a second one for the same.
    """
    policies.can_apply(actor).require()
    issuer = Issuer.objects.select_related("organisation").filter(pk=issuer_id).first()
    if issuer is None:
        raise NotFound()
    if issuer.status != IssuerStatus.LISTED:
        raise IssuerNotTaking()
    party = Party(issuer.organisation.uscc, issuer.organisation.name)
    asked = Asked(what.required.amount, local_day(at), what.required.valid_until, kind, note.strip()[:500])
    dossier = _dossier(actor, what, asked, at, entropy, issuer_id=issuer.pk, issuer=party, kind=IssuerKind(issuer.kind))
    row = _create(dossier, at, entropy)
    record(row, "GuaranteeAsked", actor=actor, role="applicant", at=at, payload={"procedure": dossier.commitment})
    if issuer.channel == Issuer.HTTP:
        outbox.enqueue(topic="guarantee.application", key=row.ref, payload={"ref": row.ref}, at=at)
    else:
        tell(
            issuer.organisation_id,
            gettext_noop("An application for a guarantee has come in."),
            row=row,
            at=at,
            key="asked",
        )
    return row.ref


@dataclass(frozen=True, slots=True)
class Stated:
    """What an applicant states about a guarantee that it hands in."""

    issuer_name: str
    issuer_uscc: str
    number: str
    amount: Money
    expires_on: date


def upload(
    *,
    actor: Actor,
    what: For,
    stated: Stated,
    pdf: bytes,
    at: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> str:
    """Hand in the signed PDF of an issuer that is not connected; gives the reference.

    Certificate and integrity are checked at once, the figures against what the applicant states; whether the text
    promises what is asked is judged by people after the opening. Refuses (`GuaranteeFaulty`) a signature that does not
    hold, figures that fall short or a number that backs something else, (`FileKnown`) a file that came before,
    (`IssuerConnected`).
    """
    policies.can_apply(actor).require()
    connected = people.organisation_by_uscc(stated.issuer_uscc)
    if connected is not None and Issuer.objects.filter(organisation_id=connected.id).exists():
        raise IssuerConnected(issuer=connected.name)
    checked = check_uploaded(pdf, issuer=stated.issuer_name, at=at)
    with transaction.atomic():
        return _store_upload(actor, what, stated, checked, pdf, at, entropy)


def _store_upload(
    actor: Actor, what: For, stated: Stated, checked: CheckedFile, pdf: bytes, at: datetime, entropy: Entropy
) -> str:
    asked = Asked(stated.amount, local_day(at), stated.expires_on, GuaranteeKind.INDEPENDENT)
    issuer = Party(stated.issuer_uscc, stated.issuer_name)
    dossier = _dossier(actor, what, asked, at, entropy, issuer_id=None, issuer=issuer, kind=None)
    upload = Upload(stated.issuer_name, stated.number, stated.amount, stated.expires_on, checked.sha256, checked.signer)
    dossier = replace(dossier, upload=upload)
    checks.require(checks.check_upload(upload, what.required))
    number, file = safe.number_tag(issuer.uscc, upload.number), safe.file_tag(checked.sha256)
    if Guarantee.objects.filter(file_tag=file).exclude(state=GuaranteeState.CANCELLED.value).exists():
        raise FileKnown()
    over = [GuaranteeState.CANCELLED.value, GuaranteeState.DECLINED.value]
    if Guarantee.objects.filter(number_tag=number).exclude(state__in=over).exists():
        checks.require((Finding(Fault.DUPLICATE, upload.number),))
    row = _create(dossier, at, entropy)
    paper = safe.seal_paper(row.ref, pdf)
    move(
        row,
        dossier,
        GuaranteeCommand.UPLOAD,
        actor=actor,
        role="applicant",
        at=at,
        number_tag=number,
        file_tag=file,
        paper=paper,
    )
    return row.ref


@transaction.atomic
def cancel(*, actor: Actor, ref: str, reason: str, at: datetime) -> None:
    """Take an application or a sealed guarantee back before the deadline. Refuses (`DeadlinePassed`)."""
    row, dossier = locked(ref)
    policies.can_act_as_applicant(actor, dossier.applicant_id).require()
    require_before_deadline(dossier, at)
    dossier = with_end_reason(dossier, reason)
    move(row, dossier, GuaranteeCommand.CANCEL, actor=actor, role="applicant", at=at)
    tell_issuer(row, dossier, "cancellation", gettext_noop("A guarantee was cancelled by its applicant."), at)


@transaction.atomic
def withdraw(*, actor: Actor, subject: str, organisation_id: int, reason: str, at: datetime) -> bool:
    """The applicant takes no part any more: what it asked for or holds sealed is cancelled; True when there was one."""
    policies.can_order_for_procedure(actor).require()
    tag = safe.binding_tag(subject, organisation_id)
    ref = Guarantee.objects.filter(binding_tag=tag, state__in=CANCELLABLE).values_list("ref", flat=True).first()
    if ref is None:
        return False
    cancel(actor=actor, ref=ref, reason=reason, at=at)
    return True


@transaction.atomic
def ask_extension(*, actor: Actor, ref: str, until: date, at: datetime) -> None:
    """Ask the issuer to let the guarantee last longer. Refuses (`ExtensionShort`) a day that is not later."""
    row, dossier = locked(ref)
    policies.can_act_as_applicant(actor, dossier.applicant_id).require()
    require_extendable(row)
    if until <= dossier.expires_on:
        raise ExtensionShort(expires_on=dossier.expires_on.isoformat())
    dossier = replace(dossier, extension=Extension(until, at))
    store(row, dossier, at=at)
    record(row, "ExtensionAsked", actor=actor, role="applicant", at=at, payload={})
    subject = gettext_noop("The applicant of a guarantee asks for an extension.")
    tell_issuer(row, dossier, "extension", subject, at, key=f"extension:{until.isoformat()}")


def tell_issuer(
    row: Guarantee, dossier: Dossier, topic: str, subject: str, at: datetime, *, key: str = "", **fields: str
) -> None:
    """Tell the issuer: its people here, or its own system through the outbox."""
    issuer = safe.connected_issuer(dossier)
    if issuer is None:
        return
    if issuer.channel == Issuer.HTTP:
        payload = {"ref": row.ref}
        outbox.enqueue(topic=f"guarantee.{topic}", key=f"{row.ref}:{key or topic}", payload=payload, at=at)
    else:
        tell(issuer.organisation_id, subject, row=row, at=at, key=key or topic, **fields)


def _dossier(
    actor: Actor,
    what: For,
    asked: Asked,
    at: datetime,
    entropy: Entropy,
    *,
    issuer_id: int | None,
    issuer: Party,
    kind: IssuerKind | None,
) -> Dossier:
    assert actor.organisation_id is not None, "a role is held for an organisation"
    own = people.organisation(actor.organisation_id)
    assert own is not None, "foreign keys hold"
    salt = entropy(32).hex()
    dossier = Dossier(
        subject=what.subject,
        applicant_id=own.id,
        applicant=Party(own.uscc, own.name),
        issuer_id=issuer_id,
        issuer=issuer,
        issuer_kind=kind,
        beneficiary_id=what.beneficiary_id,
        procedure=what.required.procedure,
        salt=salt,
        commitment=blinding.commitment(what.required.procedure, salt),
        required_amount=what.required.amount,
        required_until=what.required.valid_until,
        required_kinds=tuple(sorted(what.required.kinds)),
        trade_type=what.trade_type,
        region=what.region,
        deadline=what.deadline,
        asked=asked,
        applied_at=at,
    )
    require_before_deadline(dossier, at)
    return dossier


def _create(dossier: Dossier, at: datetime, entropy: Entropy) -> Guarantee:
    ref = entropy(16).hex()
    row = Guarantee(
        ref=ref,
        applicant_tag=safe.applicant_tag(dossier.applicant_id),
        issuer_tag=safe.issuer_tag(dossier.issuer_id),
        binding_tag=safe.binding_tag(dossier.subject, dossier.applicant_id),
        content=safe.seal_dossier(ref, dossier),
        wake_at=dossier.deadline,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise GuaranteeExists() from None
    return row
