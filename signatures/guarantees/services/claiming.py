"""The beneficiary claims, the issuer pays or refuses with grounds."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.money import Money, as_text
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from commons.parameters import queries as parameters
from signatures.guarantees import policies
from signatures.guarantees.domain.dossier import Claim, Dossier
from signatures.guarantees.domain.refusals import ClaimGroundNotCovered, ClaimTooLarge, GuaranteeOver, ReasonMissing
from signatures.guarantees.domain.states import GuaranteeCommand
from signatures.guarantees.domain.terms import ClaimGround, RefusalGround
from signatures.guarantees.models import Guarantee
from signatures.guarantees.queries import standing_row
from signatures.guarantees.services.applying import tell_issuer
from signatures.guarantees.services.common import ends_at, issuer_of, locked, move, require_reason, tell


@transaction.atomic
def claim(
    *,
    actor: Actor,
    ref: str,
    ground: ClaimGround,
    amount: Money,
    statement: str,
    at: datetime,
    document_ref: str = "",
) -> None:
    """Claim under an opened guarantee on one of its grounds.

    Refuses (`ClaimTooLarge`) more than it covers, (`GuaranteeOver`) after its last day, (`ClaimGroundNotCovered`).
    """
    row, dossier = locked(ref)
    policies.can_act_as_beneficiary(actor, dossier.beneficiary_id).require()
    words = require_reason(statement)
    if at >= ends_at(dossier.expires_on):
        raise GuaranteeOver(expires_on=dossier.expires_on.isoformat())
    if not 0 < amount <= dossier.amount:
        raise ClaimTooLarge(amount=as_text(dossier.amount))
    standing = dossier.standing
    if standing is not None and ground not in standing.claim_grounds:
        raise ClaimGroundNotCovered()
    made = Claim(ground, amount, words, at, _answer_due(dossier, at), document_ref.strip()[:120])
    dossier = replace(dossier, claims=(*dossier.claims, made))
    facts = {"ground": ground.value, "amount": as_text(amount), "statement_sha256": digest(words.encode())}
    move(row, dossier, GuaranteeCommand.CLAIM, actor=actor, role="beneficiary", at=at, facts=facts)
    _tell_claimed(row, dossier, made, at)


def claim_for_procedure(
    *,
    actor: Actor,
    subject: str,
    organisation_id: int,
    ground: ClaimGround,
    decision_no: str,
    reason: str,
    at: datetime,
) -> bool:
    """Claim the whole amount where a procedure forfeits the deposit by a numbered decision; True when there is one.

    After its last day a guarantee is none any more.
    """
    policies.can_order_for_procedure(actor).require()
    row = standing_row(subject, organisation_id)
    if row is None or row.opened_at is None:
        return False
    with transaction.atomic():
        row, dossier = locked(row.ref)
        if at >= ends_at(dossier.expires_on):
            return False
        made = Claim(ground, dossier.amount, reason, at, _answer_due(dossier, at), decision_no)
        dossier = replace(dossier, claims=(*dossier.claims, made))
        facts = {"ground": ground.value, "amount": as_text(dossier.amount), "decision_no": decision_no}
        move(row, dossier, GuaranteeCommand.CLAIM, actor=actor, role="beneficiary", at=at, facts=facts)
        _tell_claimed(row, dossier, made, at)
    return True


def _tell_claimed(row: Guarantee, dossier: Dossier, made: Claim, at: datetime) -> None:
    number = len(dossier.claims)
    words = gettext_noop("A claim was made under a guarantee of yours.")
    tell_issuer(row, dossier, "claim", words, at, key=f"claim:{number}")
    subject = gettext_noop("The beneficiary claims %(amount)s yuan under your guarantee.")
    tell(dossier.applicant_id, subject, row=row, at=at, key=f"claimed:{number}", amount=as_text(made.amount))


@transaction.atomic
def pay(*, actor: Actor, ref: str, payment_ref: str, at: datetime) -> None:
    """The issuer paid the claim; the bank's reference is recorded. Refuses (`ReasonMissing`) none."""
    row, dossier = locked(ref)
    role = _answering(actor, dossier)
    if not payment_ref.strip():
        raise ReasonMissing()
    dossier = _answered(dossier, answered_at=at, payment_ref=payment_ref.strip()[:120])
    assert dossier.claim is not None, "only a claim is paid"
    facts = {"amount": as_text(dossier.claim.amount), "payment_ref": payment_ref.strip()[:120]}
    move(row, dossier, GuaranteeCommand.PAY, actor=actor, role=role, at=at, facts=facts)
    for organisation_id in (dossier.beneficiary_id, dossier.applicant_id):
        subject = gettext_noop("The issuer paid %(amount)s yuan under a guarantee.")
        amount = as_text(dossier.claim.amount)
        tell(organisation_id, subject, row=row, at=at, key=f"paid:{len(dossier.claims)}", amount=amount)


@transaction.atomic
def refuse(*, actor: Actor, ref: str, ground: RefusalGround, note: str, at: datetime) -> None:
    """The issuer refuses the claim on a ground, in words. Refuses (`ReasonMissing`) without them."""
    row, dossier = locked(ref)
    role = _answering(actor, dossier)
    words = require_reason(note)
    dossier = _answered(dossier, answered_at=at, refusal_ground=ground, refusal_note=words)
    facts = {"ground": ground.value, "note_sha256": digest(words.encode())}
    move(row, dossier, GuaranteeCommand.REFUSE, actor=actor, role=role, at=at, facts=facts)
    subject = gettext_noop("The issuer refused a claim under a guarantee. The grounds stand on it.")
    for organisation_id in (dossier.beneficiary_id, dossier.applicant_id):
        tell(organisation_id, subject, row=row, at=at, key=f"refused:{len(dossier.claims)}")


def _answering(actor: Actor, dossier: Dossier) -> str:
    """In which part the actor answers a claim: as the issuer's manager, or, where the issuer is not connected, as the
    beneficiary, who records what the issuer answered. Refuses `NotPermitted`."""
    if dossier.issuer_id is None:
        policies.can_act_as_beneficiary(actor, dossier.beneficiary_id).require()
        return "beneficiary"
    policies.can_manage(actor, issuer_of(dossier).organisation_id).require()
    return "issuer"


def _answered(dossier: Dossier, **answer: object) -> Dossier:
    if not dossier.claims:
        return dossier
    return replace(dossier, claims=(*dossier.claims[:-1], replace(dossier.claims[-1], **answer)))  # type: ignore[arg-type]  # fields of Claim


def _answer_due(dossier: Dossier, at: datetime) -> date:
    """By when the issuer answers: so many working days after the claim."""
    days = parameters.integer(
        "guarantee.claim_answer_working_days",
        trade_type=dossier.trade_type,
        region=dossier.region,
        on=local_day(at),
    )
    return calendar.deadline(start=at, add=days, region=dossier.region).on
