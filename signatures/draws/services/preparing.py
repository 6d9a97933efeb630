"""Before the draw: its plan, the commitments, and the announcement in the log."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from commons.approvals.services import ApprovalId, consume, request
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.draws import policies, safekeeping
from signatures.draws.domain import hs1
from signatures.draws.domain.plan import (
    Announcement,
    Beacon,
    Commitment,
    DrawTooLate,
    Plan,
    Redraw,
    check_commitment,
    check_secret,
)
from signatures.draws.domain.states import MACHINE, DrawCommand, DrawState, HolderRole
from signatures.draws.models import Draw, DrawHolder
from signatures.draws.queries import DrawView, entries_behind, view_of
from signatures.draws.services.common import PLATFORM_ACTOR, held_by, locked, move, record


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose random bytes enter the seed; without a person, the platform's own, kept sealed until the moment."""

    person_id: int | None = None
    organisation_id: int | None = None


PLATFORM = Holder()


@transaction.atomic
def announce(
    *,
    actor: Actor,
    plan: Plan,
    custodians: Sequence[Holder] = (PLATFORM,),
    parties: Sequence[Holder] = (),
    at: datetime,
) -> DrawView:
    """Set up a draw. With the platform as the only holder it is announced at once; else when all have committed.

    Everything must stand in the log, under a signed checkpoint, before `plan.known_from`: the timekeeper sees to the
    checkpoint, and a draw that has none by then is void. Refuses `NotPermitted`, `DrawNeedsTwoCustodians`,
    `DrawTooFew`, `DrawEntryTwice`, `DrawExcludesStranger`, `DrawTooLarge`, `DrawOutOfTime`.
    """
    policies.can_announce(actor).require()
    return _set_up(actor=actor, plan=plan, custodians=custodians, parties=parties, at=at)


def _set_up(
    *, actor: Actor, plan: Plan, custodians: Sequence[Holder], parties: Sequence[Holder], at: datetime, **chain: object
) -> DrawView:
    plan.check(custodians=len(custodians), at=at)
    draw = _stored(plan, at, chain)
    for place, holder in enumerate([*custodians, *parties]):
        role = HolderRole.CUSTODIAN if place < len(custodians) else HolderRole.PARTY
        _name_holder(draw, place, role, holder, at)
    record(draw, "draw.prepared", actor=actor, payload=_prepared(draw), at=at)
    _announce_when_all_committed(draw, actor=actor, at=at)
    return view_of(draw)


def _stored(plan: Plan, at: datetime, chain: Mapping[str, object]) -> Draw:
    draw_id = uuid4()
    salts = {entry: secrets.token_bytes(hs1.SECRET_BYTES) for entry in plan.roster} if plan.salted else {}
    published = {entry: hs1.salted(entry, salt) for entry, salt in salts.items()}
    sealed = {published[entry]: {"salt": salt.hex(), "entry": entry} for entry, salt in salts.items()}
    beacon = plan.beacon
    return Draw.objects.create(
        id=draw_id,
        subject=plan.subject,
        title=plan.title,
        k=plan.k,
        salted=plan.salted,
        roster=hs1.in_order(published.get(entry, entry) for entry in plan.roster),
        exclusions=hs1.in_order(published.get(entry, entry) for entry in set(plan.exclusions)),
        sealed_roster=_sealed_roster(draw_id, sealed),
        beacon_source=beacon.source if beacon else "",
        beacon_round=beacon.round if beacon else "",
        beacon_known_from=beacon.known_from if beacon else None,
        known_from=plan.known_from,
        reveal_from=plan.reveal_from,
        reveal_until=plan.reveal_until,
        prepared_at=at,
        **chain,
    )


def _name_holder(draw: Draw, place: int, role: HolderRole, holder: Holder, at: datetime) -> None:
    row = DrawHolder(
        draw=draw, place=place, role=role, person_id=holder.person_id, organisation_id=holder.organisation_id
    )
    if holder.person_id is None:
        secret = secrets.token_bytes(hs1.SECRET_BYTES)
        row.commitment, row.committed_at = hs1.commitment_to(secret), at
        row.sealed_secret = _sealed(draw, place, secret)
    row.save(force_insert=True)


def _prepared(draw: Draw) -> dict[str, JSON]:
    return {
        "subject": draw.subject,
        "roster_sha256": hs1.list_sha256(draw.roster),
        "k": str(draw.k),
        "holders": [{"role": holder.role, "ref": holder.ref} for holder in draw.holders.all()],
    }


@transaction.atomic
def commit(*, actor: Actor, draw_id: UUID, commitment: str, secret: bytes | None = None, at: datetime) -> DrawView:
    """Publish the commitment of a named custodian or party; with `secret`, leave it in safekeeping until the moment.

    The same commitment again is harmless. Refuses `NotFound`, `NotPermitted`, `CommitmentMalformed`, `CommitmentTaken`,
    `SecretDoesNotFit`, `DrawTooLate`, `NotAllowedNow`.
    """
    draw = locked(draw_id)
    holder = held_by(draw, actor)
    policies.can_hold(actor, holder).require()
    assert holder is not None, "the policy found the holder"
    if holder.commitment and holder.commitment == commitment:
        return view_of(draw)
    _require_gathering(draw, holder, at)
    others = draw.holders.exclude(pk=holder.pk).exclude(commitment="").values_list("commitment", flat=True)
    check_commitment(commitment, frozenset(others))
    if secret is not None:
        check_secret(secret, commitment)
        holder.sealed_secret = _sealed(draw, holder.place, secret)
    holder.commitment, holder.committed_at = commitment, at
    holder.save(update_fields=["commitment", "committed_at", "sealed_secret"])
    payload = {"role": holder.role, "ref": holder.ref, "commitment": commitment}
    record(draw, "draw.committed", actor=actor, payload=payload, at=at)
    _announce_when_all_committed(draw, actor=PLATFORM_ACTOR, at=at)
    return view_of(draw)


def _require_gathering(draw: Draw, holder: DrawHolder, at: datetime) -> None:
    if draw.state != DrawState.GATHERING or holder.commitment:
        raise NotAllowedNow(command="COMMIT", state=draw.state)
    if at >= draw.known_from:
        raise DrawTooLate(until=to_text(draw.known_from))


def _announce_when_all_committed(draw: Draw, *, actor: Actor, at: datetime) -> None:
    holders = list(draw.holders.all())
    if not all(holder.commitment for holder in holders):
        return
    payload = announcement_of(draw, holders).as_json()
    event = move(draw, DrawCommand.ANNOUNCE, announced_at=at)
    record(draw, event, actor=actor, payload=payload, at=at, key="announced")


def announcement_of(draw: Draw, holders: Sequence[DrawHolder]) -> Announcement:
    """What the rows of the draw announce; compared with the log before anything is drawn."""
    beacon = None
    if draw.beacon_known_from is not None:
        beacon = Beacon(draw.beacon_source, draw.beacon_round, draw.beacon_known_from)
    plan = Plan(
        subject=draw.subject,
        title=draw.title,
        roster=tuple(draw.roster),
        k=draw.k,
        reveal_from=draw.reveal_from,
        reveal_until=draw.reveal_until,
        salted=draw.salted,
        beacon=beacon,
    )
    commitments = tuple(Commitment(HolderRole(one.role), one.ref, one.commitment) for one in holders)
    return Announcement(
        str(draw.pk), plan, tuple(draw.roster), tuple(draw.exclusions), commitments, redraw=_redraw_of(draw)
    )


def _redraw_of(draw: Draw) -> Redraw | None:
    if draw.redraw_of_id is None or draw.approval is None:
        return None
    persons = (draw.approval.requested_by_id, draw.approval.decided_by_id)
    reason_sha256 = canonical.digest(draw.reason.encode())
    first, second = (f"person:{person_id}" for person_id in persons)
    return Redraw(str(draw.redraw_of_id), draw.attempt, reason_sha256, (first, second))


@transaction.atomic
def request_redraw(*, actor: Actor, draw_id: UUID, reason: str, at: datetime) -> ApprovalId:
    """Ask a second person to let an ended draw be drawn anew. The reason is published with the new draw.

    Refuses `NotFound`, `NotPermitted`, `ApprovalNeedsReason`, `NotAllowedNow`.
    """
    draw = locked(draw_id)
    _require_redrawable(draw)
    return request(actor=actor, kind=policies.REDRAW.name, subject=draw.stream, reason=reason, payload={}, at=at)


@transaction.atomic
def redraw(
    *,
    actor: Actor,
    draw_id: UUID,
    approval_id: int,
    reveal_from: datetime,
    reveal_until: datetime,
    beacon: Beacon | None = None,
    custodians: Sequence[Holder] = (PLATFORM,),
    parties: Sequence[Holder] = (),
    exclusions: Sequence[str] | None = None,
    at: datetime,
) -> DrawView:
    """The next draw of the chain, from the same roster; it names the one before, the reason and the count.

    Refuses as `announce` and `commons.approvals.services.consume` do, and `NotAllowedNow` while the draw has not ended
    or was drawn anew already.
    """
    policies.can_announce(actor).require()
    before = locked(draw_id)
    _require_redrawable(before)
    approval = consume(approval_id=approval_id, kind=policies.REDRAW.name, subject=before.stream, at=at, actor=actor)
    behind = entries_behind(before)
    plan = Plan(
        subject=before.subject,
        title=before.title,
        roster=tuple(behind[entry] for entry in before.roster),
        k=before.k,
        reveal_from=reveal_from,
        reveal_until=reveal_until,
        exclusions=tuple(behind[entry] for entry in before.exclusions) if exclusions is None else tuple(exclusions),
        salted=before.salted,
        beacon=beacon,
    )
    chain = {"redraw_of": before, "attempt": before.attempt + 1, "reason": approval.reason, "approval_id": approval.id}
    return _set_up(actor=actor, plan=plan, custodians=custodians, parties=parties, at=at, **chain)


def _require_redrawable(draw: Draw) -> None:
    if DrawState(draw.state) not in MACHINE.final_states() or Draw.objects.filter(redraw_of=draw).exists():
        raise NotAllowedNow(command="REDRAW", state=draw.state)


def _sealed(draw: Draw, place: int, secret: bytes) -> bytes:
    return safekeeping.put_away(secret, draw_id=draw.pk, place=safekeeping.secret_of(place))


def _sealed_roster(draw_id: UUID, behind: Mapping[str, Mapping[str, str]]) -> bytes | None:
    if not behind:
        return None
    return safekeeping.put_away(json.dumps(behind).encode(), draw_id=draw_id, place=safekeeping.ROSTER)
