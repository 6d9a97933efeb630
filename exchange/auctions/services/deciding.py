"""The trade method 交易方式, decided when every registration is: a room, a negotiation, or failure (Foshan 2018)."""

from collections.abc import Sequence
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.auctions.domain.methods import Method, method_for
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.domain.timetable import END_OF_BUSINESS, at_time
from exchange.auctions.models import Registration
from exchange.auctions.services.limits import NEGOTIATION, working_limit
from exchange.auctions.services.qualifying import disqualify_by_rule
from exchange.auctions.services.releasing import release_lot
from exchange.auctions.services.telling import tell, tell_registered
from exchange.notices.domain.kinds import NoticeKind
from exchange.notices.models import Notice
from exchange.notices.services import publish_notice
from exchange.permits import queries as permits
from exchange.projects.domain.states import LotCommand
from exchange.projects.models import Lot
from exchange.projects.services import move_lot
from exchange.rooms import services as rooms
from exchange.rooms.domain.rules import RoomRules


def decide_method(lot: Lot, *, actor: Actor, at: datetime) -> None:
    """Fix the method by the number of buyers that qualify now and publish it. The caller holds the lot's lock."""
    disqualify_by_rule(lot, actor=actor, at=at)
    qualified = _qualified(lot)
    method = _method_for(lot, qualified)
    if method is Method.ROOM:
        _open_room(lot, qualified, actor=actor, at=at)
    elif method is Method.NEGOTIATION:
        _open_negotiation(lot, qualified[0], actor=actor, at=at)
    else:
        fail_lot(lot, reason=gettext_noop("No buyer qualified."), actor=actor, at=at)


def decide_method_again(lot: Lot, *, actor: Actor, at: datetime) -> None:
    """Look at the method again, before a room has opened, with the buyers that are left. The caller holds the lock.

    With enough of them the room stays. Else it is called off: one negotiates with the seller, none fails the lot.
    """
    qualified = _qualified(lot)
    method = _method_for(lot, qualified)
    if lot.method == method:
        return
    if lot.room_id is not None:
        reference = f"lot:{lot.pk}"
        rooms.call_off(actor=actor, room_id=lot.room_id, decided_by="RULES", reference=reference, at=at)
    if method is Method.NEGOTIATION:
        _open_negotiation(lot, qualified[0], actor=actor, at=at, again=True)
    else:
        reason = gettext_noop("No buyer is left whose deposit stands.")
        fail_lot(lot, reason=reason, actor=actor, at=at)


def _qualified(lot: Lot) -> list[Registration]:
    return list(Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value))


def _method_for(lot: Lot, qualified: Sequence[Registration]) -> Method | None:
    return method_for(len(qualified), minimum=read_terms(lot.project.parameters).bidders_minimum)


def fail_lot(lot: Lot, *, reason: str, actor: Actor, at: datetime) -> None:
    """The lot fails: published, supply and deposits given back; the seller may announce it again."""
    move_lot(lot, LotCommand.FAIL, actor=actor, at=at, payload={"reason": reason})
    body: dict[str, JSON] = {"lot": str(lot.number), "reason": reason}
    publish_notice(
        actor=actor, project_id=lot.project_id, lot_id=lot.pk, kind=NoticeKind.FAILURE, body=body, at=at, reason=reason
    )
    release_lot(lot, keep=frozenset(), reason="lot failed", actor=actor, at=at)
    subject = gettext_noop("Lot %(lot)s of %(project)s failed; it can be announced again")
    tell(lot, lot.project.seller_id, subject, at=at, key="failed")
    tell_registered(
        lot, gettext_noop("Lot %(lot)s of %(project)s failed; your deposit comes back"), at=at, key="failed"
    )


def _numbered(groups: dict[int, str]) -> dict[int, str]:
    """The groups by a number in the room: the registry's own names would lead to an organisation in a public log."""
    numbers = {name: f"g{number}" for number, name in enumerate(sorted(set(groups.values())), start=1)}
    return {organisation_id: numbers[name] for organisation_id, name in groups.items()}


def _open_room(lot: Lot, qualified: list[Registration], *, actor: Actor, at: datetime) -> None:
    groups = _numbered(permits.related_group([registration.organisation_id for registration in qualified]))
    rules = RoomRules.from_json(lot.profile)
    # Decided late, the room opens late: whoever takes part gets the time to make ready that the notice promised.
    opens_at = max(lot.opens_at, at + read_terms(lot.project.parameters).periods.readiness)
    room_id = rooms.create_room(
        actor=actor,
        subject=f"lot:{lot.pk}",
        lot_id=lot.pk,
        rules=rules,
        participants=[
            rooms.ParticipantSpec(
                organisation_id=registration.organisation_id,
                alias=registration.alias,
                maximum_quantity=registration.need if rules.divisible else None,
                group=groups.get(registration.organisation_id, ""),
            )
            for registration in sorted(qualified, key=lambda registration: registration.alias)
        ],
        opens_at=opens_at,
        at=at,
    )
    payload: dict[str, JSON] = {"method": Method.ROOM.value, "room": f"room:{room_id}", "opens_at": to_text(opens_at)}
    _decided(lot, payload, actor=actor, at=at, method=Method.ROOM.value, room_id=room_id, opens_at=opens_at)
    subject = gettext_noop("Lot %(lot)s of %(project)s is sold by online bidding; the room opens at the time announced")
    tell_registered(lot, subject, at=at, key="method")


def _open_negotiation(lot: Lot, buyer: Registration, *, actor: Actor, at: datetime, again: bool = False) -> None:
    days = read_terms(lot.project.parameters).negotiation_working_days
    ends_on = working_limit(kind=NEGOTIATION, refs=[lot.pk], start=at, add=days, region=lot.project.region)
    ends_at = at_time(ends_on, END_OF_BUSINESS)
    payload: dict[str, JSON] = {"method": Method.NEGOTIATION.value, "ends_at": to_text(ends_at)}
    changes: dict[str, object] = {"method": Method.NEGOTIATION.value, "negotiation_ends_at": ends_at, "room_id": None}
    command = LotCommand.DECIDE_METHOD_AGAIN if again else LotCommand.DECIDE_METHOD
    _decided(lot, payload, command, actor=actor, at=at, **changes)
    subject = gettext_noop("Lot %(lot)s of %(project)s is sold by negotiation, at the start price or above")
    key = "method-again" if again else "method"
    tell(lot, buyer.organisation_id, subject, at=at, key=key)
    tell(lot, lot.project.seller_id, subject, at=at, key=key)


def _decided(
    lot: Lot,
    payload: dict[str, JSON],
    command: LotCommand = LotCommand.DECIDE_METHOD,
    *,
    actor: Actor,
    at: datetime,
    **changes: object,
) -> None:
    move_lot(lot, command, actor=actor, at=at, payload=payload, **changes)
    earlier = Notice.objects.filter(lot=lot, kind=NoticeKind.METHOD.value).order_by("-id").first()
    publish_notice(
        actor=actor,
        project_id=lot.project_id,
        lot_id=lot.pk,
        kind=NoticeKind.METHOD,
        body={"lot": str(lot.number), **payload},
        at=at,
        supersedes=earlier if command is LotCommand.DECIDE_METHOD_AGAIN else None,
    )
