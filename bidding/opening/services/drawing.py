"""The floating point, drawn on air: announced with its commitments, computed at its moment, checkable by all."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from bidding.opening import policies
from bidding.opening.domain.refusals import DrawGoesOn
from bidding.opening.domain.states import HallState, Happening
from bidding.opening.services.common import locked_hall, minutes_of, note, terms_of
from commons.domain.actor import Actor
from commons.domain.money import normal_text
from commons.domain.refusals import NotAllowedNow
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from signatures.draws import queries as drawn
from signatures.draws import services as draws
from signatures.draws.domain.states import DrawState

DRAWABLE_FOR = timedelta(minutes=10)


@transaction.atomic
def announce_draw(*, actor: Actor, hall_id: int, nonce: bytes | None = None, at: datetime) -> str:
    """Announce the draw of the floating point; its number. Two hold its secret: the platform and who conducts.

    `nonce` are the conductor's own 32 random bytes, made in the browser; without them the conductor commits on the
    page of the draw. Refuses `NotPermitted`, `NotAllowedNow`, `DrawGoesOn` while one is under way.
    """
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    policies.can_conduct(actor, terms).require()
    if hall.state != HallState.DRAWING:
        raise NotAllowedNow(command="ANNOUNCE_DRAW", state=hall.state)
    if hall.draw_id is not None and drawn.draw(hall.draw_id).state is not DrawState.VOID:
        raise DrawGoesOn()
    known_from = at + timedelta(seconds=minutes_of(terms, "opening.draw_seconds", at=at))
    plan = draws.Plan(
        subject=hall.stream,
        title=f"{terms.tender_title} · {terms.title}：抽取浮动点",
        roster=tuple(normal_text(delta) for delta in terms.price.deltas),
        k=1,
        reveal_from=known_from,
        reveal_until=known_from + DRAWABLE_FOR,
    )
    conductor = draws.Holder(actor.person_id, actor.organisation_id)
    view = draws.announce(actor=actor, plan=plan, custodians=(draws.PLATFORM, conductor), at=at)
    hall.draw_id = view.id
    hall.save(update_fields=["draw_id"])
    if nonce is not None:
        commitment = hashlib.sha256(nonce).hexdigest()
        draws.commit(actor=actor, draw_id=view.id, commitment=commitment, secret=nonce, at=at)
    facts: dict[str, JSON] = {
        "draw": str(view.id),
        "points": [normal_text(one) for one in terms.price.deltas],
        "at": to_text(known_from),
    }
    note(hall, Happening.DRAW_ANNOUNCED, actor=actor, at=at, facts=facts)
    return str(view.id)


def fresh_nonce() -> bytes:
    """32 random bytes, for who announces without a browser (the demo city)."""
    return secrets.token_bytes(32)
