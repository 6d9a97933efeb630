"""What time brings about: called by the timekeeper, by any number of them, as often as they like.

Time decides, not the call: every step is conditional on the state and the instants of the lot, and each lot is moved in
a transaction of its own, so that one that cannot move does not hold up the others.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Exists, OuterRef, Q

from commons.domain.actor import system_actor
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.outbox import services as outbox
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.auctions.services.awarding import publish_result, take_result
from exchange.auctions.services.backing import BOUND, mind_deposits
from exchange.auctions.services.deciding import decide_method, fail_lot
from exchange.auctions.services.numbering import reveal_numbers, to_reveal
from exchange.auctions.services.qualifying import qualify_by_rule
from exchange.auctions.services.reminding import REMINDER, remind_of_room
from exchange.auctions.services.settling import draw_up_contract, take_payment
from exchange.contracts.domain.deals import DealState
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.projects.domain.states import ENDED, LotCommand, LotState, ProjectCommand, ProjectState
from exchange.projects.models import Lot, Project
from exchange.projects.services import StateMoved, locked_lot, locked_project, move_lot, move_project
from exchange.rooms import queries as rooms

log = logging.getLogger(__name__)
TIMEKEEPER = system_actor("timekeeper")
BATCH = 500
"""Lots looked at in one call; the rest waits for the next."""


def advance_due(at: datetime) -> int:
    """Do everything that is due at `at`; gives the number of lots and deals that moved. Idempotent."""
    moved = _each(_lots(Q(state=LotState.ANNOUNCED, registration_starts_at__lte=at)), lambda pk: _open(pk, at))
    moved += _each(_lots(Q(state=LotState.REGISTERING, registration_ends_at__lte=at)), lambda pk: _end(pk, at))
    moved += _each(_to_decide(at), lambda pk: _qualify(pk, at))
    moved += _each(_negotiations(at), lambda pk: _end_negotiation(pk, at))
    moved += _each(_taken_back(), lambda pk: mind_deposits(pk, actor=TIMEKEEPER, at=at))
    moved += _each(_opening_soon(at), lambda pk: remind_of_room(pk, at=at))
    moved += _each(_rooms_over(), lambda pk: take_result(pk, actor=TIMEKEEPER, at=at))
    moved += _each(_lots(Q(state=LotState.HAMMERED)), lambda pk: publish_result(pk, actor=TIMEKEEPER, at=at))
    moved += _each(to_reveal(BATCH), lambda pk: reveal_numbers(pk, at=at))
    moved += _each(_deals(Q(state=DealState.CONFIRMED, contract__isnull=True)), lambda pk: _draw_up(pk, at))
    moved += _each(_paid_deals(), lambda pk: take_payment(actor=TIMEKEEPER, deal_id=pk, at=at))
    moved += _each(_ended_projects(), lambda pk: _close_project(pk, at))
    return moved


def _lots(condition: Q) -> list[int]:
    return list(Lot.objects.filter(condition).order_by("pk").values_list("pk", flat=True)[:BATCH])


def _deals(condition: Q) -> list[int]:
    return list(Deal.objects.filter(condition).order_by("pk").values_list("pk", flat=True)[:BATCH])


def _to_decide(at: datetime) -> list[int]:
    """Lots of which every registration is decided, or whose time for deciding is over."""
    open_ones = Registration.objects.filter(lot=OuterRef("pk"), state=RegistrationState.SUBMITTED.value)
    over_or_decided = Q(qualification_ends_at__lte=at) | Q(~Exists(open_ones))
    return _lots(Q(state=LotState.QUALIFYING) & over_or_decided)


def _paid_deals() -> list[int]:
    """Contracted deals whose price is there with the treasury's voucher; looked at without a lock."""
    waiting = _deals(Q(state=DealState.CONTRACTED))
    payments = ((pk, deposits.payment_of(f"deal:{pk}")) for pk in waiting)
    return [pk for pk, payment in payments if payment is not None and payment.paid]


def _negotiations(at: datetime) -> list[int]:
    return _lots(Q(state=LotState.METHOD_DECIDED, method="NEGOTIATION", negotiation_ends_at__lte=at))


def _taken_back() -> list[int]:
    """Lots that stand or fall with deposits of which the bank took one back."""
    found = deposits.lots_with_deposits_taken_back()
    return _lots(Q(pk__in=found, state__in=[state.value for state in BOUND])) if found else []


def _opening_soon(at: datetime) -> list[int]:
    soon = Q(opens_at__gt=at, opens_at__lte=at + REMINDER, reminded_at__isnull=True)
    return _lots(Q(state=LotState.METHOD_DECIDED, room_id__isnull=False) & soon)


def _rooms_over() -> list[int]:
    rows = Lot.objects.filter(state=LotState.METHOD_DECIDED.value, room_id__isnull=False).values_list("room_id", "pk")
    waiting = {room_id: pk for room_id, pk in rows if room_id is not None}
    if not waiting:
        return []
    ended = rooms.ended_rooms(after_room_id=min(waiting) - 1, limit=BATCH)
    return [waiting[room_id] for room_id in ended if room_id in waiting]


def _ended_projects() -> list[int]:
    """Published projects of which no lot goes on."""
    going_on = Lot.objects.filter(project=OuterRef("pk")).exclude(state__in=[state.value for state in ENDED])
    found = Project.objects.filter(~Exists(going_on), state=ProjectState.PUBLISHED.value)
    return list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _close_project(project_id: int, at: datetime) -> bool:
    """Close the file of a project; one whose lots were all ended by decisions is ended itself."""
    with transaction.atomic():
        project = locked_project(project_id)
        states = set(project.lots.values_list("state", flat=True))
        if project.state != ProjectState.PUBLISHED or not states <= ENDED:
            return False
        command = ProjectCommand.TERMINATE if states == {LotState.TERMINATED.value} else ProjectCommand.CLOSE
        move_project(project, command, actor=TIMEKEEPER, at=at, payload={"lots": sorted(states)}, ended_at=at)
        return True


def _each(keys: list[int], step: Callable[[int], bool]) -> int:
    moved = 0
    for key in keys:
        try:
            moved += bool(step(key))
        except StateMoved:
            continue  # Another timekeeper was faster; it did the same.
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # One lot that cannot move does not hold up the others; it is tried again with the next call.
            log.exception("a step of the procedure failed", extra={"key": key})
    return moved


def _open(lot_id: int, at: datetime) -> bool:
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.ANNOUNCED:
            return False
        move_lot(lot, LotCommand.OPEN_REGISTRATION, actor=TIMEKEEPER, at=at)
        return True


def _end(lot_id: int, at: datetime) -> bool:
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.REGISTERING or lot.registration_ends_at is None or lot.registration_ends_at > at:
            return False
        move_lot(lot, LotCommand.END_REGISTRATION, actor=TIMEKEEPER, at=at)
        # Who was in time is settled here: the log is signed at once and not at the next minute.
        key = f"lot:{lot.pk}:registration:{to_text(lot.registration_ends_at)}"
        outbox.enqueue(topic="evidence.checkpoint", key=key, payload={}, at=at)
        return True


def _qualify(lot_id: int, at: datetime) -> bool:
    """Decide the method once nothing is open; what the seller leaves open is decided by rule at its limit."""
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.QUALIFYING:
            return False
        undecided = Registration.objects.filter(lot=lot, state=RegistrationState.SUBMITTED.value).exists()
        if undecided and (lot.qualification_ends_at is None or at < lot.qualification_ends_at):
            return False
        if undecided:
            qualify_by_rule(lot, actor=TIMEKEEPER, at=at)
        decide_method(lot, actor=TIMEKEEPER, at=at)
        return True


def _end_negotiation(lot_id: int, at: datetime) -> bool:
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.METHOD_DECIDED or lot.negotiation_ends_at is None or lot.negotiation_ends_at > at:
            return False
        fail_lot(lot, reason=gettext_noop("Seller and buyer did not agree in time."), actor=TIMEKEEPER, at=at)
        return True


def _draw_up(deal_id: int, at: datetime) -> bool:
    return bool(draw_up_contract(actor=TIMEKEEPER, deal_id=deal_id, at=at))
