"""The company's own library, for its own people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bidding.bids.domain.library import ItemKind
from bidding.bids.models import LibraryItem
from commons.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class LibraryView:
    id: int
    kind: ItemKind
    title: str
    number: str
    role: str
    amount: Decimal | None
    valid_until: date | None

    def as_json(self) -> dict[str, str]:
        """The item as a bid names it."""
        day = self.valid_until.isoformat() if self.valid_until else ""
        if self.kind is ItemKind.LICENCE:
            return {"title": self.title, "number": self.number, "valid_until": day}
        if self.kind is ItemKind.PERSON:
            return {"name": self.title, "role": self.role, "certificate": self.number}
        amount = "" if self.amount is None else format(self.amount, "f")
        return {"project": self.title, "amount": amount, "completed_on": day}


def library_of(viewer: Actor) -> list[LibraryView]:
    """What the viewer's organisation keeps, by kind and title; nothing for those without one."""
    if viewer.organisation_id is None:
        return []
    rows = LibraryItem.objects.filter(organisation_id=viewer.organisation_id, retired_at__isnull=True)
    return [
        LibraryView(row.pk, ItemKind(row.kind), row.title, row.number, row.role, row.amount, row.valid_until)
        for row in rows
    ]
