"""A guarantee in the place of the deposit, where the rules of the lot allow it."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, Refusal
from commons.domain.text import gettext_noop
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.models import Registration
from exchange.auctions.queries import required_of, subject_of
from exchange.auctions.services.registering import own_registration
from exchange.projects.models import Lot
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeKind


class GuaranteeNotAllowed(Refusal):
    code = "GUARANTEE_NOT_ALLOWED"
    message = gettext_noop("The rules of this lot ask for a deposit in money; a guarantee is not accepted.")


@transaction.atomic
def ask_for_guarantee(
    *, actor: Actor, registration_id: int, issuer_id: int, kind: GuaranteeKind, note: str, at: datetime
) -> str:
    """Ask an issuer for a guarantee in the place of the deposit; gives its reference.

    Refuses (`GuaranteeNotAllowed`) where the lot's rules do not accept one, and once registration is over.
    """
    what = _what_for(actor, registration_id, at)
    return guarantees.apply(actor=actor, issuer_id=issuer_id, what=what, kind=kind, note=note, at=at)


@transaction.atomic
def hand_in_guarantee(
    *, actor: Actor, registration_id: int, stated: guarantees.Stated, pdf: bytes, at: datetime
) -> str:
    """Hand in the signed file of an issuer that is not connected. Refuses as `ask_for_guarantee`."""
    what = _what_for(actor, registration_id, at)
    return guarantees.upload(actor=actor, what=what, stated=stated, pdf=pdf, at=at)


def open_guarantee(registration: Registration, *, actor: Actor, at: datetime) -> None:
    """The result names the buyer: from now on its guarantee is open to the seller."""
    if registration.deposit_amount is not None:
        guarantees.unseal(
            actor=actor,
            subject=subject_of(registration.lot),
            organisation_ids=[registration.organisation_id],
            required=required_of(registration),
            at=at,
        )


def release_guarantee(lot: Lot, organisation_id: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Give a buyer's guarantee back, opened or not; harmless where there is none."""
    guarantees.release(actor=actor, subject=subject_of(lot), organisation_id=organisation_id, reason=reason, at=at)


def claim_guarantee(
    lot: Lot, organisation_id: int, *, decision_no: str, reason: str, actor: Actor, at: datetime
) -> bool:
    """The seller's decision forfeits the deposit: claim the whole amount; True where there was a guarantee."""
    return guarantees.claim_for_procedure(
        actor=actor,
        subject=subject_of(lot),
        organisation_id=organisation_id,
        ground=ClaimGround.REFUSED_TO_SIGN,
        decision_no=decision_no,
        reason=reason,
        at=at,
    )


def _what_for(actor: Actor, registration_id: int, at: datetime) -> guarantees.For:
    registration = own_registration(actor, registration_id, at)
    lot = registration.lot
    if not read_terms(lot.project.parameters).guarantee_allowed:
        raise GuaranteeNotAllowed()
    if registration.state != RegistrationState.SUBMITTED:
        raise NotAllowedNow(command="ASK_FOR_GUARANTEE", state=registration.state)
    return guarantees.For(
        subject=subject_of(lot),
        beneficiary_id=lot.project.seller_id,
        required=required_of(registration),
        deadline=lot.registration_ends_at or lot.opens_at,
        trade_type=lot.project.trade_type,
        region=lot.project.region,
    )
