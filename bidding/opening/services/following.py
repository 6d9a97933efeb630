"""The hall follows what the opening engine and the draw do: pulled every second, harmless to repeat."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from bidding.bids.domain.checks import Given
from bidding.bids.domain.package import LARGEST_BYTES, NAME, BidPackage, parse
from bidding.bids.services.checking import facts_of_document, findings_for, names_of
from bidding.opening.domain.consequences import consequence_of
from bidding.opening.domain.states import HallCommand, HallState, Happening
from bidding.opening.models import Hall, HallBid
from bidding.opening.services.common import KEEPER, locked_hall, move, note, terms_of
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED
from commons.domain.refusals import Refusal
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from commons.vault import services as vault
from signatures.draws import queries as draws
from signatures.draws.domain.states import DrawState
from signatures.envelopes import queries as envelopes
from signatures.envelopes.domain.states import FAILED, IN_OPENING, Cause, EnvelopeState
from signatures.envelopes.queries import EnvelopeView


def follow(at: datetime) -> int:
    """Bring every running hall to what its envelopes and its draw say now; how many moved."""
    rows = Hall.objects.filter(state__in=[HallState.DECRYPTING.value, HallState.DRAWING.value])
    moved = 0
    for hall_id in rows.values_list("pk", flat=True):
        while follow_one(hall_id, at=at):
            moved += 1
    return moved


@transaction.atomic
def follow_one(hall_id: int, *, at: datetime) -> bool:
    """The same for one hall; True when something had happened.

    One bid is taken a call: its files are checked meanwhile, and the hall is not locked longer than that.
    """
    hall = locked_hall(hall_id)
    before = hall.seq
    if hall.state == HallState.DECRYPTING:
        _follow_envelopes(hall, terms_of(hall), at)
    if hall.state == HallState.DRAWING and hall.draw_id is not None:
        _follow_draw(hall, at)
    return hall.seq != before


def _follow_envelopes(hall: Hall, terms: SectionTerms, at: datetime) -> None:
    assert terms.intake_id is not None, "a hall has its intake"
    bids = {bid.envelope_ref: bid for bid in HallBid.objects.filter(hall=hall)}
    names = {
        key: found.name for key, found in people.organisations(bid.organisation_id for bid in bids.values()).items()
    }
    views = envelopes.opening(KEEPER, terms.intake_id).envelopes
    for view in views:
        bid = bids[view.ref]
        if bid.progress != view.state.value:
            _advance(hall, bid, view, terms, names[bid.organisation_id], at)
            if view.state is EnvelopeState.OPENED:
                return
    if not any(view.state in IN_OPENING for view in views):
        _decrypted(hall, terms, views, at)


def _advance(hall: Hall, bid: HallBid, view: EnvelopeView, terms: SectionTerms, name: str, at: datetime) -> None:
    before = bid.progress
    bid.progress, bid.ended_at = view.state.value, view.ended_at
    who: dict[str, JSON] = {"number": str(bid.number), "bidder": name}
    if view.state is EnvelopeState.OPENED:
        _take(bid, view, terms, at)
        note(hall, Happening.BID_OPENED, actor=KEEPER, at=at, facts=who)
    elif view.state in FAILED:
        bid.cause = view.cause
        failure = consequence_of(Cause(view.cause))
        facts = {"cause": view.cause, "consequence": failure.consequence.value, "article": failure.article}
        note(hall, Happening.BID_FAILED, actor=KEEPER, at=at, facts=who | facts)
    elif view.bidder_unlocked and before == EnvelopeState.DECRYPT_WINDOW:
        note(hall, Happening.KEY_SUPPLIED, actor=KEEPER, at=at, facts=who)
    bid.save()


def _take(bid: HallBid, view: EnvelopeView, terms: SectionTerms, at: datetime) -> None:
    """What came out: the bid as data, its files, and what the machine checks say of them."""
    files = [dict(one) for one in view.files]
    bid.files = files
    data = _data_of(files, at)
    bid.content = data if isinstance(data, dict) else {}
    try:
        package = parse(data)
    except Refusal as refusal:
        bid.findings = [{"check": "UNREADABLE", "level": "ERROR", "what": str(refusal), "other": ""}]
        return
    blind = {part.code for part in terms.bid_parts if part.blind}
    given = _given(package, files, bid, blind, at)
    bid.findings = [finding.as_json() for finding in findings_for(given, terms)]


def _given(package: BidPackage, files: Iterable[dict[str, Any]], bid: HallBid, blind: set[str], at: datetime) -> Given:
    names = names_of(bid.organisation_id)
    hidden = {volume.name for volume in package.volumes if volume.part in blind}
    facts = {
        one["name"]: facts_of_document(int(one["document"]), names, blind=one["name"] in hidden, at=at)
        for one in files
        if one["name"] != NAME
    }
    return Given(package, facts, names)


def _data_of(files: Iterable[dict[str, Any]], at: datetime) -> object:
    found = next((one for one in files if one["name"] == NAME), None)
    if found is None or int(found["size"]) > LARGEST_BYTES:
        return None
    opened = vault.open_document(actor=KEEPER, document_id=int(found["document"]), at=at, decision=ALLOWED)
    try:
        return json.loads(b"".join(opened.chunks))
    except ValueError:
        return None


def _decrypted(hall: Hall, terms: SectionTerms, views: Iterable[EnvelopeView], at: datetime) -> None:
    opened = sum(view.state is EnvelopeState.OPENED for view in views)
    facts: dict[str, JSON] = {"opened": str(opened), "bids": str(len(list(views)))}
    command = HallCommand.AWAIT_DRAW if terms.price.deltas and opened else HallCommand.AWAIT_READING
    move(hall, command, actor=KEEPER, at=at, facts=facts)


def _follow_draw(hall: Hall, at: datetime) -> None:
    assert hall.draw_id is not None
    draw = draws.draw(hall.draw_id)
    if draw.state is not DrawState.DRAWN:
        return
    (chosen,) = draws.chosen(hall.draw_id)
    delta = Decimal(chosen)
    facts: dict[str, JSON] = {"draw": str(hall.draw_id), "delta": chosen, "seed": draw.seed}
    move(hall, HallCommand.TAKE_DRAW, actor=KEEPER, at=at, facts=facts, delta=delta)
