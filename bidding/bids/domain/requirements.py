"""What a section asks of a bid, as data: `luochui-bid-rules/v1`, the same for bidder and committee."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commons.domain.money import as_text

FORMAT = "luochui-bid-rules/v1"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the document set."""

    code: str
    label: str
    label_zh: str
    required: bool
    blind: bool


@dataclass(frozen=True, slots=True)
class BillItem:
    """A line that must be priced."""

    code: str
    name: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that a machine can check of a bid."""

    tender: str
    section: str
    price_kind: str
    """AMOUNT or DISCOUNT_RATE."""
    ceiling: Decimal | None
    bond: Decimal | None
    deadline: date
    parts: tuple[Part, ...]
    bill: tuple[BillItem, ...]
    consortium: bool
    brands: bool
    sme_reserved: bool
    needs_licence: bool
    alternatives: tuple[tuple[str, Decimal], ...] = ()
    """Other solutions by their names, each with its own ceiling."""
    grades: tuple[str, ...] = ()
    """The least grade in each specialty."""
    start_price: Decimal | None = None
    """Of a right that is granted: no price below it counts."""

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "tender": self.tender,
            "section": self.section,
            "price_kind": self.price_kind,
            "ceiling": None if self.ceiling is None else as_text(self.ceiling),
            "bond": None if self.bond is None else as_text(self.bond),
            "deadline": self.deadline.isoformat(),
            "parts": [
                {
                    "code": part.code,
                    "label": part.label,
                    "label_zh": part.label_zh,
                    "required": part.required,
                    "blind": part.blind,
                }
                for part in self.parts
            ],
            "bill": [
                {"code": item.code, "name": item.name, "unit": item.unit, "quantity": as_text(item.quantity)}
                for item in self.bill
            ],
            "consortium": self.consortium,
            "brands": self.brands,
            "sme_reserved": self.sme_reserved,
            "needs_licence": self.needs_licence,
            "alternatives": [{"label": label, "ceiling": as_text(most)} for label, most in self.alternatives],
            "grades": list(self.grades),
            "start_price": None if self.start_price is None else as_text(self.start_price),
        }


def parse(data: Mapping[str, Any]) -> Requirements:
    """The requirements that the platform published. Raises `KeyError`, `ValueError` for anything else."""
    if data["format"] != FORMAT:
        raise ValueError(f"not {FORMAT}")
    return Requirements(
        tender=data["tender"],
        section=data["section"],
        price_kind=data["price_kind"],
        ceiling=None if data["ceiling"] is None else Decimal(data["ceiling"]),
        bond=None if data["bond"] is None else Decimal(data["bond"]),
        deadline=date.fromisoformat(data["deadline"]),
        parts=tuple(
            Part(row["code"], row["label"], row["label_zh"], row["required"], row["blind"]) for row in data["parts"]
        ),
        bill=tuple(BillItem(row["code"], row["name"], row["unit"], Decimal(row["quantity"])) for row in data["bill"]),
        consortium=data["consortium"],
        brands=data["brands"],
        sme_reserved=data["sme_reserved"],
        needs_licence=data["needs_licence"],
        alternatives=tuple((row["label"], Decimal(row["ceiling"])) for row in data["alternatives"]),
        grades=tuple(data["grades"]),
        start_price=None if data.get("start_price") is None else Decimal(data["start_price"]),
    )
