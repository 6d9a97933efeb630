"""What the authority decides under its own numbers: appeals, false material, lists, repair.

A ban needs a hearing (行政处罚法 arts 44, 45, 63) and holds in the whole province (粤办函〔2020〕332号).
"""

from datetime import datetime
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import Deadline, local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from exchange.notices.services import NumberedDecision
from marketplace.credit.domain.listing import LISTING, ListColour, ListingCommand, ListingState, require_heard
from marketplace.credit.domain.ratings import RATING, RatingCommand, RatingState
from marketplace.credit.domain.scoring import EventKind
from marketplace.credit.models import CreditEvent, Listing, Rating
from marketplace.credit.policies import can_decide, can_speak
from marketplace.credit.services.common import (
    PLATFORM,
    add_event,
    number,
    record,
    region_of,
    rescore,
    tell,
    working_days,
)
from marketplace.entry import services as entry
from marketplace.entry.domain.entrants import EntrantKind, EntrantState
from marketplace.entry.models import Entrant
from marketplace.fulfilment.domain.refusals import words_of


@transaction.atomic
def decide_appeal(
    *, actor: Actor, rating_id: int, annul: bool, decision: NumberedDecision, words: str, at: datetime
) -> None:
    """Annul a rating or let it stand. Refuses `NotFound`, `NotPermitted`, `DecisionMissing`, `NotAllowedNow`."""
    can_decide(actor).require()
    number_ = _number(decision)
    row = Rating.objects.select_for_update(of=("self",)).filter(pk=rating_id).first()
    if row is None:
        raise NotFound()
    step = RATING.fire(RatingState(row.state), RatingCommand.ANNUL if annul else RatingCommand.UPHOLD)
    values = {"decision_number": number_, "decision": words_of(words), "decided_at": at}
    Rating.objects.filter(pk=row.pk, state=row.state).update(state=step.target.value, **values)
    record(f"rating:{row.pk}", step.event, actor=actor, payload={"number": number_}, at=at)
    if annul:
        events = CreditEvent.objects.filter(source=f"rating:{row.pk}")
        events.update(repaired_by=number_)
        for event in events:
            rescore(event.agency_id, cause=f"rating:{row.pk}", at=at)
    subject = gettext_noop("The authority decided on an appeal against a rating: %(number)s")
    for organisation_id in (row.rated_id, row.rated_by_id):
        key, link = f"appeal:{row.pk}:{organisation_id}", f"/supermarket/ratings/{row.pk}/"
        tell(organisation_id, subject, at=at, key=key, link=link, number=number_)


@transaction.atomic
def record_false_material(*, actor: Actor, agency_id: int, decision: NumberedDecision, at: datetime) -> None:
    """The authority found false material: points are lost. Refuses `NotPermitted`, `DecisionMissing`."""
    can_decide(actor).require()
    number_ = _number(decision)
    points = -Decimal(number("credit.false_material", region_of(agency_id), at))
    add_event(
        agency_id=agency_id, kind=EventKind.FALSE_MATERIAL, source=f"decision:{digest(number_.encode())[:32]}",
        points=points, actor=actor, at=at, authority=decision.body.strip(), number=number_,
    )  # fmt: skip


@transaction.atomic
def repair(*, actor: Actor, event_id: int, decision: NumberedDecision, at: datetime) -> None:
    """Credit repair 信用修复: an event counts no longer. Refuses `NotFound`, `NotPermitted`, `DecisionMissing`."""
    can_decide(actor).require()
    number_ = _number(decision)
    row = CreditEvent.objects.filter(pk=event_id, repaired_by="").first()
    if row is None:
        raise NotFound()
    CreditEvent.objects.filter(pk=row.pk).update(repaired_by=number_)
    payload: dict[str, JSON] = {"event": str(row.pk), "number": number_}
    record(f"credit:{row.agency_id}", "CreditRepaired", actor=actor, payload=payload, at=at)
    rescore(row.agency_id, cause=f"repair:{row.pk}", at=at)


@transaction.atomic
def propose_listing(*, actor: Actor, agency_id: int, colour: ListColour, reason: str, at: datetime) -> int:
    """The authority proposes an entry; for the black list the agency is heard first. The entry's number."""
    can_decide(actor).require()
    region = region_of(agency_id)
    black = colour is ListColour.BLACK
    until = working_days("credit.hearing_working_days", region, at) if black else None
    said = words_of(reason)
    row = Listing.objects.create(
        agency_id=agency_id, colour=colour.value, reason=said, proposed_by=actor.ref, proposed_at=at,
        hearing_until=until,
    )  # fmt: skip
    payload: dict[str, JSON] = {"colour": colour.value, "agency": f"organisation:{agency_id}"}
    record(f"listing:{row.pk}", "ListingProposed", actor=actor, payload=payload, at=at)
    if black:
        subject = gettext_noop("The authority wants to put your organisation on the black list: speak until %(until)s")
        tell(agency_id, subject, at=at, key=f"hearing:{row.pk}", link=f"/supermarket/lists/{row.pk}/", until=str(until))
    return row.pk


@transaction.atomic
def make_statement(*, actor: Actor, listing_id: int, words: str, at: datetime) -> None:
    """The agency speaks in its hearing. Refuses `NotFound`, `NotPermitted`, `WordsTooShort`, `NotAllowedNow`."""
    row = _locked(listing_id)
    can_speak(actor, row.agency_id).require()
    said = words_of(words)
    _step(row, ListingCommand.HEAR, {"words_sha256": digest(said.encode())}, actor=actor, at=at, statement=said)


@transaction.atomic
def decide_listing(*, actor: Actor, listing_id: int, list_it: bool, decision: NumberedDecision, at: datetime) -> None:
    """List or drop. The black list bars new sign-ups in the whole province until its end.

    Refuses `NotFound`, `NotPermitted`, `DecisionMissing`, `HearingFirst`, `NotAllowedNow`.
    """
    can_decide(actor).require()
    number_ = _number(decision)
    row = _locked(listing_id)
    values: dict[str, object] = {"authority": decision.body.strip(), "number": number_}
    payload: dict[str, JSON] = {"authority": decision.body.strip(), "number": number_}
    if not list_it:
        _step(row, ListingCommand.DROP, payload, actor=actor, at=at, ended_at=at, **values)
        return
    values["until"] = local_day(at) + relativedelta(
        months=number("credit.blacklist_months", region_of(row.agency_id), at)
    )
    if row.colour == ListColour.RED.value:
        _step(row, ListingCommand.HONOUR, payload, actor=actor, at=at, listed_at=at, **values)
        return
    assert row.hearing_until is not None, "a black entry names the end of its hearing"
    require_heard(statement=row.statement, until=row.hearing_until, today=local_day(at))
    if row.state == ListingState.PROPOSED.value:
        _step(row, ListingCommand.HEAR, {"statement": "none in time"}, actor=actor, at=at)
    _step(row, ListingCommand.DECIDE, payload, actor=actor, at=at, listed_at=at, **values)
    _restrict(row, decision, actor=actor, at=at)


@transaction.atomic
def repair_listing(*, actor: Actor, listing_id: int, decision: NumberedDecision, at: datetime) -> None:
    """The authority ends an entry before its day, and with it the restriction."""
    can_decide(actor).require()
    number_ = _number(decision)
    row = _locked(listing_id)
    payload: dict[str, JSON] = {"authority": decision.body.strip(), "number": number_}
    values = {"ended_at": at, "repair_number": number_}
    _step(row, ListingCommand.REPAIR, payload, actor=actor, at=at, **values)
    if row.colour == ListColour.BLACK.value:
        _lift(row, decision, actor=actor, at=at)


def end_due_listings(at: datetime) -> int:
    """For the timekeeper: entries whose last day is over."""
    due = Listing.objects.filter(state=ListingState.LISTED.value, until__lt=local_day(at)).order_by("id")
    for listing_id in list(due.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            row = _locked(listing_id)
            if LISTING.allows(ListingState(row.state), ListingCommand.END):
                _step(row, ListingCommand.END, {}, actor=PLATFORM, at=at, ended_at=at)
    return len(due)


def _step(
    row: Listing, command: ListingCommand, payload: dict[str, JSON], *, actor: Actor, at: datetime, **values: object
) -> None:
    step = LISTING.fire(ListingState(row.state), command)
    changed = Listing.objects.filter(pk=row.pk, state=row.state)
    if changed.update(state=step.target.value, **values) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.refresh_from_db()
    record(f"listing:{row.pk}", step.event, actor=actor, payload=payload, at=at)


def _locked(listing_id: int) -> Listing:
    row = Listing.objects.select_for_update(of=("self",)).filter(pk=listing_id).first()
    if row is None:
        raise NotFound()
    return row


def _number(decision: NumberedDecision) -> str:
    """The number of a decision. Refuses `DecisionMissing`."""
    decision.require()
    return decision.number.strip()


def _restrict(row: Listing, decision: NumberedDecision, *, actor: Actor, at: datetime) -> None:
    """No new sign-ups anywhere in the province until the entry ends."""
    assert row.until is not None, "a listed agency has its last day"
    until = Deadline(row.until, provisional=False, steps=()).ends_at
    for entrant_id in _entries(row.agency_id):
        entry.restrict(actor=actor, entrant_id=entrant_id, decision=decision, reason=row.reason, until=until, at=at)


def _lift(row: Listing, decision: NumberedDecision, *, actor: Actor, at: datetime) -> None:
    for entrant_id in _entries(row.agency_id):
        entry.lift(actor=actor, entrant_id=entrant_id, decision=decision, reason=row.reason, at=at)


def _entries(organisation_id: int) -> list[int]:
    """The agency's entry in the supermarket, unless it left."""
    rows = Entrant.objects.filter(organisation_id=organisation_id, kind=EntrantKind.AGENCY.value)
    return list(rows.exclude(state=EntrantState.CANCELLED.value).values_list("pk", flat=True))
