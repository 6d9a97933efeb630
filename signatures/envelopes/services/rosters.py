"""The key ceremony: officers are named, make keys on their own devices, try them, and a witness puts them in use."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NewType

from django.db import transaction

from commons.domain.actor import Actor, Role
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.people import queries as people
from signatures.crypto.certificates import holder_key
from signatures.crypto.mixing import require_installed
from signatures.crypto.suites import Suite
from signatures.envelopes import policies
from signatures.envelopes.domain.encoding import from_base64
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.rules import (
    KeyDoesNotOpen,
    KeyUnusable,
    RosterIncomplete,
    quorum_at_risk,
    require_roster,
    require_suite,
)
from signatures.envelopes.domain.slots import (
    KeyNotUsable,
    Recipient,
    Slot,
    WrongCommit,
    WrongKey,
    key_id,
    officer,
    suite_of,
    wrap,
)
from signatures.envelopes.domain.states import ROSTER, IntakeState, RosterCommand, RosterState
from signatures.envelopes.models import OfficerRoster, RosterSeat, SealedIntake
from signatures.pki import queries as certificates

RosterId = NewType("RosterId", int)
ON_CERTIFICATE = "certificate"
KEPT_ON = ("device", ON_CERTIFICATE)


@transaction.atomic
def draft_roster(
    *,
    actor: Actor,
    name: str,
    members: Sequence[int],
    k: int,
    at: datetime,
    suite: Suite = Suite.INTERNATIONAL,
) -> RosterId:
    """Name the officers in the order of their seats; `k` open together, with keys of `suite`.

    Raises `NotPermitted`, `RosterNotFit`, `SuiteMissing`.
    """
    policies.can_draft_roster(actor).require()
    require_roster(members, k)
    require_installed(suite)
    assert actor.organisation_id is not None and actor.person_id is not None  # noqa: PT018  # the policy asks for a role
    hosts = people.people_with(actor.organisation_id, Role.HOST)
    if not set(members) <= set(hosts):
        raise NotFound()
    row = OfficerRoster.objects.create(
        name=name.strip(), k=k, suite=suite, drafted_by_id=actor.person_id, drafted_at=at
    )
    RosterSeat.objects.bulk_create(
        [RosterSeat(roster=row, seat=seat, person_id=person, since=at) for seat, person in enumerate(members, start=1)]
    )
    officers: list[JSON] = [f"person:{person}" for person in members]
    facts: dict[str, JSON] = {"k": str(k), "officers": officers, "suite": suite.value}
    record(row, "roster.drafted", actor=actor, at=at, payload=facts)
    for person in members:
        inbox.deliver(
            subject_msgid=gettext_noop(
                "You are named as an opening officer (%(roster)s). Make your key on your device."
            ),
            fields={"roster": row.name},
            link="/openings/officer/",
            at=at,
            key=f"roster:{row.pk}:{person}",
            person_id=person,
        )
    return RosterId(row.pk)


@transaction.atomic
def enrol_key(*, actor: Actor, seat_id: int, spki: bytes, kept_on: str, at: datetime) -> Slot:
    """Enter the officer's public key; gives the challenge that only the private key can answer.

    A key that is `kept_on` a certificate is that of one bound to the officer. Raises `NotFound`, `NotPermitted`,
    `KeyUnusable`, `SuiteMixed` for a key of another suite than the roster's, `NotAllowedNow` once it is in use.
    """
    row = _own_seat(actor, seat_id)
    if row.roster.state != RosterState.DRAFT:
        raise NotAllowedNow(command="ENROL", state=row.roster.state)
    if kept_on == ON_CERTIFICATE and not _is_certified(actor, spki):
        raise KeyUnusable(reason="no certificate that is bound to you has this key")
    slot = put_key(row, spki, kept_on)
    facts: dict[str, JSON] = {"key": key_id(spki), "kept_on": kept_on, "seat": str(row.seat)}
    record(row.roster, "roster.key-enrolled", actor=actor, at=at, payload=facts)
    return slot


def _is_certified(actor: Actor, spki: bytes) -> bool:
    assert actor.person_id is not None, "an officer is a person"
    bound = certificates.certificates_of(actor.person_id, organisation_id=actor.organisation_id)
    return any(holder_key(one.certificate) == spki for one in bound)


def put_key(row: RosterSeat, spki: bytes, kept_on: str) -> Slot:
    """Store a public key with a fresh challenge. Raises `KeyUnusable`, `SuiteMixed`."""
    secret = secrets.token_bytes(32)
    try:
        require_suite(suite_of(spki), asked=Suite(row.roster.suite))
        slot = wrap(secret, Recipient(officer(row.seat), spki), ctx=challenge_ctx(row), entropy=secrets.token_bytes)
    except KeyNotUsable as error:
        raise KeyUnusable(reason=str(error)) from None
    row.spki, row.kept_on = spki, kept_on if kept_on in KEPT_ON else KEPT_ON[0]
    row.challenge, row.challenge_slot, row.tried_at = hashlib.sha256(secret).digest(), slot.as_json(), None
    row.save()
    return slot


@transaction.atomic
def try_key(*, actor: Actor, seat_id: int, unlock_code: str, at: datetime) -> None:
    """The rehearsal of a key: what it opens shows that the officer holds it. Raises `KeyDoesNotOpen`, `NotFound`."""
    row = _own_seat(actor, seat_id)
    if not row.challenge_slot or not _answers(row, unlock_code):
        raise KeyDoesNotOpen()
    row.tried_at = at
    row.save(update_fields=["tried_at"])
    record(row.roster, "roster.key-tried", actor=actor, at=at, payload={"seat": str(row.seat)})


@transaction.atomic
def activate_roster(*, actor: Actor, roster_id: int, at: datetime) -> None:
    """Put a roster in use, as a witness who did not draw it up and holds no seat.

    Raises `WitnessNeeded`, `RosterIncomplete`, `NotAllowedNow`.
    """
    row = locked_roster(roster_id)
    seats = list(row.seats.filter(until__isnull=True).order_by("seat"))
    policies.can_witness(actor, row.drafted_by_id, *(seat.person_id for seat in seats)).require()
    if not all(seat.tried_at for seat in seats):
        raise RosterIncomplete()
    keys = [key_id(bytes(seat.spki)) for seat in seats]
    if len(set(keys)) != len(keys):
        raise KeyUnusable(reason="two officers gave the same key")
    values = {"witnessed_by_id": actor.person_id, "activated_at": at}
    _step(row, RosterCommand.ACTIVATE, actor=actor, at=at, payload={"keys": keys}, **values)


@transaction.atomic
def retire_roster(*, actor: Actor, roster_id: int, at: datetime) -> None:
    """No new intake uses the roster any more; those that do are still opened by it. Raises `NotAllowedNow`."""
    policies.can_draft_roster(actor).require()
    _step(locked_roster(roster_id), RosterCommand.RETIRE, actor=actor, at=at, payload={})


@transaction.atomic
def set_duty(*, actor: Actor, seat_id: int, away_until: datetime | None, at: datetime) -> None:
    """An officer says until when the officer cannot open. Raises `NotFound`, `NotPermitted`."""
    row = _own_seat(actor, seat_id)
    row.away_until = away_until
    row.save(update_fields=["away_until"])
    record(
        row.roster,
        "roster.duty-set",
        actor=actor,
        at=at,
        payload={"away": away_until is not None, "seat": str(row.seat)},
    )


def alarm_quorums(at: datetime) -> int:
    """Tell everybody concerned, once a day, of openings ahead without a quorum on duty. For the timekeeper."""
    ahead = timedelta(days=parameters.integer("envelope.quorum_alarm_days", on=at.date()))
    soon = SealedIntake.objects.select_related("roster").filter(state=IntakeState.OPEN, deadline__lte=at + ahead)
    may_open = cache(_may_open)  # an officer sits on several rosters: asked once a round
    return sum(_alarm(intake, at, ahead, may_open) for intake in soon)


def _alarm(intake: SealedIntake, at: datetime, ahead: timedelta, may_open: Callable[[int], bool]) -> bool:
    seats = list(intake.roster.seats.filter(until__isnull=True))
    ready = [seat for seat in seats if seat.tried_at is not None and not _is_away(seat, intake.deadline)]
    on_duty = sum(may_open(seat.person_id) for seat in ready)
    if not quorum_at_risk(on_duty=on_duty, k=intake.k, deadline=intake.deadline, at=at, ahead=ahead):
        return False
    for person in {intake.roster.drafted_by_id, *(seat.person_id for seat in seats)}:
        inbox.deliver(
            subject_msgid=gettext_noop(
                "The opening of “%(title)s” on %(day)s has %(on_duty)s officers on duty and needs %(k)s."
            ),
            fields={
                "title": intake.title,
                "day": local_day(intake.deadline).isoformat(),
                "on_duty": str(on_duty),
                "k": str(intake.k),
            },
            link=f"/openings/rosters/{intake.roster_id}/",
            at=at,
            key=f"quorum:{intake.pk}:{local_day(at).isoformat()}:{person}",
            person_id=person,
        )
    return True


def _is_away(seat: RosterSeat, when: datetime) -> bool:
    return seat.away_until is not None and seat.away_until > when


def _may_open(person_id: int) -> bool:
    """An officer whose account was closed or who hosts no longer keeps the seat, and opens nothing."""
    active = people.name_of(person_id) is not None
    return active and any(held.role is Role.HOST for held in people.roles_of(person_id))


def challenge_ctx(row: RosterSeat) -> bytes:
    return hashlib.sha256(f"sbe1/rehearsal|{row.roster_id}|{row.seat}|{row.person_id}".encode()).digest()


def _answers(row: RosterSeat, unlock_code: str) -> bool:
    try:
        secret = Slot.parse(row.challenge_slot).open(from_base64(unlock_code), ctx=challenge_ctx(row))
    except (WrongKey, WrongCommit, EnvelopeBroken):
        return False
    return hashlib.sha256(secret).digest() == bytes(row.challenge)


def _own_seat(actor: Actor, seat_id: int) -> RosterSeat:
    row = RosterSeat.objects.select_for_update(of=("self",)).select_related("roster").filter(pk=seat_id).first()
    if row is None:
        raise NotFound()
    policies.can_hold_seat(actor, row).require()
    return row


def locked_roster(roster_id: int) -> OfficerRoster:
    row = OfficerRoster.objects.select_for_update().filter(pk=roster_id).first()
    if row is None:
        raise NotFound()
    return row


def _step(
    row: OfficerRoster,
    command: RosterCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: dict[str, JSON],
    **values: object,
) -> None:
    before = RosterState(row.state)
    step = ROSTER.fire(before, command)
    if OfficerRoster.objects.filter(pk=row.pk, state=before).update(state=step.target, **values) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    record(row, step.event, actor=actor, at=at, payload=payload)


def record(row: OfficerRoster, event: str, *, actor: Actor, at: datetime, payload: dict[str, JSON]) -> None:
    evidence.append(stream=f"roster:{row.pk}", type=event, actor=actor, payload=payload, decided_at=at)
