"""The hall follows what the opening engine and the draw do: pulled every second, harmless to repeat."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.bids.domain.checks import FileFacts, Given, Level
from bidding.bids.domain.package import LARGEST_BYTES, NAME, BidPackage, parse
from bidding.bids.services.checking import Wanted, facts_of, findings_for, names_of
from bidding.opening.domain.consequences import consequence_of
from bidding.opening.domain.states import HallCommand, HallState, Happening
from bidding.opening.models import Hall, HallBid, HallSignIn
from bidding.opening.services.common import KEEPER, locked_hall, move, note, terms_of
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.queries import SectionTerms
from commons.domain.refusals import Refusal
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from commons.secrecy.fields import Party
from signatures.draws import queries as draws
from signatures.draws.domain.states import DrawState
from signatures.envelopes import queries as envelopes
from signatures.envelopes.domain.states import FAILED, IN_OPENING, Cause, EnvelopeState
from signatures.envelopes.queries import EnvelopeView
from signatures.envelopes.services import opened_json

AT_ONCE = 10
"""Bids whose files are looked into together: few enough that the hall tells of progress every second or two."""
Seen = dict[int, FileFacts]
"""Facts about files, by document of the vault."""


def follow(at: datetime) -> int:
    """Bring every running hall to what its envelopes and its draw say now; how many moved."""
    rows = Hall.objects.filter(state__in=[HallState.DECRYPTING.value, HallState.DRAWING.value])
    moved = 0
    for hall_id in rows.values_list("pk", flat=True):
        seen: Seen = {}
        while follow_one(hall_id, at=at, seen=seen):
            moved += 1
    return moved


@transaction.atomic
def follow_one(hall_id: int, *, at: datetime, seen: Seen | None = None) -> bool:
    """The same for one hall; True when something had happened.

    One bid is taken a call. Its files are looked into meanwhile, and with them those of the next bids that are opened:
    loading the readers costs most of a look. What was found of those is kept in `seen` for the calls that follow.
    """
    hall = locked_hall(hall_id)
    before = hall.seq
    if hall.state == HallState.DECRYPTING:
        _follow_envelopes(hall, terms_of(hall), at, {} if seen is None else seen)
    if hall.state == HallState.DRAWING and hall.draw_id is not None:
        _follow_draw(hall, at)
    return hall.seq != before


def _follow_envelopes(hall: Hall, terms: SectionTerms, at: datetime, seen: Seen) -> None:
    assert terms.intake_id is not None, "a hall has its intake"
    bids = {bid.envelope_ref: bid for bid in HallBid.objects.filter(hall=hall)}
    names = {
        key: found.name for key, found in people.organisations(bid.organisation_id for bid in bids.values()).items()
    }
    views = envelopes.opening(KEEPER, terms.intake_id).envelopes
    for view in views:
        bid = bids[view.ref]
        if bid.progress != view.state.value:
            if view.state is EnvelopeState.OPENED:
                _look(view, [one for one in views if bids[one.ref].progress != one.state.value], bids, terms, at, seen)
            _advance(hall, bid, view, terms, names[bid.organisation_id], at, seen)
            if view.state is EnvelopeState.OPENED:
                return
    if not any(view.state in IN_OPENING for view in views):
        _decrypted(hall, terms, views, at)


def _look(
    first: EnvelopeView, waiting: Sequence[EnvelopeView], bids: Mapping[str, HallBid], terms: SectionTerms,
    at: datetime, seen: Seen,
) -> None:  # fmt: skip
    """Facts about the files of a bid and of the opened ones that wait behind it, unless they are known already."""
    if all(int(one["document"]) in seen for one in first.files):
        return
    opened = [view for view in waiting if view.state is EnvelopeState.OPENED][:AT_ONCE]
    blind = {part.code for part in terms.bid_parts if part.blind}
    wanted: list[Wanted] = []
    for view in opened:
        files, names = [dict(one) for one in view.files], names_of(bids[view.ref].organisation_id)
        hidden = _hidden(opened_json(files, NAME, largest=LARGEST_BYTES, actor=KEEPER, at=at), blind)
        wanted += [Wanted(int(one["document"]), names, one["name"] in hidden) for one in files]
    seen.update(facts_of(wanted, at=at))


def _hidden(data: object, blind: set[str]) -> set[str]:
    """The names of the files that the bid calls blind volumes; none where the bid cannot be read."""
    try:
        return {volume.name for volume in parse(data).volumes if volume.part in blind}
    except Refusal:
        return set()


def _advance(
    hall: Hall, bid: HallBid, view: EnvelopeView, terms: SectionTerms, name: str, at: datetime, seen: Seen
) -> None:
    before = bid.progress
    bid.progress, bid.ended_at = view.state.value, view.ended_at
    who: dict[str, JSON] = {"number": str(bid.number), "bidder": name}
    if view.state is EnvelopeState.OPENED:
        _take(bid, view, terms, at, seen)
        note(hall, Happening.BID_OPENED, actor=KEEPER, at=at, facts=who)
    elif view.state in FAILED:
        bid.cause = view.cause
        failure = consequence_of(Cause(view.cause))
        facts = {"cause": view.cause, "consequence": failure.consequence.value, "article": failure.article}
        note(hall, Happening.BID_FAILED, actor=KEEPER, at=at, facts=who | facts)
    elif view.bidder_unlocked and before == EnvelopeState.DECRYPT_WINDOW:
        note(hall, Happening.KEY_SUPPLIED, actor=KEEPER, at=at, facts=who)
    bid.save()


def _take(bid: HallBid, view: EnvelopeView, terms: SectionTerms, at: datetime, seen: Seen) -> None:
    """What came out: the bid as data, its files, and what the machine checks say of them."""
    files = [dict(one) for one in view.files]
    bid.files = files
    data = opened_json(files, NAME, largest=LARGEST_BYTES, actor=KEEPER, at=at)
    bid.content = data if isinstance(data, dict) else {}
    try:
        package = parse(data)
    except Refusal as refusal:
        bid.findings = [{"check": "UNREADABLE", "level": "ERROR", "what": str(refusal), "other": ""}]
        return
    facts = {one["name"]: seen[int(one["document"])] for one in files if one["name"] != NAME}
    given = Given(package, facts, names_of(bid.organisation_id))
    bid.findings = [finding.as_json() for finding in findings_for(given, terms)] + _signed_in(bid, package, terms)


def _signed_in(bid: HallBid, package: BidPackage, terms: SectionTerms) -> list[dict[str, str]]:
    """A finding where the procedure asks for designated persons and somebody whom the bid does not name signed in."""
    named = {str(one.get("name", "")).strip() for one in package.people}
    row = HallSignIn.objects.filter(party=Party(bid.hall_id, bid.organisation_id)).first()
    if not named or row is None or not terms.profile.has(Switch.FACE_SIGN_IN):
        return []
    name = people.name_of(int(row.facts["person"])) or ""
    if name in named:
        return []
    return [{"check": "SIGNED_IN_UNNAMED", "level": Level.WARNING.value, "what": name, "other": ""}]


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
