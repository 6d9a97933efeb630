"""The company keeps licences, people and finished projects for its bids."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from bidding.bids import policies
from bidding.bids.domain.library import ItemKind
from bidding.bids.models import LibraryItem
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence.services import append


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is said of an item; a person's `title` is the name, `number` the certificate."""

    kind: ItemKind
    title: str
    number: str = ""
    role: str = ""
    amount: Decimal | None = None
    valid_until: date | None = None


@transaction.atomic
def keep_item(*, actor: Actor, facts: ItemFacts, at: datetime) -> int:
    """Put an item into the own organisation's library; its number. Raises `NotPermitted`."""
    policies.can_prepare(actor).require()
    assert actor.organisation_id is not None, "a bidder is an organisation"
    row = LibraryItem.objects.create(
        organisation_id=actor.organisation_id,
        kind=facts.kind.value,
        title=facts.title,
        number=facts.number,
        role=facts.role,
        amount=facts.amount,
        valid_until=facts.valid_until,
        entered_at=at,
    )
    _record(row, "library.kept", actor, at)
    return row.pk


@transaction.atomic
def retire_item(*, actor: Actor, item_id: int, at: datetime) -> None:
    """Take an item out of the library; bids that named it keep what they say. Raises `NotPermitted`, `NotFound`."""
    policies.can_prepare(actor).require()
    assert actor.organisation_id is not None, "a bidder is an organisation"
    rows = LibraryItem.objects.select_for_update().filter(
        pk=item_id, organisation_id=actor.organisation_id, retired_at__isnull=True
    )
    row = rows.first()
    if row is None:
        raise NotFound()
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    _record(row, "library.retired", actor, at)


def _record(row: LibraryItem, event: str, actor: Actor, at: datetime) -> None:
    payload = {"item": str(row.pk), "kind": row.kind}
    append(stream=f"library:{row.organisation_id}", type=event, actor=actor, payload=payload, decided_at=at)
