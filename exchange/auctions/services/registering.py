"""Buyers register 意向受让登记: they start, fill in, submit with eligibility checked, may withdraw until the end."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Quantity, as_text
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.secrecy.fields import Party
from exchange.auctions.domain.aliases import Entropy
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.domain.formats import require_whole
from exchange.auctions.domain.registrations import (
    REGISTRATION,
    NeedBelowSmallestOrder,
    NeedOutOfRange,
    RegistrationClosed,
    RegistrationCommand,
    RegistrationState,
    RelatedToSeller,
    StatementMissing,
)
from exchange.auctions.domain.timetable import local_day
from exchange.auctions.models import Registration
from exchange.auctions.policies import can_change_registration, can_register
from exchange.auctions.services.depositing import expect_deposit
from exchange.auctions.services.numbering import next_place
from exchange.auctions.services.publication import current_notice
from exchange.auctions.services.telling import tell
from exchange.deposits import services as deposits
from exchange.permits import queries as permits
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.projects.services import StateMoved, locked_lot
from exchange.rooms.domain.rules import RoomRules
from signatures.guarantees import services as guarantees


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """What the buyer says: its permit, how much it needs and why, and whom to call."""

    permit_no: str
    need: Decimal
    contact_name: str
    contact_phone: str
    purpose: str = ""


@transaction.atomic
def start_registration(*, actor: Actor, lot_id: int, at: datetime, entropy: Entropy) -> int:
    """Begin, or begin again after a withdrawal; gives the registration.

    Refuses sellers, staff, and anybody outside the registration period (`RegistrationClosed`).
    """
    lot = locked_lot(lot_id)
    can_register(actor, lot).require()
    _require_open(lot, at)
    assert actor.organisation_id is not None, "a role is held for an organisation"
    party = Party(lot.pk, actor.organisation_id)
    found = Registration.objects.filter(party=party).first()
    if found is None:
        salt = entropy(16).hex()
        return Registration.objects.create(lot=lot, party=party, salt=salt, started_at=at).pk
    if found.state == RegistrationState.WITHDRAWN:
        move_registration(found, RegistrationCommand.RESTART, actor=actor, at=at, submitted_at=None)
    return found.pk


@transaction.atomic
def save_registration(*, actor: Actor, registration_id: int, facts: RegistrationFacts, at: datetime) -> None:
    """Keep what was filled in so far. Refuses (`NeedOutOfRange`) more than the lot offers."""
    registration = own_registration(actor, registration_id, at)
    if registration.state != RegistrationState.STARTED:
        raise NotAllowedNow(command="CHANGE", state=registration.state)
    _check_need(registration.lot, facts.need)
    Registration.objects.filter(pk=registration.pk).update(
        permit_no=facts.permit_no.strip(),
        need=facts.need,
        contact_name=facts.contact_name.strip(),
        contact_phone=facts.contact_phone.strip(),
        purpose=facts.purpose.strip(),
    )


@transaction.atomic
def submit_registration(*, actor: Actor, registration_id: int, statements_confirmed: bool, at: datetime) -> None:
    """Submit: the registry's eligibility rules are checked, the deposit is set and its account opened.

    Refuses (`StatementMissing`) without the confirmed statements, (`RelatedToSeller`) a company of the seller's group,
    and every reason that the permit registry gives.
    """
    registration = own_registration(actor, registration_id, at)
    lot = registration.lot
    if not statements_confirmed:
        raise StatementMissing()
    require_eligible(registration, at=at)
    amount = expect_deposit(lot, registration, actor=actor, at=at).amount
    move_registration(
        registration,
        RegistrationCommand.SUBMIT,
        actor=actor,
        at=at,
        submitted_at=at,
        deposit_amount=amount,
        place=registration.place or next_place(lot),
        notice_version=current_notice(lot.project_id).version,
    )
    subject = gettext_noop(
        "You are registered for lot %(lot)s of %(project)s. Pay the deposit of %(amount)s yuan in time."
    )
    tell(lot, registration.organisation_id, subject, at=at, key=f"submitted:{at:%Y%m%d%H%M%S}", amount=as_text(amount))


@transaction.atomic
def withdraw_registration(*, actor: Actor, registration_id: int, at: datetime) -> None:
    """Take the registration back before the registration ends; a deposit that was paid is given back."""
    registration = own_registration(actor, registration_id, at)
    had_deposit = registration.state == RegistrationState.SUBMITTED
    move_registration(registration, RegistrationCommand.WITHDRAW, actor=actor, at=at)
    if had_deposit:
        deposits.cancel_expectation(
            actor=actor,
            lot_id=registration.lot_id,
            organisation_id=registration.organisation_id,
            reason="registration withdrawn",
            at=at,
        )
        # A guarantee hangs on the registration alone; what covers nothing any more goes back unopened.
        guarantees.withdraw(
            actor=actor,
            subject=f"lot:{registration.lot_id}",
            organisation_id=registration.organisation_id,
            reason="registration withdrawn",
            at=at,
        )


def move_registration(
    registration: Registration,
    command: RegistrationCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: dict[str, JSON] | None = None,
    **changes: object,
) -> None:
    """Fire `command`, conditional on the old state; the evidence names the buyer only by its blinded reference."""
    row = REGISTRATION.fire(RegistrationState(registration.state), command)
    values = {"state": row.target.value, **changes}
    if Registration.objects.filter(pk=registration.pk, state=row.source.value).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(registration, name, value)
    who = blinded_ref(registration.organisation_id, registration.salt)
    append(
        stream=f"lot:{registration.lot_id}",
        type=row.event,
        actor=blinded(actor, registration),
        payload={"buyer": who, **(payload or {})},
        decided_at=at,
    )


def blinded(actor: Actor, registration: Registration) -> Actor:
    """The buyer's own acts are recorded under its blinded reference; everybody else under their own."""
    own = actor.organisation_id == registration.organisation_id
    return Actor(system=blinded_ref(registration.organisation_id, registration.salt)) if own else actor


def require_eligible(registration: Registration, *, at: datetime) -> None:
    """Raise the first reason for which the buyer may not take part in the lot."""
    lot = registration.lot
    _check_need(lot, registration.need)
    assert registration.need is not None, "checked above"
    seller_id, buyer_id = lot.project.seller_id, registration.organisation_id
    groups = permits.related_group([seller_id, buyer_id])
    if seller_id in groups and groups[seller_id] == groups.get(buyer_id):
        raise RelatedToSeller()
    verdict = permits.eligibility(
        organisation_id=buyer_id,
        instrument=lot.instrument,
        quantity=Quantity(registration.need),
        region=lot.project.region,
        seller_id=seller_id,
        on=local_day(at),
        permit_no=registration.permit_no,
        lot_id=lot.pk,
    )
    verdict.require()


def _check_need(lot: Lot, need: Decimal | None) -> None:
    """A need that no bid of the room could be for would cost a deposit and lead nowhere."""
    if need is None or not 0 < need <= lot.quantity:
        raise NeedOutOfRange(offered=as_text(lot.quantity))
    rules = RoomRules.from_json(lot.profile)
    require_whole(need, rules.lot_size)
    if rules.divisible and need < rules.order_minimum:
        raise NeedBelowSmallestOrder(least=as_text(rules.order_minimum))


def own_registration(actor: Actor, registration_id: int, at: datetime) -> Registration:
    """One's own registration, its lot locked first. Refuses outsiders and (`RegistrationClosed`) outside the period."""
    lot_id = Registration.objects.filter(pk=registration_id).values_list("lot_id", flat=True).first()
    if lot_id is None:
        raise NotFound()
    lot = locked_lot(lot_id)
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    registration.lot = lot
    can_change_registration(actor, registration).require()
    _require_open(lot, at)
    return registration


def _require_open(lot: Lot, at: datetime) -> None:
    """Time decides, not the timekeeper: the period counts even where the state lags behind or runs ahead."""
    starts, ends = lot.registration_starts_at, lot.registration_ends_at
    open_now = lot.state in (LotState.ANNOUNCED, LotState.REGISTERING) and starts and ends and starts <= at < ends
    if not open_now:
        raise RegistrationClosed(start=_local(starts), end=_local(ends))


def _local(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else "—"
