"""Ratings by both sides, appeals, and the “good” that the rules give when an owner is silent."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from marketplace.credit.domain.ratings import (
    ASPECTS,
    RATING,
    AppealTooLate,
    RatedAlready,
    RatingCommand,
    RatingState,
    RatingTooLate,
    Side,
    Stars,
)
from marketplace.credit.domain.scoring import EventKind
from marketplace.credit.models import Rating
from marketplace.credit.policies import can_appeal, can_rate
from marketplace.credit.services.common import PLATFORM, add_event, linked, number, record, tell, working_days
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment.domain.refusals import words_of
from marketplace.fulfilment.domain.states import EngagementState
from marketplace.fulfilment.queries import EngagementView
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.states import ProcurementCommand

GOOD = 4
"""Stars of the automatic rating: it counts for nothing but closes the course."""


@transaction.atomic
def rate(
    *,
    actor: Actor,
    engagement_id: int,
    side: Side,
    stars: Mapping[str, int],
    words: str = "",
    document_id: int | None = None,
    at: datetime,
) -> int:
    """Rate the other side of a finished service, once; the rating's number.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`, `StarsWrong`, `RatingNeedsEvidence`, `RatedAlready`,
    `RatingTooLate`.
    """
    engagement = engagements.engagement(engagement_id)
    by, rated = _sides(engagement, side)
    can_rate(actor, side, by).require()
    if engagement.state not in (EngagementState.DONE, EngagementState.TERMINATED):
        raise NotAllowedNow(command="RATE", state=engagement.state.value)
    if engagement.rating_due_on is not None and local_day(at) > engagement.rating_due_on:
        raise RatingTooLate(until=engagement.rating_due_on.isoformat())
    given = Stars(side, dict(stars))
    most = number("evaluation.stars", engagement.region, at)
    given.check(most=most, words=words, has_document=document_id is not None)
    row = _stored(engagement, given, by, rated, words=words.strip(), document_id=document_id, actor=actor, at=at)
    subject = gettext_noop("Your organisation was rated for %(title)s")
    tell(rated, subject, at=at, key=f"rated:{row.pk}", link=f"/supermarket/ratings/{row.pk}/", title=engagement.title)
    return row.pk


def rate_by_rule(engagement: EngagementView, *, at: datetime) -> None:
    """The owner was silent: “good” by rule, flagged; it does not move the score."""
    stars = Stars(Side.OWNER, dict.fromkeys(ASPECTS[Side.OWNER], GOOD))
    with transaction.atomic():
        _stored(engagement, stars, engagement.owner_id, engagement.agency_id, by_rule=True, actor=PLATFORM, at=at)


def _stored(
    engagement: EngagementView, given: Stars, by: int, rated: int, *, actor: Actor, at: datetime, words: str = "",
    document_id: int | None = None, by_rule: bool = False,
) -> Rating:  # fmt: skip
    flagged = linked(engagement.owner_id, engagement.agency_id)
    try:
        with transaction.atomic():
            row = Rating.objects.create(
                engagement_id=engagement.id, side=given.side.value, rated_id=rated, rated_by_id=by,
                stars=dict(given.given), mean=given.mean, words=words, document_id=document_id, by_rule=by_rule,
                linked=flagged, given_at=at,
                appeal_until=working_days("credit.appeal_working_days", engagement.region, at),
            )  # fmt: skip
    except IntegrityError:
        raise RatedAlready() from None
    payload: dict[str, JSON] = {
        "engagement": f"engagement:{engagement.id}",
        "side": given.side.value,
        "stars": {name: str(count) for name, count in given.given.items()},
        "by_rule": "yes" if by_rule else "no",
        "linked": "yes" if flagged else "no",
        "words_sha256": digest(words.encode()),
    }
    record(f"rating:{row.pk}", "RatingGiven", actor=actor, payload=payload, at=at)
    if given.side is Side.OWNER:
        _count(row, engagement, actor=actor, at=at)
    return row


def _count(row: Rating, engagement: EngagementView, *, actor: Actor, at: datetime) -> None:
    """An owner's rating moves the agency's score and ends the course of the procurement."""
    add_event(
        agency_id=row.rated_id, kind=EventKind.RATING, source=f"rating:{row.pk}", points=Decimal(0), actor=actor, at=at,
        stars=row.mean, owner_id=row.rated_by_id, linked=row.linked, by_rule=row.by_rule,
    )  # fmt: skip
    if engagement.state is EngagementState.DONE:
        procurement = procurements.locked_procurement(engagement.procurement_id)
        procurements.move_procurement(procurement, ProcurementCommand.RATE, actor=actor, at=at, ended_at=at)


@transaction.atomic
def appeal(*, actor: Actor, rating_id: int, words: str, at: datetime) -> None:
    """Who was rated appeals to the authority, within the limit.

    Refuses `NotFound`, `NotPermitted`, `AppealTooLate`, `WordsTooShort`, `NotAllowedNow`.
    """
    row = Rating.objects.select_for_update(of=("self",)).filter(pk=rating_id).first()
    if row is None:
        raise NotFound()
    can_appeal(actor, row.rated_id).require()
    if local_day(at) > row.appeal_until:
        raise AppealTooLate(until=row.appeal_until.isoformat())
    said = words_of(words)
    step = RATING.fire(RatingState(row.state), RatingCommand.APPEAL)
    Rating.objects.filter(pk=row.pk, state=row.state).update(state=step.target.value, appeal=said, appealed_at=at)
    payload: dict[str, JSON] = {"words_sha256": digest(said.encode())}
    record(f"rating:{row.pk}", step.event, actor=actor, payload=payload, at=at)


def _sides(engagement: EngagementView, side: Side) -> tuple[int, int]:
    """Who rates, and who is rated."""
    sides = (engagement.owner_id, engagement.agency_id)
    return sides if side is Side.OWNER else (sides[1], sides[0])
