"""The tender document 招标文件 as data: structured clauses, scoring table, contract terms, bill of quantities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from commons.domain.money import as_text, parse_decimal
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

HUNDRED = Decimal(100)
CHAPTERS = ("INSTRUCTIONS", "QUALIFICATION", "EVALUATION", "CONTRACT", "REQUIREMENTS")
"""Chapters that every document has; a template fills them, the owner edits them."""

CHAPTER_LABELS: Mapping[str, str] = {
    "INSTRUCTIONS": gettext_noop("Instructions to bidders"),
    "QUALIFICATION": gettext_noop("Qualification asked"),
    "EVALUATION": gettext_noop("How bids are evaluated"),
    "CONTRACT": gettext_noop("Contract terms"),
    "REQUIREMENTS": gettext_noop("What is to be delivered"),
}


class DocumentMalformed(Refusal):
    code = "TENDER_DOCUMENT_MALFORMED"
    message = gettext_noop("The tender document cannot be kept: %(reason)s (%(where)s).")
    status = 400


class ScoringNotHundred(Refusal):
    code = "SCORING_NOT_HUNDRED"
    message = gettext_noop("The scoring table adds up to %(total)s points; it must be exactly 100.")
    status = 400


class PriceWeightTooLow(Refusal):
    """财政部令第87号 第55条: goods at least 30 %, services at least 10 %."""

    code = "PRICE_WEIGHT_TOO_LOW"
    message = gettext_noop("The price weighs %(given)s of 100 points; at least %(least)s are needed (%(source)s).")
    status = 400


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `star` marks a demand whose breach rejects a bid ★."""

    chapter: str
    number: str
    title: str
    text: str
    star: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the scoring table. `kind`: PRICE, OBJECTIVE or SUBJECTIVE; `points` is the full score."""

    code: str
    title: str
    kind: str
    points: Decimal
    standard: str
    blind: bool = False


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill of quantities 工程量清单."""

    code: str
    name: str
    feature: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class TenderDocument:
    """The whole document. `bills` by section number."""

    clauses: tuple[Clause, ...] = ()
    scoring: tuple[Criterion, ...] = ()
    bills: Mapping[int, tuple[BillLine, ...]] = field(default_factory=dict)

    @property
    def price_points(self) -> Decimal:
        return sum((one.points for one in self.scoring if one.kind == "PRICE"), Decimal(0))

    @property
    def total_points(self) -> Decimal:
        return sum((one.points for one in self.scoring), Decimal(0))

    def chapter(self, name: str) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.chapter == name)


KINDS = ("PRICE", "OBJECTIVE", "SUBJECTIVE")


def require_scoring(document: TenderDocument, *, scored: bool, least_price: Decimal | None, source: str) -> None:
    """Refuses a scoring table that is not 100 points (`ScoringNotHundred`) or weighs the price too little.

    `scored` is whether the award method scores at all; lowest-price methods have no table.
    """
    if not scored:
        return
    if document.total_points != HUNDRED:
        raise ScoringNotHundred(total=as_text(document.total_points))
    if least_price is not None and document.price_points < least_price * HUNDRED:
        raise PriceWeightTooLow(
            given=as_text(document.price_points), least=as_text((least_price * HUNDRED).normalize()), source=source
        )


def as_content(document: TenderDocument) -> dict[str, Any]:
    """The JSON of a document; `parse` gives the same document back."""
    return {
        "clauses": [
            {"chapter": one.chapter, "number": one.number, "title": one.title, "text": one.text, "star": one.star}
            for one in document.clauses
        ],
        "scoring": [
            {
                "code": one.code,
                "title": one.title,
                "kind": one.kind,
                "points": as_text(one.points),
                "standard": one.standard,
                "blind": one.blind,
            }
            for one in document.scoring
        ],
        "bills": {
            str(number): [
                {
                    "code": line.code,
                    "name": line.name,
                    "feature": line.feature,
                    "unit": line.unit,
                    "quantity": as_text(line.quantity),
                }
                for line in lines
            ]
            for number, lines in document.bills.items()
        },
    }


def parse(content: Mapping[str, Any]) -> TenderDocument:
    """The document that the JSON says. Refuses `DocumentMalformed`."""
    document = TenderDocument(
        clauses=tuple(_clause(row) for row in content.get("clauses", ())),
        scoring=tuple(_criterion(row) for row in content.get("scoring", ())),
        bills={
            int(number): tuple(bill_line(row, where=f"{number}.{index}") for index, row in enumerate(rows, 1))
            for number, rows in dict(content.get("bills", {})).items()
        },
    )
    _require_once([one.code for one in document.scoring], gettext_noop("a criterion is there twice"))
    _require_once(
        [f"{one.chapter} {one.number}" for one in document.clauses], gettext_noop("a clause number is there twice")
    )
    return document


def bill_line(row: Mapping[str, Any], *, where: str) -> BillLine:
    """One line of a bill. Refuses (`DocumentMalformed`) one without code, name, unit or a quantity above zero."""
    texts = {name: str(row.get(name) or "").strip() for name in ("code", "name", "feature", "unit")}
    if not (texts["code"] and texts["name"] and texts["unit"]):
        raise DocumentMalformed(reason=gettext_noop("code, name and unit are needed"), where=where)
    try:
        quantity = parse_decimal(str(row.get("quantity", "")), field="quantity", places=6, allow_zero=False)
    except Refusal:
        raise DocumentMalformed(reason=gettext_noop("the quantity is no number above zero"), where=where) from None
    return BillLine(texts["code"], texts["name"], texts["feature"], texts["unit"], quantity)


def _clause(row: Mapping[str, Any]) -> Clause:
    chapter, number = str(row.get("chapter", "")), str(row.get("number", "")).strip()
    title, text = str(row.get("title", "")).strip(), str(row.get("text", "")).strip()
    if chapter not in CHAPTERS:
        raise DocumentMalformed(reason=gettext_noop("there is no such chapter"), where=chapter)
    if not (number and title and text):
        raise DocumentMalformed(reason=gettext_noop("a clause has number, title and text"), where=f"{chapter} {number}")
    return Clause(chapter, number, title, text, bool(row.get("star", False)))


def _criterion(row: Mapping[str, Any]) -> Criterion:
    code, kind = str(row.get("code", "")).strip(), str(row.get("kind", ""))
    title = str(row.get("title", "")).strip()
    if not code or not title or kind not in KINDS:
        raise DocumentMalformed(reason=gettext_noop("a criterion has code, title and kind"), where=code or title)
    try:
        points = parse_decimal(str(row.get("points", "")), field="points", places=2, allow_zero=False)
    except Refusal:
        raise DocumentMalformed(reason=gettext_noop("the points are no number above zero"), where=code) from None
    return Criterion(code, title, kind, points, str(row.get("standard", "")).strip(), bool(row.get("blind", False)))


def _require_once(names: Sequence[str], reason: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DocumentMalformed(reason=reason, where=name)
