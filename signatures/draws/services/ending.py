"""The announced moment: what was committed is revealed, and the draw is computed, or void."""

import json
import logging
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Q

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, Refusal
from commons.domain.sealing import SealBroken
from commons.domain.time import to_text
from commons.evidence import queries as log
from commons.evidence import services as evidence
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.repeated import update
from signatures.draws import policies, safekeeping
from signatures.draws.domain import hs1
from signatures.draws.domain.beacons import BadBeacon, BeaconFile
from signatures.draws.domain.plan import BeaconDoesNotFit, DrawNotYet, DrawTooLate, check_secret
from signatures.draws.domain.states import DrawCommand, DrawState, HolderRole, Violation
from signatures.draws.models import Draw, DrawHolder
from signatures.draws.queries import DrawView, entries_behind, salts_behind, view_of
from signatures.draws.services.common import PLATFORM_ACTOR, held_by, locked, move, record
from signatures.draws.services.preparing import announcement_of

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Draws in one round of the timekeeper."""


@transaction.atomic
def reveal(*, actor: Actor, draw_id: UUID, secret: bytes, at: datetime) -> DrawView:
    """Reveal what a custodian or party committed to; the last one completes the draw. Again is harmless.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`, `DrawNotYet`, `DrawTooLate`, `SecretDoesNotFit`.
    """
    draw = locked(draw_id)
    holder = held_by(draw, actor)
    policies.can_hold(actor, holder).require()
    assert holder is not None, "the policy found the holder"
    if holder.secret == secret.hex():
        return view_of(draw)
    _require_revealing(draw, at)
    check_secret(secret, holder.commitment)
    _publish_secret(draw, holder, secret, actor=actor, at=at)
    _complete_when_all_is_known(draw, at)
    return view_of(draw)


@transaction.atomic
def record_beacon(*, actor: Actor, draw_id: UUID, source: str, round: str, value: bytes, at: datetime) -> DrawView:
    """Record what the beacon published for the announced round. Anybody can compare it with the beacon itself.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`, `DrawNotYet`, `DrawTooLate`, `BeaconDoesNotFit`.
    """
    policies.can_record_beacon(actor).require()
    draw = locked(draw_id)
    _require_revealing(draw, at)
    known = draw.beacon_value is not None and bytes(draw.beacon_value) != value
    if known or (source, round) != (draw.beacon_source, draw.beacon_round) or not _is_value(value):
        raise BeaconDoesNotFit(round=draw.beacon_round, source=draw.beacon_source)
    _publish_beacon(draw, value, actor=actor, at=at)
    _complete_when_all_is_known(draw, at)
    return view_of(draw)


def _is_value(value: bytes) -> bool:
    return 1 <= len(value) <= hs1.MOST_BEACON_BYTES


def _require_revealing(draw: Draw, at: datetime) -> None:
    if draw.state != DrawState.ANNOUNCED:
        raise NotAllowedNow(command="REVEAL", state=draw.state)
    if at < draw.reveal_from:
        raise DrawNotYet(reveal_from=to_text(draw.reveal_from))
    if at >= draw.reveal_until:
        raise DrawTooLate(until=to_text(draw.reveal_until))


def _publish_secret(draw: Draw, holder: DrawHolder, secret: bytes, *, actor: Actor, at: datetime) -> None:
    holder.secret, holder.revealed_at = secret.hex(), at
    update(DrawHolder, {"secret": holder.secret, "revealed_at": at}, pk=holder.pk)
    payload = {"role": holder.role, "ref": holder.ref, "secret": holder.secret}
    record(draw, "draw.revealed", actor=actor, payload=payload, at=at, key=f"revealed:{holder.place}")


def _publish_beacon(draw: Draw, value: bytes, *, actor: Actor, at: datetime) -> None:
    Draw.objects.filter(pk=draw.pk).update(beacon_value=value)
    draw.beacon_value = value
    payload = {"source": draw.beacon_source, "round": draw.beacon_round, "value": value.hex()}
    record(draw, "draw.beacon", actor=actor, payload=payload, at=at, key="beacon")


def _complete_when_all_is_known(draw: Draw, at: datetime) -> None:
    """Compute the result, unless the log does not bear out what was announced: then the draw is void."""
    holders = list(draw.holders.all())
    if _missing(draw, holders):
        return
    if violations := _broken(draw, holders):
        _invalidate(draw, violations, at)
        return
    seed = hs1.seed_of(
        draw_id=str(draw.pk),
        roster_sha256=hs1.list_sha256(draw.roster),
        secrets=_secrets(holders, HolderRole.CUSTODIAN),
        nonces=_secrets(holders, HolderRole.PARTY),
        beacon=bytes(draw.beacon_value or b""),
    )
    selected = hs1.choose(draw.roster, exclusions=frozenset(draw.exclusions), k=draw.k, seed=seed)
    event = move(draw, DrawCommand.COMPLETE, ended_at=at, seed=seed.hex(), selected=selected)
    payload: dict[str, JSON] = {"seed": seed.hex(), "selected": selected}
    record(draw, event, actor=PLATFORM_ACTOR, payload=payload, at=at, key="ended")


def _secrets(holders: list[DrawHolder], role: HolderRole) -> list[bytes]:
    return [bytes.fromhex(holder.secret) for holder in holders if holder.role == role]


Broken = dict[str, JSON]
"""A violation with the reference of whoever is behind it."""


def _missing(draw: Draw, holders: list[DrawHolder]) -> list[Broken]:
    late = [holder for holder in holders if not holder.secret]
    missing = [_violation(Violation.NOT_REVEALED, holder.ref) for holder in late]
    if draw.beacon_known_from is not None and draw.beacon_value is None:
        missing.append(_violation(Violation.NO_BEACON, draw.beacon_source))
    return missing


def _broken(draw: Draw, holders: list[DrawHolder]) -> list[Broken]:
    """What speaks against the announcement: rows that differ from the log, or no checkpoint of it in time."""
    announced = _announced(draw)
    if announced is None or _told_now(draw, holders) != announced[1]:
        return [_violation(Violation.ROSTER_CHANGED, PLATFORM_ACTOR.ref)]
    anchored_at = log.anchored_at(draw.stream, announced[0])
    if anchored_at is None or anchored_at > draw.known_from:
        return [_violation(Violation.NOT_ANCHORED, PLATFORM_ACTOR.ref)]
    return []


def _told_now(draw: Draw, holders: list[DrawHolder]) -> bytes:
    """What the rows would announce now; nothing where somebody made them unreadable."""
    try:
        return canonical.encode(announcement_of(draw, holders).as_json())
    except (AttributeError, TypeError, ValueError):
        return b""


def _announced(draw: Draw) -> tuple[int, bytes] | None:
    """Seq and payload of the announcement in the log."""
    return next(((link.seq, link.payload) for link in log.entries(draw.stream) if link.type == "draw.announced"), None)


def _violation(kind: Violation, ref: str) -> Broken:
    return {"kind": kind.value, "by": ref}


def _invalidate(draw: Draw, violations: list[Broken], at: datetime) -> None:
    event = move(draw, DrawCommand.INVALIDATE, ended_at=at, violations=violations)
    record(draw, event, actor=PLATFORM_ACTOR, payload={"violations": violations}, at=at, key="ended")
    logger.error("the draw %s is void: %s", draw.pk, violations)


def advance_due(at: datetime) -> int:
    """For the timekeeper: checkpoints for what was announced, secrets in safekeeping and the beacon, and void draws."""
    anchor_due(at)
    due = Draw.objects.filter(
        Q(state=DrawState.GATHERING, known_from__lte=at) | Q(state=DrawState.ANNOUNCED, reveal_from__lte=at)
    ).order_by("reveal_from", "pk")
    return sum(_advanced(draw_id, at) for draw_id in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def _advanced(draw_id: UUID, at: datetime) -> bool:
    """As `advance`; a draw whose rows somebody made unreadable does not hold up the others."""
    try:
        return advance(draw_id, at)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception("the draw %s could not be advanced", draw_id)
        return False


def anchor_due(at: datetime) -> int:
    """A checkpoint over every announcement, before anything that it depends on can be known; how many it covers."""
    waiting = Draw.objects.filter(state=DrawState.ANNOUNCED, known_from__gt=at, anchored_at=None).order_by("known_from")
    rows = list(waiting[:AT_ONCE])
    if not rows:
        return 0
    evidence.checkpoint(at)
    for draw in rows:
        announced = _announced(draw)
        anchored_at = log.anchored_at(draw.stream, announced[0]) if announced else None
        Draw.objects.filter(pk=draw.pk).update(anchored_at=anchored_at)
    return len(rows)


@transaction.atomic
def advance(draw_id: UUID, at: datetime) -> bool:
    """What is due of one draw; whether it moved."""
    draw = locked(draw_id)
    before, revealed = (draw.state, draw.beacon_value is None), 0
    if draw.state == DrawState.GATHERING and at >= draw.known_from:
        late = draw.holders.filter(commitment="")
        _invalidate(draw, [_violation(Violation.NOT_COMMITTED, holder.ref) for holder in late], at)
    elif draw.state == DrawState.ANNOUNCED and at < draw.reveal_until:
        revealed = _reveal_what_is_held(draw, at)
        _complete_when_all_is_known(draw, at)
    elif draw.state == DrawState.ANNOUNCED:
        _invalidate(
            draw,
            _missing(draw, list(draw.holders.all())) or [_violation(Violation.NOT_REVEALED, PLATFORM_ACTOR.ref)],
            at,
        )
    return revealed > 0 or before != (draw.state, draw.beacon_value is None)


def _reveal_what_is_held(draw: Draw, at: datetime) -> int:
    """How many secrets came out of safekeeping."""
    revealed = 0
    for holder in draw.holders.filter(secret="", sealed_secret__isnull=False):
        try:
            place = safekeeping.secret_of(holder.place)
            secret = safekeeping.take_out(bytes(holder.sealed_secret or b""), draw_id=draw.pk, place=place)
            check_secret(secret, holder.commitment)
        except (SealBroken, Refusal):
            # A lost key or a changed row: the draw becomes void when its time is over, and says whose secret it was.
            logger.exception("the secret of %s in the draw %s cannot be opened", holder.ref, draw.pk)
            continue
        _publish_secret(draw, holder, secret, actor=PLATFORM_ACTOR, at=at)
        revealed += 1
    if draw.beacon_known_from is not None and draw.beacon_value is None:
        value = _beacon_value(draw.beacon_source, draw.beacon_round)
        if value is not None:
            _publish_beacon(draw, value, actor=PLATFORM_ACTOR, at=at)
    return revealed


def _beacon_value(source: str, round_: str) -> bytes | None:
    """From the operator's beacon file, when there is one and it has the round."""
    path = settings.DRAW_BEACON_FILE
    if path is None or not path.exists():
        return None
    try:
        return _beacon_file(path, path.stat().st_mtime_ns).value_of(source, round_)
    except (OSError, ValueError) as error:
        logger.error("the beacon file cannot be read: %s", error)
        return None


@lru_cache(maxsize=2)
def _beacon_file(path: Path, changed_at: int) -> BeaconFile:
    try:
        return BeaconFile.parse(json.loads(path.read_bytes()))
    except json.JSONDecodeError:
        raise BadBeacon("it holds no JSON") from None


@transaction.atomic
def disclose(*, actor: Actor, draw_id: UUID, at: datetime) -> DrawView:
    """Open the salted hashes of the chosen, and only theirs, when they may be known. Again is harmless.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`.
    """
    policies.can_announce(actor).require()
    draw = locked(draw_id)
    if draw.state != DrawState.DRAWN or not draw.salted:
        raise NotAllowedNow(command="DISCLOSE", state=draw.state)
    if draw.disclosed_at is None:
        Draw.objects.filter(pk=draw.pk, disclosed_at=None).update(disclosed_at=at)
        draw.refresh_from_db()
        entries, salts = entries_behind(draw), salts_behind(draw)
        openings: list[JSON] = [
            {"hash": hashed, "salt": salts[hashed], "entry": entries[hashed]} for hashed in draw.selected
        ]
        record(draw, "draw.disclosed", actor=actor, payload={"openings": openings}, at=at, key="disclosed")
    return view_of(draw)
