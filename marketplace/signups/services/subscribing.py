"""Agencies ask to hear of notices; after a publication those that may sign up are told."""

from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.inbox import services as inbox
from marketplace.catalogue.domain.items import ItemUnknown
from marketplace.catalogue.models import ServiceItem
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.queries import require_entered
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.queries import procurement
from marketplace.signups.domain.signups import SubscriptionFacts
from marketplace.signups.models import Subscription
from marketplace.signups.policies import can_sign_up
from marketplace.signups.queries.matching import subscribers

MOST = 50


class SubscriptionKnown(Refusal):
    code = "SUBSCRIPTION_KNOWN"
    message = gettext_noop("You have this subscription already.")


class SubscriptionsFull(Refusal):
    code = "SUBSCRIPTIONS_FULL"
    message = gettext_noop("An agency keeps at most %(most)s subscriptions. End one first.")


@transaction.atomic
def subscribe(*, actor: Actor, facts: SubscriptionFacts, at: datetime) -> int:
    """Ask to hear of such notices. Refuses `NotEntered`, `ItemUnknown`, `SubscriptionKnown`, `SubscriptionsFull`."""
    can_sign_up(actor).require()
    agency = require_entered(actor, EntrantKind.AGENCY)
    check_region(facts.region)
    if facts.item_id is not None and not ServiceItem.objects.filter(pk=facts.item_id).exists():
        raise ItemUnknown(item=str(facts.item_id))
    if Subscription.objects.filter(agency=agency).count() >= MOST:
        raise SubscriptionsFull(most=MOST)
    try:
        with transaction.atomic():
            made = Subscription.objects.create(
                agency=agency,
                item_id=facts.item_id,
                region=facts.region,
                least_price=facts.least_price,
                created_at=at,
            )
    except IntegrityError:
        raise SubscriptionKnown() from None
    return made.pk


@transaction.atomic
def unsubscribe(*, actor: Actor, subscription_id: int) -> None:
    """Hear of such notices no longer. Refuses (`NotFound`) those of others."""
    can_sign_up(actor).require()
    if actor.organisation_id is None:
        raise NotFound()
    own = Subscription.objects.filter(pk=subscription_id, agency__organisation_id=actor.organisation_id)
    if not own.delete()[0]:
        raise NotFound()


def tell_subscribers(procurement_id: int, version: int, *, at: datetime) -> int:
    """Tell whoever asked and may sign up, once per version; how many. For the handler of `marketplace.published`."""
    found = procurement(procurement_id)
    if found.version != version or found.state is not ProcurementState.SIGNING_UP:
        return 0
    told = subscribers(found, at=at)
    for _, organisation_id in told:
        inbox.deliver(
            organisation_id=organisation_id,
            subject_msgid=gettext_noop("A notice fits your subscription: %(title)s"),
            fields={"title": found.need.title},
            link=f"/supermarket/notices/{found.id}/",
            at=at,
            key=f"subscription:{found.id}:{version}:{organisation_id}",
        )
    return len(told)
