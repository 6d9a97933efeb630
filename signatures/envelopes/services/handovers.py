"""A seat passes on: the leaving officer re-wraps the shares on the own device, a third person witnesses it.

How many envelopes there are stays hidden: the officer's device is given as many slots as the next power of two, the
missing ones made up, and cannot tell which are real.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures import at_rest
from signatures.crypto.suites import Suite
from signatures.envelopes import policies, store
from signatures.envelopes.domain import layout
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.rules import HandoverStale, SuccessorUnfit, require_suite
from signatures.envelopes.domain.slots import KeyNotUsable, Recipient, Slot, key_id, officer, suite_of, wrap
from signatures.envelopes.domain.states import EnvelopeState, IntakeState, RosterState
from signatures.envelopes.models import OfficerRoster, RosterSeat, SealedEnvelope, SealedIntake, ShareHandover
from signatures.envelopes.sealed_facts import facts_of
from signatures.envelopes.services.common import new_ref
from signatures.envelopes.services.rosters import locked_roster, record

FEWEST = 16
_SHARE = 33


@dataclass(frozen=True, slots=True)
class ToRewrap:
    """A share that the officer's device re-wraps. `ref` is of an envelope, or made up."""

    ref: str
    ctx: str
    slot: Mapping[str, JSON]


def shares_to_rewrap(*, actor: Actor, seat_id: int) -> list[ToRewrap]:
    """Everything that is wrapped to the officer's key and not opened yet, among made-up shares, in no order."""
    seat = _held_seat(actor, seat_id)
    real = [
        ToRewrap(ref, to_base64(prefix.header.ctx()), newest_slot(seat, ref, prefix).as_json())
        for ref, prefix in _sealed_under(seat.roster_id)
    ]
    wanted = max(FEWEST, 1 << max(len(real) - 1, 1).bit_length())
    found = real + [_made_up(seat) for _ in range(wanted - len(real))]
    secrets.SystemRandom().shuffle(found)
    return found


@transaction.atomic
def hand_over(
    *, actor: Actor, seat_id: int, successor_id: int, spki: bytes, slots: Sequence[object], at: datetime
) -> int:
    """Take the re-wrapped shares; they count once a witness has confirmed. Gives the number of the hand-over.

    The successor's key is one that the successor tried on a roster of this suite. Raises `SuccessorUnfit`,
    `SuiteMixed`, `Malformed`.
    """
    seat = _held_seat(actor, seat_id)
    _require_fit(seat, successor_id, spki)
    given: dict[str, JSON] = {}
    for item in slots:
        if not isinstance(item, Mapping):
            raise Malformed(field="slots", reason="a slot is an object")
        slot = Slot.parse(item.get("slot"))
        if slot.label != officer(seat.seat) or slot.key != key_id(spki):
            raise Malformed(field="slots", reason="a share is wrapped to somebody else")
        given[str(item.get("ref"))] = slot.as_json()
    if missing := {ref for ref, _ in _sealed_under(seat.roster_id)} - set(given):
        raise Malformed(field="slots", reason=f"{len(missing)} shares are missing; begin again")
    ref = new_ref()
    row = ShareHandover.objects.create(
        roster_id=seat.roster_id,
        seat=seat.seat,
        giver_id=seat.person_id,
        successor_id=successor_id,
        spki=spki,
        ref=ref,
        slots=at_rest.seal(given, place=f"handover:{ref}"),
        given_at=at,
    )
    facts: dict[str, JSON] = {
        "key": key_id(spki),
        "seat": str(seat.seat),
        "slots_sha256": canonical.digest(canonical.encode({**given, "salt": new_ref()})),
        "successor": f"person:{successor_id}",
    }
    record(seat.roster, "roster.shares-rewrapped", actor=actor, at=at, payload=facts)
    return row.pk


@transaction.atomic
def witness_handover(*, actor: Actor, handover_id: int, at: datetime) -> None:
    """Confirm a hand-over as a third person: from now on the seat is the successor's.

    What came in since the shares were re-wrapped is sealed to the key of the one who leaves: then that is done again
    first. Raises `WitnessNeeded`, `NotAllowedNow`, `SuccessorUnfit`, `HandoverStale`.
    """
    row = ShareHandover.objects.select_for_update().filter(pk=handover_id).first()
    if row is None:
        raise NotFound()
    policies.can_witness(actor, row.giver_id, row.successor_id).require()
    roster = locked_roster(row.roster_id)
    seat = roster.seats.filter(seat=row.seat, until__isnull=True, person_id=row.giver_id).first()
    if row.witnessed_at is not None or seat is None:
        raise NotAllowedNow(command="WITNESS", state="WITNESSED")
    _require_fit(seat, row.successor_id, bytes(row.spki))
    _require_whole(row)
    seat.until = at
    seat.save(update_fields=["until"])
    RosterSeat.objects.create(
        roster=roster,
        seat=row.seat,
        person_id=row.successor_id,
        spki=row.spki,
        kept_on=seat.kept_on,
        tried_at=at,
        since=at,
    )
    row.witnessed_by_id, row.witnessed_at = actor.person_id, at
    row.save(update_fields=["witnessed_by", "witnessed_at"])
    facts: dict[str, JSON] = {
        "from": f"person:{row.giver_id}",
        "seat": str(row.seat),
        "to": f"person:{row.successor_id}",
    }
    record(roster, "roster.seat-handed-over", actor=actor, at=at, payload=facts)


def _require_whole(row: ShareHandover) -> None:
    """Every share of the seat was re-wrapped. Nothing is taken in meanwhile: the intakes are locked."""
    taking = SealedIntake.objects.select_for_update().filter(roster_id=row.roster_id, state=IntakeState.OPEN)
    list(taking.order_by("pk").values_list("pk", flat=True))
    given = at_rest.unseal(bytes(row.slots), place=f"handover:{row.ref}")
    if any(ref not in given for ref, _ in _sealed_under(row.roster_id)):
        raise HandoverStale()


def slots_for(envelope_ref: str, roster_id: int, seat: int, original: Slot) -> list[Slot]:
    """The slots that hold that seat's share of an envelope: the bidder's own, and what was re-wrapped and witnessed.

    A re-wrapped share must meet the bidder's commitment, so that no officer can pass on another one.
    """
    found = [original]
    rows = ShareHandover.objects.filter(roster_id=roster_id, seat=seat, witnessed_at__isnull=False).order_by("id")
    for row in rows:
        given = at_rest.unseal(bytes(row.slots), place=f"handover:{row.ref}").get(envelope_ref)
        if given is not None:
            slot = Slot.parse(given)
            found.append(Slot(slot.label, slot.key, slot.alg, slot.ek, slot.ct, original.commit))
    return found


def newest_slot(seat: RosterSeat, ref: str, prefix: layout.Prefix) -> Slot:
    """The slot that the seat's present key opens."""
    return slots_for(ref, seat.roster_id, seat.seat, prefix.manifest.officer(seat.seat))[-1]


def successors(*, actor: Actor, seat_id: int) -> list[tuple[int, str, str]]:
    """Who could take the officer's seat over: number, name, public key in base64; nobody while the roster is drawn up.

    They are officers of other rosters with a tried key, and hold no seat here.
    """
    seat = RosterSeat.objects.select_related("roster").filter(pk=seat_id).first()
    if seat is None or seat.person_id != actor.person_id or seat.roster.state == RosterState.DRAFT:
        return []
    return [(person, name, to_base64(spki)) for person, (name, spki) in _tried_elsewhere(seat.roster).items()]


def _tried_elsewhere(roster: OfficerRoster) -> dict[int, tuple[str, bytes]]:
    here = set(roster.seats.filter(until__isnull=True).values_list("person_id", flat=True))
    tried = RosterSeat.objects.filter(until__isnull=True, tried_at__isnull=False, roster__suite=roster.suite)
    rows = tried.select_related("person")
    return {row.person_id: (row.person.name, bytes(row.spki)) for row in rows if row.person_id not in here}


def _sealed_under(roster_id: int) -> list[tuple[str, layout.Prefix]]:
    intakes = set(SealedIntake.objects.filter(roster_id=roster_id).values_list("pk", flat=True))
    found = []
    for row in SealedEnvelope.objects.exclude(state__in=[EnvelopeState.WITHDRAWN, EnvelopeState.OPENED]):
        if facts_of(row).intake_id in intakes:
            with store.open_sealed(row.pk) as file:
                found.append((row.pk, layout.open_prefix(file)))
    return found


def _made_up(seat: RosterSeat) -> ToRewrap:
    ctx = secrets.token_bytes(32)
    recipient = Recipient(officer(seat.seat), bytes(seat.spki))
    slot = wrap(secrets.token_bytes(_SHARE), recipient, ctx=ctx, entropy=secrets.token_bytes)
    return ToRewrap(new_ref(), to_base64(ctx), slot.as_json())


def _require_fit(seat: RosterSeat, successor_id: int, spki: bytes) -> None:
    try:
        require_suite(suite_of(spki), asked=Suite(seat.roster.suite))
    except KeyNotUsable:
        raise SuccessorUnfit() from None
    known = _tried_elsewhere(seat.roster).get(successor_id)
    if known is None or known[1] != spki:
        raise SuccessorUnfit()


def _held_seat(actor: Actor, seat_id: int) -> RosterSeat:
    seat = RosterSeat.objects.select_related("roster").filter(pk=seat_id).first()
    if seat is None:
        raise NotFound()
    policies.can_hold_seat(actor, seat).require()
    if seat.roster.state == RosterState.DRAFT:
        raise NotAllowedNow(command="HAND_OVER", state=seat.roster.state)
    return seat
