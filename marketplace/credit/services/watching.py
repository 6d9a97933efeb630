"""For the timekeeper: what the rules themselves do to credit."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from commons.domain.deadlines import local_day
from commons.domain.text import gettext_noop
from marketplace.credit.domain.ratings import Side
from marketplace.credit.domain.scoring import EventKind
from marketplace.credit.models import CreditEvent, Rating
from marketplace.credit.services.common import PLATFORM, add_event, number, tell
from marketplace.credit.services.deciding import end_due_listings
from marketplace.credit.services.rating import rate_by_rule
from marketplace.fulfilment.domain.states import EngagementState
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.queries import view

AT_ONCE = 500
_WAITING = (EngagementState.PUBLISHED.value, EngagementState.CONTRACTING.value)


def advance_due(at: datetime) -> int:
    """Given-up selections and overdue contracts cost points; silent owners' ratings are given by rule."""
    today = local_day(at)
    gave_up = Engagement.objects.filter(state=EngagementState.GIVEN_UP.value)
    overdue = Engagement.objects.filter(state__in=_WAITING, contract_due_on__lt=today, suspended_by="")
    done = sum(_lose(one, EventKind.GAVE_UP, "credit.give_up", at) for one in _unnoted(gave_up, EventKind.GAVE_UP))
    for one in _unnoted(overdue, EventKind.OVERDUE_CONTRACT):
        done += _lose(one, EventKind.OVERDUE_CONTRACT, "credit.overdue_contract", at)
    rated = Rating.objects.filter(engagement=OuterRef("pk"), side=Side.OWNER.value)
    silent = Engagement.objects.filter(state=EngagementState.DONE.value, rating_due_on__lt=today)
    for one in silent.exclude(Exists(rated)).order_by("id")[:AT_ONCE]:
        rate_by_rule(view(one), at=at)
        done += 1
    return done + end_due_listings(at)


def _unnoted(found: "QuerySet[Engagement]", kind: EventKind) -> list[Engagement]:
    source = Concat(Value("engagement:"), Cast(OuterRef("pk"), CharField()))
    noted = CreditEvent.objects.filter(kind=kind.value, source=source)
    return list(found.exclude(Exists(noted)).order_by("id")[:AT_ONCE])


@transaction.atomic
def _lose(one: Engagement, kind: EventKind, parameter: str, at: datetime) -> int:
    points = -Decimal(number(parameter, one.region, at))
    source = f"engagement:{one.pk}"
    add_event(agency_id=one.agency_id, kind=kind, source=source, points=points, actor=PLATFORM, at=at)
    subject = gettext_noop("Your organisation lost credit points over %(title)s")
    link = f"/supermarket/credit/{one.agency_id}/"
    tell(one.agency_id, subject, at=at, key=f"{kind}:{one.pk}", link=link, title=one.title)
    return 1
