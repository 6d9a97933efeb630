"""Qualification after the registration end: by the seller, and by rule for what the seller left open."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from commons.people.suspensions import require_standing
from exchange.auctions.domain.registrations import (
    DepositNotCovered,
    RegistrationCommand,
    RegistrationState,
    RelatedBuyerRegistered,
)
from exchange.auctions.domain.secrecy import Sight, Stage, Viewer, sight
from exchange.auctions.labels import rule_broken
from exchange.auctions.models import Registration
from exchange.auctions.policies import can_act_as_seller
from exchange.auctions.queries import is_guaranteed
from exchange.auctions.services.numbering import number_of
from exchange.auctions.services.registering import move_registration, require_eligible
from exchange.auctions.services.releasing import release_deposit
from exchange.auctions.services.telling import tell
from exchange.deposits import queries as deposits
from exchange.permits import queries as permits
from exchange.projects.domain.completeness import require_reason
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import TradeType
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot


class QualifiedByRuleAlone(Refusal):
    """Where the seller may not see the buyers, it cannot judge them either (see the secrecy matrix)."""

    code = "QUALIFIED_BY_RULE_ALONE"
    message = gettext_noop("In this kind of trade buyers qualify by rule; the seller does not choose among them.")
    status = 403


@transaction.atomic
def qualify_buyer(*, actor: Actor, registration_id: int, at: datetime) -> None:
    """The seller lets the buyer in; it gets a bidder number drawn at random.

    Refuses (`DepositNotCovered`) without the deposit, and whatever makes the buyer ineligible by now.
    """
    registration = _for_seller(actor, registration_id)
    require_qualifiable(registration, at)
    _qualify(registration, actor=actor, at=at, by_rule=False)


@transaction.atomic
def refuse_buyer(*, actor: Actor, registration_id: int, reason: str, at: datetime) -> None:
    """The seller keeps the buyer out, with a reason that the buyer reads. Refuses (`ReasonMissing`)."""
    registration = _for_seller(actor, registration_id)
    _refuse(registration, require_reason(reason), actor=actor, at=at, by_rule=False)


def qualify_by_rule(lot: Lot, *, actor: Actor, at: datetime) -> None:
    """Decide everything still open: who is eligible and has its deposit in gets in, whoever lacks something does not.

    The caller holds the lot's lock. In order of submission, so that of related buyers the earliest takes part.
    """
    open_ones = Registration.objects.filter(lot=lot, state=RegistrationState.SUBMITTED.value)
    for registration in open_ones.order_by("submitted_at", "id"):
        registration.lot = lot
        try:
            require_qualifiable(registration, at)
        except Refusal as refusal:
            _refuse(registration, rule_broken(refusal), actor=actor, at=at, by_rule=True)
        else:
            _qualify(registration, actor=actor, at=at, by_rule=True)


def disqualify_by_rule(
    lot: Lot, *, actor: Actor, at: datetime, rule: Callable[[Registration, datetime], None] | None = None
) -> list[Registration]:
    """Keep out whoever qualified and no longer does as the method is decided: its bank took the deposit back, say.

    `rule` refuses who goes; every rule of qualification, where none is named. The caller holds the lot's lock.
    """
    gone = []
    qualified = Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value)
    for registration in qualified.order_by("submitted_at", "id"):
        registration.lot = lot
        try:
            (rule or require_qualifiable)(registration, at)
        except Refusal as refusal:
            command, reason = RegistrationCommand.DISQUALIFY, rule_broken(refusal)
            _refuse(registration, reason, actor=actor, at=at, by_rule=True, command=command)
            gone.append(registration)
    return gone


def require_qualifiable(registration: Registration, at: datetime) -> None:
    """Raise the first reason against the buyer: suspended, deposit, eligibility, a related buyer that came earlier."""
    require_standing(registration.organisation_id, at)
    require_deposit(registration, at)
    require_eligible(registration, at=at)
    _require_first_of_group(registration)


def require_deposit(registration: Registration, at: datetime) -> None:
    """Refuses (`DepositNotCovered`) a buyer behind whom neither a whole deposit nor a guarantee stands."""
    deposit = deposits.deposit_of(registration.lot_id, registration.organisation_id)
    if (deposit is None or not deposit.covered) and not is_guaranteed(registration, at):
        raise DepositNotCovered(amount=as_text(registration.deposit_amount or 0))


def _require_first_of_group(registration: Registration) -> None:
    """Only one company of a group takes part in a lot (条例 第34条); among several, the one that submitted first."""
    standing = [RegistrationState.SUBMITTED.value, RegistrationState.QUALIFIED.value]
    others = Registration.objects.filter(lot_id=registration.lot_id, state__in=standing).exclude(pk=registration.pk)
    earlier = [other for other in others if _order(other) < _order(registration)]
    groups = permits.related_group([registration.organisation_id, *(other.organisation_id for other in earlier)])
    mine = groups.get(registration.organisation_id)
    if mine is not None and any(groups.get(other.organisation_id) == mine for other in earlier):
        raise RelatedBuyerRegistered()


def _order(registration: Registration) -> tuple[datetime, int]:
    return registration.submitted_at or registration.started_at, registration.pk


def _qualify(registration: Registration, *, actor: Actor, at: datetime, by_rule: bool) -> None:
    alias = number_of(registration)
    move_registration(
        registration,
        RegistrationCommand.QUALIFY,
        actor=actor,
        at=at,
        payload={"by_rule": by_rule},
        alias=alias,
        decided_at=at,
        decided_by_rule=by_rule,
    )
    subject = gettext_noop("You are qualified for lot %(lot)s of %(project)s. Your bidder number is %(alias)s.")
    tell(registration.lot, registration.organisation_id, subject, at=at, key="decided", alias=alias)


def _refuse(
    registration: Registration,
    reason: str,
    *,
    actor: Actor,
    at: datetime,
    by_rule: bool,
    command: RegistrationCommand = RegistrationCommand.REFUSE,
) -> None:
    move_registration(
        registration,
        command,
        actor=actor,
        at=at,
        payload={"by_rule": by_rule, "reason_sha256": digest(reason.encode())},
        reason=reason,
        decided_at=at,
        decided_by_rule=by_rule,
    )
    lot = registration.lot
    release_deposit(lot, registration.organisation_id, reason="not qualified", actor=actor, at=at)
    subject = gettext_noop(
        "You were not qualified for lot %(lot)s of %(project)s. The reason stands on your registration."
    )
    undone = gettext_noop(
        "You no longer qualify for lot %(lot)s of %(project)s. The reason stands on your registration."
    )
    if command is RegistrationCommand.DISQUALIFY:
        tell(lot, registration.organisation_id, undone, at=at, key="undecided")
    else:
        tell(lot, registration.organisation_id, subject, at=at, key="decided")


def _for_seller(actor: Actor, registration_id: int) -> Registration:
    lot_id = Registration.objects.filter(pk=registration_id).values_list("lot_id", flat=True).first()
    if lot_id is None:
        raise NotFound()
    lot = locked_lot(lot_id)
    can_act_as_seller(actor, lot.project).require()
    if Sight.NAMES not in sight(TradeType(lot.project.trade_type), Stage.QUALIFYING, Viewer.SELLER):
        raise QualifiedByRuleAlone()
    if lot.state != LotState.QUALIFYING:
        raise NotAllowedNow(command="QUALIFY", state=lot.state)
    registration = Registration.objects.select_for_update().get(pk=registration_id)
    registration.lot = lot
    return registration
