"""The deposits that a lot asks for, as its notice stands now."""

from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.text import gettext_noop
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.models import Registration
from exchange.auctions.services.telling import tell
from exchange.deposits import services as deposits
from exchange.deposits.domain.facts import DepositView
from exchange.projects.models import Lot


def expect_deposit(lot: Lot, registration: Registration, *, actor: Actor, at: datetime) -> DepositView:
    """Expect the deposit of one buyer: its share of start price × need, until the registration ends."""
    assert registration.need is not None, "a registration is submitted with its need"
    return deposits.expect_deposit(
        actor=actor,
        lot_id=lot.pk,
        organisation_id=registration.organisation_id,
        amount=read_terms(lot.project.parameters).deposit_for(lot.start_price, registration.need),
        due_at=lot.registration_ends_at or lot.opens_at,
        at=at,
    )


def expect_deposits_anew(lot: Lot, *, actor: Actor, at: datetime) -> None:
    """After dates or the start price changed; whoever has to deposit another amount is told."""
    terms = read_terms(lot.project.parameters)
    for registration in Registration.objects.filter(lot=lot, state=RegistrationState.SUBMITTED.value):
        assert registration.need is not None, "a registration is submitted with its need"
        view = deposits.expect_deposit_anew(
            actor=actor,
            lot_id=lot.pk,
            organisation_id=registration.organisation_id,
            amount=terms.deposit_for(lot.start_price, registration.need),
            due_at=lot.registration_ends_at or lot.opens_at,
            at=at,
        )
        if view.amount != registration.deposit_amount:
            Registration.objects.filter(pk=registration.pk).update(deposit_amount=view.amount)
            subject = gettext_noop(
                "The deposit for lot %(lot)s of %(project)s is %(amount)s yuan now. Pay what is missing."
            )
            key, amount = f"deposit:{at:%Y%m%d%H%M%S}", as_text(view.amount)
            tell(lot, registration.organisation_id, subject, at=at, key=key, amount=amount)
