"""What the hall sees in the opened bids before the committee does: sums, ceiling, who stands behind whom, brands.

Nothing here rejects anybody: each remark has its article, and the committee decides. Exact, no database, no clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bidding.scoring.domain.corrections import correct
from bidding.scoring.domain.model import Quoted, Step
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.money import as_text, normal_text
from commons.domain.text import gettext_noop

K = TypeVar("K")


class RemarkCode(StrEnum):
    """What was noticed."""

    AMOUNT_CORRECTED = "AMOUNT_CORRECTED"
    ABOVE_CEILING = "ABOVE_CEILING"
    BELOW_START = "BELOW_START"
    BELOW_RESERVE = "BELOW_RESERVE"
    PRICE_UNREADABLE = "PRICE_UNREADABLE"
    SAME_CONTROL = "SAME_CONTROL"
    SAME_BRAND = "SAME_BRAND"
    FEWER_THAN_MINIMUM = "FEWER_THAN_MINIMUM"
    EQUAL_PRICES = "EQUAL_PRICES"
    OTHER_SOLUTION = "OTHER_SOLUTION"


ARTICLES = {
    RemarkCode.AMOUNT_CORRECTED: "政府采购货物和服务招标投标管理办法 第59条",
    RemarkCode.ABOVE_CEILING: "招标投标法实施条例 第51条",
    RemarkCode.BELOW_START: "国土资源部令第39号 第10条",
    RemarkCode.BELOW_RESERVE: "国土资源部令第39号 第10条",
    RemarkCode.PRICE_UNREADABLE: "招标投标法实施条例 第51条",
    RemarkCode.SAME_CONTROL: "招标投标法实施条例 第34条",
    RemarkCode.SAME_BRAND: "政府采购货物和服务招标投标管理办法 第31条",
    RemarkCode.FEWER_THAN_MINIMUM: "招标投标法 第28条, 第42条",
    RemarkCode.EQUAL_PRICES: "招标投标法实施条例 第40条",
    RemarkCode.OTHER_SOLUTION: "标准施工招标文件 投标人须知 第3.6款",
}


@dataclass(frozen=True, slots=True)
class Control:
    """Who stands behind a bidder; empty where it is not known."""

    uscc: str
    legal_representative: str = ""
    controller: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An opened bid, as far as the hall looks at it. `quoted` is None where its price cannot be read."""

    bidder: str
    quoted: Quoted | None
    rate: Decimal | None = None
    brands: tuple[str, ...] = ()
    control: Control | None = None
    members: tuple[str, ...] = ()
    """Credit codes of a consortium's members."""
    alternative: str = ""
    """The solution that it is for, where that has a ceiling of its own."""
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed, about these bidders, with its article."""

    code: RemarkCode
    bidders: tuple[str, ...]
    step: Step

    @property
    def article(self) -> str:
        return ARTICLES[self.code]


@dataclass(frozen=True, slots=True)
class Read:
    """What is read out of a bid: the price that counts, and whether the bidder must confirm a correction."""

    bidder: str
    price: Decimal | None
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    read: tuple[Read, ...]
    remarks: tuple[Remark, ...]
    competitors: int
    """Bidders that count: those of one brand count as one."""


def analyse(
    offers: Sequence[Offer],
    *,
    ceiling: Decimal | None,
    minimum: int,
    brands_count_once: bool = False,
    start_price: Decimal | None = None,
    reserve: Decimal | None = None,
) -> Analysis:
    """Everything that can be seen at once, in a fixed order. `start_price`, `reserve`: of a right that is granted."""
    remarks: list[Remark] = []
    remarks += [_other_solution(offer) for offer in offers if offer.alternative]
    read = tuple(_read(offer, offer.ceiling or ceiling, remarks) for offer in offers)
    remarks += [_below_start(one, start_price) for one in read if start_price and one.price and one.price < start_price]
    remarks += [_below_reserve(one, reserve) for one in read if reserve and one.price and one.price < reserve]
    remarks += _same_control(offers)
    groups = _same_brand(offers) if brands_count_once else []
    remarks += groups
    remarks += _equal_prices(read)
    competitors = len(offers) - sum(len(group.bidders) - 1 for group in groups)
    if competitors < minimum:
        text = gettext_noop("%(count)s bids count, fewer than the %(minimum)s that are needed.")
        step = Step(text, {"count": str(competitors), "minimum": str(minimum)})
        remarks.append(Remark(RemarkCode.FEWER_THAN_MINIMUM, (), step))
    return Analysis(read, tuple(remarks), competitors)


def _read(offer: Offer, ceiling: Decimal | None, remarks: list[Remark]) -> Read:
    if offer.rate is not None and ceiling is not None:
        return Read(offer.bidder, fen(exact(ceiling) * (1 - exact(offer.rate))), False)
    if offer.quoted is None:
        text = gettext_noop("The price of this bid cannot be read.")
        remarks.append(Remark(RemarkCode.PRICE_UNREADABLE, (offer.bidder,), Step(text)))
        return Read(offer.bidder, None, False)
    correction = correct(offer.quoted)
    remarks += [Remark(RemarkCode.AMOUNT_CORRECTED, (offer.bidder,), step) for step in correction.steps]
    if ceiling is not None and correction.amount > ceiling:
        text = gettext_noop("%(price)s is above the ceiling price %(ceiling)s.")
        fields = {"price": as_text(correction.amount), "ceiling": as_text(ceiling)}
        remarks.append(Remark(RemarkCode.ABOVE_CEILING, (offer.bidder,), Step(text, fields)))
    return Read(offer.bidder, correction.amount, correction.needs_confirmation)


def _below_start(read: Read, start_price: Decimal) -> Remark:
    text = gettext_noop("%(price)s is below the start price %(start)s.")
    fields = {"price": as_text(read.price or Decimal(0)), "start": as_text(start_price)}
    return Remark(RemarkCode.BELOW_START, (read.bidder,), Step(text, fields))


def _below_reserve(read: Read, reserve: Decimal) -> Remark:
    text = gettext_noop("%(price)s is below the secret reserve %(reserve)s: it cannot win.")
    fields = {"price": as_text(read.price or Decimal(0)), "reserve": as_text(reserve)}
    return Remark(RemarkCode.BELOW_RESERVE, (read.bidder,), Step(text, fields))


def _other_solution(offer: Offer) -> Remark:
    text = gettext_noop("This bid is for the solution “%(solution)s”, whose ceiling price is %(ceiling)s.")
    fields = {"solution": offer.alternative, "ceiling": as_text(offer.ceiling) if offer.ceiling else "–"}
    return Remark(RemarkCode.OTHER_SOLUTION, (offer.bidder,), Step(text, fields))


def _same_control(offers: Sequence[Offer]) -> list[Remark]:
    """One person in charge, one controller, one the other's controller, or a member of another's consortium."""
    texts = {
        "person": gettext_noop("The same person is in charge of these bidders: %(who)s."),
        "controller": gettext_noop("The same company holds or runs these bidders: %(who)s."),
        "holding": gettext_noop("One of these bidders holds or runs the other: %(who)s."),
        "member": gettext_noop("A member of a consortium also bids by itself or in another one: %(who)s."),
    }
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    owners = {offer.control.uscc: offer.bidder for offer in offers if offer.control}
    for offer in offers:
        for uscc in offer.members:
            groups["member", uscc].add(offer.bidder)
            if uscc in owners:
                groups["member", uscc].add(owners[uscc])
        if offer.control is None:
            continue
        if offer.control.legal_representative:
            groups["person", offer.control.legal_representative].add(offer.bidder)
        if offer.control.controller:
            groups["controller", offer.control.controller].add(offer.bidder)
            if offer.control.controller in owners:
                groups["holding", offer.control.controller] |= {offer.bidder, owners[offer.control.controller]}
    return [
        Remark(RemarkCode.SAME_CONTROL, tuple(sorted(bidders)), Step(texts[kind], {"who": who}))
        for (kind, who), bidders in sorted(groups.items())
        if len(bidders) > 1
    ]


def _same_brand(offers: Sequence[Offer]) -> list[Remark]:
    """Bidders whose core products are of the same brands count as one."""
    text = gettext_noop("These bidders offer the same brand and count as one: %(brand)s.")
    return [
        Remark(RemarkCode.SAME_BRAND, tuple(bidders), Step(text, {"brand": ", ".join(brands)}))
        for brands, bidders in _grouped((tuple(sorted(offer.brands)), offer.bidder) for offer in offers if offer.brands)
    ]


def _equal_prices(read: Sequence[Read]) -> list[Remark]:
    text = gettext_noop("These bidders quote the same price to the fen: %(price)s.")
    priced = ((entry.price, entry.bidder) for entry in read if entry.price is not None)
    return [
        Remark(RemarkCode.EQUAL_PRICES, tuple(bidders), Step(text, {"price": normal_text(price)}))
        for price, bidders in _grouped(priced)
    ]


def _grouped(pairs: Iterable[tuple[K, str]]) -> list[tuple[K, list[str]]]:
    groups: dict[K, list[str]] = defaultdict(list)
    for key, bidder in pairs:
        groups[key].append(bidder)
    return [(key, sorted(bidders)) for key, bidders in groups.items() if len(bidders) > 1]
