"""The machine checks of a bid: what the committee runs after the opening, and the bidder before sealing (`checks.js`).

Both programs give the same findings in the same order for the same bid, requirements and facts about its files; the
vectors in `tests/unit/bidding/bids/check_vectors.json` hold for both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from bidding.bids.domain.package import BidPackage, Volume
from bidding.bids.domain.requirements import Requirements
from bidding.scoring.domain.capitals import parse_capitals
from bidding.scoring.domain.rounding import exact, fen
from bidding.tenders.domain.grades import lowered, short_of
from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

HUNDRED = Decimal(100)


class Level(StrEnum):
    """ERROR: the committee would have to reject or ask; WARNING: worth a second look."""

    ERROR = "ERROR"
    WARNING = "WARNING"


class Check(StrEnum):
    """What is checked, in the order in which findings are told."""

    OTHER_SECTION = "OTHER_SECTION"
    PRICE_MISSING = "PRICE_MISSING"
    WORDS_MISSING = "WORDS_MISSING"
    WORDS_UNREADABLE = "WORDS_UNREADABLE"
    WORDS_DIFFER = "WORDS_DIFFER"
    ALTERNATIVE_UNKNOWN = "ALTERNATIVE_UNKNOWN"
    ABOVE_CEILING = "ABOVE_CEILING"
    BELOW_START = "BELOW_START"
    RATE_OUT_OF_RANGE = "RATE_OUT_OF_RANGE"
    LINE_MISSING = "LINE_MISSING"
    LINE_UNKNOWN = "LINE_UNKNOWN"
    LINE_QUANTITY = "LINE_QUANTITY"
    LINE_TOTAL = "LINE_TOTAL"
    BILL_TOTAL = "BILL_TOTAL"
    PART_MISSING = "PART_MISSING"
    FILE_EMPTY = "FILE_EMPTY"
    FILE_NOT_PDF = "FILE_NOT_PDF"
    FILE_DIFFERS = "FILE_DIFFERS"
    BLIND_METADATA = "BLIND_METADATA"
    BLIND_NAME = "BLIND_NAME"
    BLIND_MARK = "BLIND_MARK"
    LICENCE_MISSING = "LICENCE_MISSING"
    LICENCE_EXPIRED = "LICENCE_EXPIRED"
    BOND_MISSING = "BOND_MISSING"
    CONSORTIUM_BARRED = "CONSORTIUM_BARRED"
    SHARES = "SHARES"
    GRADE_LOWERED = "GRADE_LOWERED"
    """建筑法 第27条, 招标投标法 第31条."""
    GRADE_MISSING = "GRADE_MISSING"
    GRADE_TOO_LOW = "GRADE_TOO_LOW"
    """招标投标法 第26条: a bidder has the qualification that the documents ask for."""
    BRAND_MISSING = "BRAND_MISSING"
    SME_NEEDED = "SME_NEEDED"


TEXTS = {
    Check.OTHER_SECTION: gettext_noop("This bid is for another section."),
    Check.PRICE_MISSING: gettext_noop("The price is missing or cannot be read."),
    Check.WORDS_MISSING: gettext_noop("The price in capital words is missing."),
    Check.WORDS_UNREADABLE: gettext_noop("The price in capital words cannot be read: %(what)s."),
    Check.WORDS_DIFFER: gettext_noop("In words the price is %(what)s, in figures %(other)s."),
    Check.ALTERNATIVE_UNKNOWN: gettext_noop("The documents know no solution %(what)s."),
    Check.ABOVE_CEILING: gettext_noop("The price %(what)s is above the ceiling %(other)s."),
    Check.BELOW_START: gettext_noop("The price %(what)s is below the start price %(other)s."),
    Check.RATE_OUT_OF_RANGE: gettext_noop("The discount rate %(what)s is not between 0 and 1."),
    Check.LINE_MISSING: gettext_noop("The bill of quantities lacks a price for %(what)s."),
    Check.LINE_UNKNOWN: gettext_noop("The bill of quantities has no line %(what)s."),
    Check.LINE_QUANTITY: gettext_noop("Line %(what)s: the quantity was changed; it is %(other)s."),
    Check.LINE_TOTAL: gettext_noop("Line %(what)s: unit price times quantity is %(other)s."),
    Check.BILL_TOTAL: gettext_noop("The bill of quantities adds up to %(what)s, the price is %(other)s."),
    Check.PART_MISSING: gettext_noop("A required part is missing: %(what)s."),
    Check.FILE_EMPTY: gettext_noop("The file %(what)s is empty."),
    Check.FILE_NOT_PDF: gettext_noop("The file %(what)s is no PDF that can be read."),
    Check.FILE_DIFFERS: gettext_noop("The file %(what)s is not the one that the bid names."),
    Check.BLIND_METADATA: gettext_noop("The blind volume %(what)s carries traces of its author: %(other)s."),
    Check.BLIND_NAME: gettext_noop("The name of the blind volume %(what)s tells who you are."),
    Check.BLIND_MARK: gettext_noop("The blind volume %(what)s names you on page %(other)s."),
    Check.LICENCE_MISSING: gettext_noop("No licence is named."),
    Check.LICENCE_EXPIRED: gettext_noop("The licence %(what)s ends on %(other)s, before the opening."),
    Check.BOND_MISSING: gettext_noop("The bond of %(what)s is neither deposited nor guaranteed."),
    Check.CONSORTIUM_BARRED: gettext_noop("Consortia may not bid here."),
    Check.SHARES: gettext_noop("The shares of the consortium add up to %(what)s %%, not to 100 %%."),
    Check.GRADE_LOWERED: gettext_noop(
        "The licence %(what)s counts as %(other)s: of members in one specialty the lowest grade counts."
    ),
    Check.GRADE_MISSING: gettext_noop("The documents ask for %(what)s or better; no such licence is named."),
    Check.GRADE_TOO_LOW: gettext_noop("The documents ask for %(what)s or better; what counts is %(other)s."),
    Check.BRAND_MISSING: gettext_noop("The brand of the core product is missing."),
    Check.SME_NEEDED: gettext_noop("This section is reserved for small and medium enterprises; say that you are one."),
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a program found in a file itself. `marks`: pages on which the bidder is named."""

    sha256: str
    size: int
    is_pdf: bool
    metadata: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold. `what` and `other` fill the text of its check."""

    check: Check
    level: Level = Level.ERROR
    what: str = ""
    other: str = ""

    def as_json(self) -> dict[str, str]:
        return {"check": self.check.value, "level": self.level.value, "what": self.what, "other": self.other}


@dataclass(frozen=True, slots=True)
class Given:
    """A bid with what was found in its files, by their names, and the names by which its bidder could be recognised."""

    bid: BidPackage
    files: dict[str, FileFacts]
    names: tuple[str, ...] = field(default_factory=tuple)


def check(given: Given, asked: Requirements) -> list[Finding]:
    """Every finding, in the order of `Check`."""
    steps = (_place, _price, _bill, _parts, _volumes, _company)
    return [finding for step in steps for finding in step(given, asked)]


def _place(given: Given, asked: Requirements) -> Iterator[Finding]:
    if (given.bid.tender, given.bid.section) != (asked.tender, asked.section):
        yield Finding(Check.OTHER_SECTION)


def _price(given: Given, asked: Requirements) -> Iterator[Finding]:
    bid = given.bid
    if asked.price_kind == "DISCOUNT_RATE":
        if bid.rate is None:
            yield Finding(Check.PRICE_MISSING)
        elif bid.rate >= 1:
            yield Finding(Check.RATE_OUT_OF_RANGE, what=as_text(bid.rate))
        return
    if bid.figures is None:
        yield Finding(Check.PRICE_MISSING)
        return
    if not bid.words:
        yield Finding(Check.WORDS_MISSING)
    else:
        yield from _words(bid.words, bid.figures)
    ceilings = dict(asked.alternatives)
    if bid.alternative and bid.alternative not in ceilings:
        yield Finding(Check.ALTERNATIVE_UNKNOWN, what=bid.alternative)
    ceiling = ceilings.get(bid.alternative, asked.ceiling)
    if ceiling is not None and bid.figures > ceiling:
        yield Finding(Check.ABOVE_CEILING, what=_fen(bid.figures), other=_fen(ceiling))
    if asked.start_price is not None and bid.figures < asked.start_price:
        yield Finding(Check.BELOW_START, what=_fen(bid.figures), other=_fen(asked.start_price))


def _words(words: str, figures: Decimal) -> Iterator[Finding]:
    try:
        amount = parse_capitals(words)
    except Refusal:
        yield Finding(Check.WORDS_UNREADABLE, what=words)
        return
    if amount != figures:
        yield Finding(Check.WORDS_DIFFER, what=_fen(amount), other=_fen(figures))


def _bill(given: Given, asked: Requirements) -> Iterator[Finding]:
    if not asked.bill:
        return
    priced = {line.code: line for line in given.bid.bill}
    wanted = {item.code: item for item in asked.bill}
    for item in asked.bill:
        if item.code not in priced:
            yield Finding(Check.LINE_MISSING, what=item.code)
    for line in given.bid.bill:
        if line.code not in wanted:
            yield Finding(Check.LINE_UNKNOWN, what=line.code)
    for line in given.bid.bill:
        if line.code in wanted and line.quantity != wanted[line.code].quantity:
            yield Finding(Check.LINE_QUANTITY, what=line.code, other=as_text(wanted[line.code].quantity))
    for line in given.bid.bill:
        product = fen(exact(line.unit_price) * exact(line.quantity))
        if product != line.total:
            yield Finding(Check.LINE_TOTAL, what=line.code, other=as_text(product))
    total = sum((line.total for line in given.bid.bill), Decimal(0))
    if given.bid.figures is not None and given.bid.bill and total != given.bid.figures:
        yield Finding(Check.BILL_TOTAL, what=_fen(total), other=_fen(given.bid.figures))


def _parts(given: Given, asked: Requirements) -> Iterator[Finding]:
    there = {volume.part for volume in given.bid.volumes}
    for part in asked.parts:
        if part.required and part.code not in there:
            yield Finding(Check.PART_MISSING, what=part.code)


def _volumes(given: Given, asked: Requirements) -> Iterator[Finding]:
    blind = {part.code for part in asked.parts if part.blind}
    for step in (_empty, _not_pdf, _differs):
        for volume in given.bid.volumes:
            yield from step(volume, given.files.get(volume.name))
    hidden = [volume for volume in given.bid.volumes if volume.part in blind]
    for volume in hidden:
        facts = given.files.get(volume.name)
        if facts is not None and facts.metadata:
            yield Finding(Check.BLIND_METADATA, what=volume.name, other=", ".join(facts.metadata))
    for volume in hidden:
        if any(name and name in volume.name for name in given.names):
            yield Finding(Check.BLIND_NAME, what=volume.name)
    for volume in hidden:
        facts = given.files.get(volume.name)
        if facts is not None and facts.marks:
            yield Finding(Check.BLIND_MARK, what=volume.name, other=", ".join(map(str, facts.marks)))


def _empty(volume: Volume, facts: FileFacts | None) -> Iterator[Finding]:
    if facts is not None and facts.size == 0:
        yield Finding(Check.FILE_EMPTY, what=volume.name)


def _not_pdf(volume: Volume, facts: FileFacts | None) -> Iterator[Finding]:
    if facts is not None and facts.size and not facts.is_pdf:
        yield Finding(Check.FILE_NOT_PDF, what=volume.name)


def _differs(volume: Volume, facts: FileFacts | None) -> Iterator[Finding]:
    if facts is None or (facts.sha256, facts.size) != (volume.sha256, volume.size):
        yield Finding(Check.FILE_DIFFERS, what=volume.name)


def _company(given: Given, asked: Requirements) -> Iterator[Finding]:
    bid = given.bid
    if asked.needs_licence and not bid.licences:
        yield Finding(Check.LICENCE_MISSING)
    for licence in bid.licences:
        if licence.valid_until is not None and licence.valid_until < asked.deadline:
            yield Finding(Check.LICENCE_EXPIRED, what=licence.title, other=licence.valid_until.isoformat())
    if asked.bond is not None and bid.bond not in ("GUARANTEE", "DEPOSIT"):
        yield Finding(Check.BOND_MISSING, what=_fen(asked.bond))
    if bid.members and not asked.consortium:
        yield Finding(Check.CONSORTIUM_BARRED)
    shares = sum((member.share for member in bid.members), Decimal(0))
    if bid.members and shares != HUNDRED:
        yield Finding(Check.SHARES, what=_short(shares))
    yield from _grades(bid, asked)
    if asked.brands and not bid.brands:
        yield Finding(Check.BRAND_MISSING, Level.WARNING)
    if asked.sme_reserved and not bid.sme:
        yield Finding(Check.SME_NEEDED)


def _grades(bid: BidPackage, asked: Requirements) -> Iterator[Finding]:
    titles, members = [one.title for one in bid.licences], [one.licence for one in bid.members]
    for title, counts in lowered(titles, members):
        yield Finding(Check.GRADE_LOWERED, Level.WARNING, what=title, other=counts)
    short = short_of(asked.grades, titles, members)
    for least, counts in short:
        if not counts:
            yield Finding(Check.GRADE_MISSING, what=least)
    for least, counts in short:
        if counts:
            yield Finding(Check.GRADE_TOO_LOW, what=least, other=counts)


def blocks(findings: Sequence[Finding]) -> bool:
    """Whether something must be put right before the bid is handed in as complete."""
    return any(finding.level is Level.ERROR for finding in findings)


def _fen(value: Decimal) -> str:
    return as_text(value.quantize(Decimal("0.01")))


def _short(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
