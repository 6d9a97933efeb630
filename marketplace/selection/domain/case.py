"""The case of a selection: everything that its result follows from, as it is published afterwards.

Amounts are yuan with two places. A discount-rate quote 下浮率 of 12.50 % is compared as what remains of the ceiling,
87.50: in that scale lower is cheaper as with amounts, so every method has one direction only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commons.domain.money import Money, round_money
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON

HUNDRED = Decimal(100)


class Way(StrEnum):
    """How the winner is found 选取方式."""

    LOTTERY = "LOTTERY"
    LOWEST_PRICE = "LOWEST_PRICE"
    """By sealed quotes or, after a live room, by the prices at its hammer."""
    BEST_PRICE = "BEST_PRICE"
    AVERAGE_PRICE = "AVERAGE_PRICE"
    CREDIT_MERIT = "CREDIT_MERIT"
    PROPOSAL_MERIT = "PROPOSAL_MERIT"
    DIRECT = "DIRECT"


class QuoteKind(StrEnum):
    """What agencies quote."""

    AMOUNT = "AMOUNT"
    DISCOUNT = "DISCOUNT"
    """A discount rate on the ceiling, in percent."""
    NONE = "NONE"
    """Nothing: the price is fixed."""


class TieRule(StrEnum):
    """What decides among equals; the rules of a case apply in their order."""

    CREDIT = "CREDIT"
    PRICE = "PRICE"
    EARLIER = "EARLIER"
    DRAW = "DRAW"


class AfterRefusal(StrEnum):
    """What follows when the selected agency gives up."""

    NEXT = "NEXT"
    """The next one under the same figures."""
    REDRAW = "REDRAW"
    """Everything is computed or drawn anew among the others."""
    REANNOUNCE = "REANNOUNCE"


class Cause(StrEnum):
    """Why an agency that was in the selection is out of it."""

    REFUSED = "REFUSED"
    LOST_QUALIFICATION = "LOST_QUALIFICATION"


@dataclass(frozen=True, slots=True)
class Entrant:
    """An agency that signed up. `barred` names what it lacks at the moment of selection; empty: qualified."""

    number: str
    """Its number in this selection, by order of sign-up; draws name agencies by it."""
    name: str
    code: str
    """Unified social credit code."""
    signed_up_at: str
    credit: Decimal
    quote: Decimal | None = None
    barred: str = ""

    def comparable(self, kind: QuoteKind) -> Decimal:
        """The quote in the scale in which lower is cheaper."""
        assert self.quote is not None, "the method compares quotes"
        return HUNDRED - self.quote if kind is QuoteKind.DISCOUNT else self.quote


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a panel's score sheet; `points` is its maximum."""

    key: str
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """What one member gave one agency for one criterion."""

    member: str
    number: str
    criterion: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A verifiable draw that the case used: `purpose` says for what, `draw_id` names its public record."""

    purpose: str
    draw_id: str
    roster: tuple[str, ...]
    exclusions: tuple[str, ...]
    selected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """An agency that was selected and fell out."""

    number: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of one selection, as its notice published them."""

    way: Way
    quote_kind: QuoteKind = QuoteKind.AMOUNT
    ceiling: Decimal | None = None
    floor: Decimal | None = None
    minimum: int = 1
    """The fewest qualified agencies."""
    factors: tuple[Decimal, ...] = ()
    """Best price: from which one is drawn."""
    trim_from: int = 0
    """Best price: from so many quotes on, one highest and one lowest are left out."""
    big_list: int = 0
    small_list: int = 0
    numbers: int = 0
    """Credit merit: how many draw numbers are allotted in proportion to credit."""
    criteria: tuple[Criterion, ...] = ()
    ties: tuple[TieRule, ...] = (TieRule.DRAW,)
    after_refusal: AfterRefusal = AfterRefusal.NEXT
    named: str = ""
    """Direct selection: the credit code of the agency that the owner named."""
    reason: str = ""
    """Direct selection: why that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A selection as far as it is. The same case always gives the same outcome."""

    procurement: str
    terms: Terms
    entrants: tuple[Entrant, ...]
    live: bool = False
    """The quotes are the prices at a room's hammer."""
    draws: tuple[Drawn, ...] = ()
    scores: tuple[Score, ...] = ()
    pick: str = ""
    pick_reason: str = ""
    dropped: tuple[Dropped, ...] = field(default=())

    def drawn(self, purpose: str) -> Drawn | None:
        return next((draw for draw in self.draws if draw.purpose == purpose), None)

    def out(self) -> frozenset[str]:
        """The numbers of those who fell out."""
        return frozenset(one.number for one in self.dropped)

    def entrant(self, number: str) -> Entrant:
        return next(one for one in self.entrants if one.number == number)

    def amount(self, entrant: Entrant) -> Money | None:
        """What the contract is worth with this agency; None where rates are quoted without a ceiling."""
        terms = self.terms
        if terms.quote_kind is QuoteKind.NONE or entrant.quote is None:
            return None if terms.ceiling is None else round_money(terms.ceiling)
        if terms.quote_kind is QuoteKind.AMOUNT:
            return round_money(entrant.quote)
        if terms.ceiling is None:
            return None
        return round_money(terms.ceiling * entrant.comparable(QuoteKind.DISCOUNT) / HUNDRED)

    def sha256(self) -> str:
        """The digest of the published form."""
        return canonical.digest(canonical.encode(case_json(self)))


def case_json(case: Case) -> dict[str, JSON]:
    """The published form: numbers as text."""
    return {
        "procurement": case.procurement,
        "live": case.live,
        "terms": _terms_json(case.terms),
        "entrants": [_entrant_json(one) for one in case.entrants],
        "draws": [
            {
                "purpose": one.purpose,
                "draw_id": one.draw_id,
                "roster": list(one.roster),
                "exclusions": list(one.exclusions),
                "selected": list(one.selected),
            }
            for one in case.draws
        ],
        "scores": [
            {"member": one.member, "number": one.number, "criterion": one.criterion, "points": str(one.points)}
            for one in case.scores
        ],
        "pick": case.pick,
        "pick_reason": case.pick_reason,
        "dropped": [{"number": one.number, "cause": one.cause.value} for one in case.dropped],
    }


def _entrant_json(one: Entrant) -> dict[str, JSON]:
    return {
        "number": one.number,
        "name": one.name,
        "code": one.code,
        "signed_up_at": one.signed_up_at,
        "credit": str(one.credit),
        "quote": _text(one.quote),
        "barred": one.barred,
    }


def _terms_json(terms: Terms) -> dict[str, JSON]:
    return {
        "way": terms.way.value,
        "quote_kind": terms.quote_kind.value,
        "ceiling": _text(terms.ceiling),
        "floor": _text(terms.floor),
        "minimum": str(terms.minimum),
        "factors": [str(one) for one in terms.factors],
        "trim_from": str(terms.trim_from),
        "big_list": str(terms.big_list),
        "small_list": str(terms.small_list),
        "numbers": str(terms.numbers),
        "criteria": [{"key": one.key, "label": one.label, "points": str(one.points)} for one in terms.criteria],
        "ties": [one.value for one in terms.ties],
        "after_refusal": terms.after_refusal.value,
        "named": terms.named,
        "reason": terms.reason,
    }


def case_from(data: Mapping[str, JSON]) -> Case:
    """The case that a published form spells. Raises `KeyError`, `TypeError`, `ValueError` where it is none."""
    return Case(
        procurement=str(data["procurement"]),
        live=bool(data["live"]),
        terms=terms_from(_map(data["terms"])),
        entrants=tuple(_entrant(_map(one)) for one in _list(data["entrants"])),
        draws=tuple(_drawn(_map(one)) for one in _list(data["draws"])),
        scores=tuple(_score(_map(one)) for one in _list(data["scores"])),
        pick=str(data["pick"]),
        pick_reason=str(data["pick_reason"]),
        dropped=tuple(
            Dropped(str(_map(one)["number"]), Cause(str(_map(one)["cause"]))) for one in _list(data["dropped"])
        ),
    )


def terms_from(data: Mapping[str, JSON]) -> Terms:
    """The terms that a published form spells; raises as `case_from`."""
    return Terms(
        way=Way(str(data["way"])),
        quote_kind=QuoteKind(str(data["quote_kind"])),
        ceiling=_decimal(data["ceiling"]),
        floor=_decimal(data["floor"]),
        minimum=int(str(data["minimum"])),
        factors=tuple(Decimal(str(one)) for one in _list(data["factors"])),
        trim_from=int(str(data["trim_from"])),
        big_list=int(str(data["big_list"])),
        small_list=int(str(data["small_list"])),
        numbers=int(str(data["numbers"])),
        criteria=tuple(_criterion(_map(one)) for one in _list(data["criteria"])),
        ties=tuple(TieRule(str(one)) for one in _list(data["ties"])),
        after_refusal=AfterRefusal(str(data["after_refusal"])),
        named=str(data["named"]),
        reason=str(data["reason"]),
    )


def terms_json(terms: Terms) -> dict[str, JSON]:
    """The published form of the terms alone."""
    return _terms_json(terms)


def _criterion(data: Mapping[str, JSON]) -> Criterion:
    return Criterion(str(data["key"]), str(data["label"]), Decimal(str(data["points"])))


def _entrant(data: Mapping[str, JSON]) -> Entrant:
    texts = (str(data[name]) for name in ("number", "name", "code", "signed_up_at"))
    number, name, code, signed_up_at = texts
    credit, quote = Decimal(str(data["credit"])), _decimal(data["quote"])
    return Entrant(number, name, code, signed_up_at, credit, quote, str(data["barred"]))


def _drawn(data: Mapping[str, JSON]) -> Drawn:
    roster, exclusions, selected = (
        tuple(str(one) for one in _list(data[name])) for name in ("roster", "exclusions", "selected")
    )
    return Drawn(str(data["purpose"]), str(data["draw_id"]), roster, exclusions, selected)


def _score(data: Mapping[str, JSON]) -> Score:
    return Score(str(data["member"]), str(data["number"]), str(data["criterion"]), Decimal(str(data["points"])))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _decimal(value: JSON) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _map(value: JSON) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping):
        raise TypeError("an object is missing")
    return value


def _list(value: JSON) -> Sequence[JSON]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value
