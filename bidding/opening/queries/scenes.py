"""The scene of a hall: one JSON value for the whole hall, read once, and cut down for each kind of viewer.

PUBLIC   everybody: the list once it is published, progress, values once they are read out, words that are shown
BIDDER   the same and what concerns the own bid
HOST     the same and what waits to be admitted, findings, officers
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext

from bidding.opening import policies
from bidding.opening.domain.consequences import consequence_of
from bidding.opening.domain.states import LISTED, VALUES_SHOWN, HallState, WordState
from bidding.opening.models import Hall, HallBid, HallWord
from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import parameters_of, sheet_json
from bidding.scoring.domain.model import BEYOND_PRICE, Bid, Formula, Question
from bidding.scoring.texts import sentence
from bidding.tenders import queries as tenders
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor, system_actor
from commons.domain.money import as_text, capital_yuan, normal_text
from commons.domain.refusals import NotFound, Refusal
from commons.domain.time import to_text
from commons.people import queries as people
from signatures.envelopes import queries as envelopes
from signatures.envelopes.domain.states import FAILED, IN_OPENING, Cause, EnvelopeState

KEEPER = system_actor("opening-hall")
Scene = dict[str, Any]


class Viewer(StrEnum):
    """For whom a scene is cut."""

    PUBLIC = "PUBLIC"
    BIDDER = "BIDDER"
    HOST = "HOST"


def viewer_of(actor: Actor, hall_id: int) -> Viewer:
    """As what the actor comes into the hall. Raises `NotFound`."""
    hall = _hall(hall_id)
    terms = tenders.section_terms(hall.section_id)
    if policies.can_conduct(actor, terms) or policies.can_oversee(actor):
        return Viewer.HOST
    return Viewer.BIDDER if policies.can_act_as_bidder(actor) else Viewer.PUBLIC


def scene(hall_id: int) -> Scene:
    """Everything about a hall, unmasked: hand out only what `mask` leaves. Raises `NotFound`."""
    hall = _hall(hall_id)
    terms = tenders.section_terms(hall.section_id)
    bids = list(HallBid.objects.filter(hall=hall))
    names = people.organisations(bid.organisation_id for bid in bids)
    officers = _officers(hall, terms)
    return {
        "hall": str(hall.pk),
        "seq": hall.seq,
        "state": hall.state,
        "title": f"{terms.tender_title} · {terms.title}",
        "code": terms.code,
        "deadline": _text(terms.bid_deadline),
        "sign_in_opens_at": to_text(hall.sign_in_opens_at),
        "listed_at": _text(hall.listed_at),
        "window_ends_at": _text(hall.window_ends_at),
        "confirm_until": _text(hall.confirm_until),
        "meeting": hall.meeting,
        "draw": str(hall.draw_id) if hall.draw_id else "",
        "delta": normal_text(hall.delta) if hall.delta is not None else "",
        "ceiling": as_text(terms.ceiling) if terms.ceiling is not None else "",
        "reserve": _reserve(terms),
        "draws": bool(terms.price.deltas),
        "record": hall.record_number,
        "remarks": [_remark(one) for one in hall.analysis.get("remarks", [])],
        "progress": {
            "total": len(bids),
            "ended": sum(EnvelopeState(bid.progress) not in IN_OPENING for bid in bids),
            "opened": sum(bid.progress == EnvelopeState.OPENED for bid in bids),
        },
        "officers": officers,
        "asks_bond": terms.bond is not None,
        "bids": [_bid(bid, names[bid.organisation_id].name, hall) for bid in bids],
        "words": [_word(one) for one in HallWord.objects.filter(hall=hall).select_related("organisation")],
    }


def mask(full: Mapping[str, Any], viewer: Viewer, *, organisation_id: int | None = None) -> Scene:
    """What this viewer may see of the scene."""
    state = HallState(full["state"])
    seen = dict(full)
    if viewer is not Viewer.HOST:
        seen.pop("officers")
    if state not in LISTED:
        seen |= {"bids": [], "progress": {"total": 0, "ended": 0, "opened": 0}}
    seen["bids"] = [_masked_bid(bid, viewer, state, organisation_id) for bid in seen["bids"]]
    seen["words"] = [
        {key: value for key, value in word.items() if key != "organisation"}
        for word in full["words"]
        if viewer is Viewer.HOST
        or word["state"] in (WordState.SHOWN, WordState.ANSWERED)
        or (organisation_id is not None and word["organisation"] == organisation_id)
    ]
    seen["mine"] = next((bid for bid in seen["bids"] if bid["own"]), None)
    return seen


def price_sheet(hall_id: int) -> Scene | None:
    """The price scores as they would stand now, with every step; None before the reading or beyond prices."""
    hall = _hall(hall_id)
    terms = tenders.section_terms(hall.section_id)
    if hall.state not in VALUES_SHOWN or terms.price.formula not in set(Formula) - BEYOND_PRICE:
        return None
    bids = [bid for bid in HallBid.objects.filter(hall=hall) if bid.price is not None]
    names = people.organisations(bid.organisation_id for bid in bids)
    parameters = {key: value for key, value in terms.price.parameters.items() if key != "deltas"}
    if hall.delta is not None:
        parameters["delta"] = normal_text(hall.delta)
    if terms.highest_ceiling is not None:
        parameters["ceiling"] = as_text(terms.highest_ceiling)
    if terms.right is not None:
        parameters["start_price"] = as_text(terms.right.start_price)
    if reserve := _reserve(terms):
        parameters["reserve"] = reserve
    try:
        question = Question(
            Formula(terms.price.formula),
            parameters_of(parameters),
            tuple(_scored(bid, names[bid.organisation_id].name) for bid in bids if _counts(bid)),
        )
        sheet = score(question)
    except Refusal:
        return None
    return {"formula": terms.price.formula, **sheet_json(sheet), "steps": [sentence(step) for step in sheet.steps]}


def _hall(hall_id: int) -> Hall:
    row = Hall.objects.filter(pk=hall_id).first()
    if row is None:
        raise NotFound()
    return row


def _reserve(terms: SectionTerms) -> str:
    """The secret reserve once it is read out; empty before, for everybody."""
    return as_text(terms.reserve.amount) if terms.reserve and terms.reserve.amount is not None else ""


def _officers(hall: Hall, terms: SectionTerms) -> Scene:
    """How many of the officers needed have unlocked; for hosts alone."""
    if hall.state == HallState.WAITING or terms.intake_id is None:
        return {"given": 0, "needed": 0, "roster": 0}
    found = envelopes.opening(KEEPER, terms.intake_id)
    given = min((one.officers_unlocked for one in found.envelopes), default=0)
    return {"given": given, "needed": found.intake.k, "roster": found.intake.n}


def _bid(bid: HallBid, name: str, hall: Hall) -> Scene:
    state = EnvelopeState(bid.progress)
    failure = consequence_of(Cause(bid.cause)) if state in FAILED else None
    return {
        "organisation": bid.organisation_id,
        "number": bid.number,
        "bidder": name,
        "received_at": to_text(bid.received_at),
        "receipt": bid.receipt,
        "signed_in": bid.signed_in,
        "state": bid.progress,
        "cause": bid.cause,
        "consequence": failure.consequence.value if failure else "",
        "consequence_text": failure.text if failure else "",
        "article": failure.article if failure else "",
        "price": as_text(bid.price) if bid.price is not None else "",
        "capitals": capital_yuan(bid.price) if bid.price is not None else "",
        "duration": bid.days("duration_days"),
        "needs_confirmation": bid.needs_confirmation,
        "confirmed": bid.confirmed,
        "dispute": bid.dispute,
        "findings": bid.findings,
        "bond": hall.analysis.get("bonds", {}).get(str(bid.number)),
        "record_signed_at": _text(bid.record_signed_at),
        "envelope": bid.envelope_ref,
    }


_VALUES = ("price", "capitals", "duration", "needs_confirmation", "confirmed", "dispute", "bond")


def _masked_bid(bid: Mapping[str, Any], viewer: Viewer, state: HallState, organisation_id: int | None) -> Scene:
    own = organisation_id is not None and bid["organisation"] == organisation_id
    seen = {key: value for key, value in bid.items() if key != "organisation"} | {"own": own}
    if state not in VALUES_SHOWN:
        seen |= dict.fromkeys(_VALUES, "") | {"needs_confirmation": False, "confirmed": None, "bond": None}
    if state not in VALUES_SHOWN or not (own or viewer is Viewer.HOST):
        seen["findings"] = []
    if not own:
        seen.pop("envelope")
    return seen


def _word(one: HallWord) -> Scene:
    return {
        "id": one.pk,
        "organisation": one.organisation_id,
        "bidder": one.organisation.name,
        "kind": one.kind,
        "state": one.state,
        "text": one.text,
        "said_at": to_text(one.said_at),
        "answer": one.answer,
        "answered_at": _text(one.answered_at),
    }


def _remark(one: Mapping[str, Any]) -> Scene:
    return {**one, "sentence": gettext(one["text"]) % one["fields"]}


def _scored(bid: HallBid, name: str) -> Bid:
    return Bid(
        bidder=name,
        price=bid.price,
        sme=bid.content.get("sme") is True,
        domestic=bid.content.get("domestic") is True,
    )


def _counts(bid: HallBid) -> bool:
    """A corrected price counts when its bidder has agreed, any other unless disputed."""
    return bid.confirmed is True or (bid.confirmed is None and not bid.needs_confirmation)


def _text(at: datetime | None) -> str:
    return to_text(at) if at is not None else ""
