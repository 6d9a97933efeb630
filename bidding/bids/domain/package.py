"""A bid as data: `luochui-bid/v1`, the file `bid.json` that stands in every envelope beside the volumes.

Canonical JSON: amounts and counts are strings. Standard library and the vocabulary of the house only, so that the
offline composer reads and writes the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bidding.scoring.domain.capitals import parse_capitals
from bidding.scoring.domain.model import Line, Quoted
from commons.domain.money import parse_decimal
from commons.domain.refusals import Malformed, Refusal

FORMAT = "luochui-bid/v1"
NAME = "bid.json"
MOST_LINES = 20_000
LARGEST_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Volume:
    """One file of the bid and the part of the document set that it is."""

    part: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class BillPrice:
    """A line of the bill of quantities with its price."""

    code: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Licence:
    title: str
    number: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a consortium with its share of the work, in percent, and the licences that it brings."""

    uscc: str
    name: str
    share: Decimal
    licence: str = ""


@dataclass(frozen=True, slots=True)
class BidPackage:
    """Everything that a bid says in figures and words."""

    tender: str
    section: str
    bidder: str
    """Credit code."""
    figures: Decimal | None
    words: str
    rate: Decimal | None
    alternative: str = ""
    """Which of the solutions with a ceiling of its own it is for; nothing for the main one."""
    bill: tuple[BillPrice, ...] = ()
    validity_days: int = 0
    duration_days: int = 0
    licences: tuple[Licence, ...] = ()
    people: tuple[Mapping[str, str], ...] = ()
    performance: tuple[Mapping[str, str], ...] = ()
    brands: tuple[str, ...] = ()
    sme: bool = False
    domestic: bool = False
    bond: str = ""
    """GUARANTEE, DEPOSIT or nothing."""
    members: tuple[Member, ...] = ()
    volumes: tuple[Volume, ...] = field(default_factory=tuple)

    def quoted(self) -> Quoted | None:
        """The amount in its several places; None where figures or words cannot be read."""
        if self.figures is None:
            return None
        try:
            words = parse_capitals(self.words) if self.words else None
        except Refusal:
            return None
        lines = tuple(Line(one.unit_price, one.quantity, one.total, one.code) for one in self.bill)
        total = sum((one.total for one in self.bill), Decimal(0)) if self.bill else None
        return Quoted(sheet_figures=self.figures, sheet_words=words, details_total=total, lines=lines)


def parse(data: object) -> BidPackage:
    """The bid that the JSON says. Refuses (`Malformed`) what cannot be read, and names the place."""
    given = _object(data, "bid")
    if given.get("format") != FORMAT:
        raise Malformed(field="format", reason=f"not {FORMAT}")
    price = _object(given.get("price", {}), "price")
    bill = _list(given.get("bill", []), "bill")
    if len(bill) > MOST_LINES:
        raise Malformed(field="bill", reason="too many lines")
    return BidPackage(
        tender=_text(given, "tender"),
        section=_text(given, "section"),
        bidder=_text(_object(given.get("bidder"), "bidder"), "uscc"),
        figures=_maybe(price.get("figures"), "price.figures", places=2),
        words=str(price.get("words") or ""),
        rate=_maybe(price.get("rate"), "price.rate", places=6),
        alternative=str(given.get("alternative") or ""),
        bill=tuple(_bill(row, f"bill[{index}]") for index, row in enumerate(bill)),
        validity_days=_count(given.get("validity_days", "0"), "validity_days"),
        duration_days=_count(given.get("duration_days", "0"), "duration_days"),
        licences=tuple(_licence(row) for row in _list(given.get("licences", []), "licences")),
        people=tuple(_words(row, "people") for row in _list(given.get("people", []), "people")),
        performance=tuple(_words(row, "performance") for row in _list(given.get("performance", []), "performance")),
        brands=tuple(str(one).strip() for one in _list(given.get("brands", []), "brands") if str(one).strip()),
        sme=given.get("sme") is True,
        domestic=given.get("domestic") is True,
        bond=str(given.get("bond") or ""),
        members=tuple(
            _member(row, f"members[{n}]") for n, row in enumerate(_list(given.get("members", []), "members"))
        ),
        volumes=tuple(_volume(row) for row in _list(given.get("volumes", []), "volumes")),
    )


def _bill(row: object, place: str) -> BillPrice:
    given = _object(row, place)
    return BillPrice(
        code=_text(given, "code"),
        quantity=parse_decimal(given.get("quantity", ""), field=f"{place}.quantity", places=6),
        unit_price=parse_decimal(given.get("unit_price", ""), field=f"{place}.unit_price", places=6),
        total=parse_decimal(given.get("total", ""), field=f"{place}.total", places=2),
    )


def _licence(row: object) -> Licence:
    given = _object(row, "licences")
    text = str(given.get("valid_until") or "")
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError:
        raise Malformed(field="licences.valid_until", reason="not a day like 2026-12-31") from None
    return Licence(_text(given, "title"), str(given.get("number") or ""), until)


def _member(row: object, place: str) -> Member:
    given = _object(row, place)
    share = parse_decimal(given.get("share", ""), field=f"{place}.share", places=4)
    return Member(_text(given, "uscc"), str(given.get("name") or ""), share, str(given.get("licence") or ""))


def _volume(row: object) -> Volume:
    given = _object(row, "volumes")
    size = _count(given.get("size", ""), "volumes.size")
    return Volume(_text(given, "part"), _text(given, "name"), _text(given, "sha256"), size)


def _words(row: object, place: str) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in _object(row, place).items()}


def _object(data: object, place: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Malformed(field=place, reason="not a JSON object")
    return data


def _list(data: object, place: str) -> list[Any]:
    if not isinstance(data, list):
        raise Malformed(field=place, reason="not a list")
    return data


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(field=name, reason="not a text")
    return value


def _count(value: object, place: str) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 12:
        raise Malformed(field=place, reason="not a whole number")
    return int(value)


def _maybe(value: object, place: str, *, places: int) -> Decimal | None:
    """None for an empty field; a malformed one counts as not quoted, and the check says so."""
    if value in (None, ""):
        return None
    try:
        return parse_decimal(value if isinstance(value, str) else "", field=place, places=places, allow_zero=False)
    except Refusal:
        return None
