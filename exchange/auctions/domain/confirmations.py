"""The confirmation of the deal 成交确认书 as data: what both sides sign, the same for both but for the side."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from commons.domain.money import as_text, capital_yuan
from commons.domain.time import to_text
from commons.evidence.domain import canonical

CONTEXT = "luochui/deal-confirmation/v1"
KIND = "deal-confirmation"
"""The kind of signing session in which it is signed."""


def side_in(content: bytes) -> str:
    """The side that a signed confirmation names; empty for what is none."""
    try:
        value = canonical.decode(content)
    except canonical.NotCanonical:
        return ""
    return str(value.get("side", "")) if isinstance(value, dict) and value.get("ctx") == CONTEXT else ""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A side of the deal as the confirmation names it."""

    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is confirmed. `quantity` in the instrument's unit, `price` yuan per unit, `amount` yuan."""

    deal: int
    project_code: str
    deal_code: str
    lot: int
    instrument: str
    method: str
    seller: PartyFacts
    buyer: PartyFacts
    quantity: Decimal
    price: Decimal
    amount: Decimal
    hammered_at: datetime

    def content(self, side: str) -> bytes:
        """The canonical JSON that `side` (`BUYER` or `SELLER`) signs."""
        return canonical.encode(
            {
                "ctx": CONTEXT,
                "side": side,
                "deal": f"deal:{self.deal}",
                "project": {"code": self.project_code, "deal_code": self.deal_code},
                "lot": str(self.lot),
                "instrument": self.instrument,
                "method": self.method,
                "seller": {"name": self.seller.name, "uscc": self.seller.uscc},
                "buyer": {"name": self.buyer.name, "uscc": self.buyer.uscc},
                "quantity": as_text(self.quantity),
                "price": as_text(self.price),
                "amount": as_text(self.amount),
                "amount_in_capitals": capital_yuan(self.amount),
                "hammered_at": to_text(self.hammered_at),
            }
        )
