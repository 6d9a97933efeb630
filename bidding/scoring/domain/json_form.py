"""The JSON form of a scoring and its answer, as fixed for the `score` command (docs/commands.md)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bidding.scoring.domain.capitals import parse_capitals
from bidding.scoring.domain.model import (
    Against,
    Bid,
    Energy,
    Formula,
    Line,
    LowRule,
    Parameters,
    Question,
    Quoted,
    Score,
    Sheet,
    Trim,
)
from bidding.scoring.domain.rounding import fen, percent
from commons.domain.money import as_text, parse_decimal
from commons.domain.refusals import Malformed
from commons.domain.spelled import a_flag, a_list, a_text, an_object

LONGEST = 40
"""Years that an energy-performance contract may be reckoned over."""
_SHARES = ("delta", "discount", "domestic_discount", "works_bonus", "weight", "discount_rate")
_AMOUNTS = (
    "full",
    "above",
    "below",
    "ceiling",
    "start_price",
    "reserve",
    "factor",
    "denominator",
    "addition",
    "cost_floor",
)


def question_of(data: object) -> Question:
    """The question that `data` spells. Refuses (`Malformed`) what cannot be scored, and names the place."""
    given = an_object(data, "question", {"formula", "parameters", "bids"})
    formula = given.get("formula")
    if not isinstance(formula, str) or formula not in list(Formula):
        raise Malformed(field="formula", reason=f"none of {', '.join(Formula)}")
    entries = a_list(given.get("bids"), "bids")
    bids = tuple(_bid(entry, f"bids[{index}]") for index, entry in enumerate(entries))
    names = [bid.bidder for bid in bids]
    if len(set(names)) != len(names):
        raise Malformed(field="bids", reason="a bidder stands there twice")
    return Question(Formula(formula), parameters_of(given.get("parameters") or {}), bids)


def parameters_of(data: object) -> Parameters:
    """The parameters of a formula; what is missing or null has its default."""
    names = {*_SHARES, *_AMOUNTS, "trim", "features", "abnormally_low"}
    given = an_object(data, "parameters", names)
    values: dict[str, Any] = {}
    for name in (*_SHARES, *_AMOUNTS):
        if given.get(name) is not None:
            values[name] = _amount(given, name, "parameters.", zero=name != "denominator")
    for name in _SHARES:
        if values.get(name, Decimal(0)) > 1:
            raise Malformed(field=f"parameters.{name}", reason="a share is at most 1")
    if given.get("trim") is not None:
        values["trim"] = _trim(given["trim"])
    features = an_object(given.get("features") or {}, "parameters.features", None)
    values["features"] = {name: _options(options, name) for name, options in features.items()}
    rules = a_list(given.get("abnormally_low") or [], "parameters.abnormally_low")
    values["abnormally_low"] = tuple(_low_rule(rule, index) for index, rule in enumerate(rules))
    if values.get("discount", Decimal(0)) + values.get("domestic_discount", Decimal(0)) >= 1:
        raise Malformed(field="parameters.discount", reason="the deductions leave nothing")
    return Parameters(**values)


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """The answer without its sentences: amounts as strings with their places."""
    return {
        "baseline": None if sheet.baseline is None else as_text(sheet.baseline),
        "scores": [_score(entry) for entry in sheet.scores],
        "order": [{"rank": place.rank, "bidder": place.bidder, "tied": place.tied} for place in sheet.order],
        "refused": [{"bidder": entry.bidder, "code": entry.code.value} for entry in sheet.refused],
    }


def _score(entry: Score) -> dict[str, Any]:
    answer = {
        "bidder": entry.bidder,
        "price": as_text(entry.price.quantize(Decimal("0.01"))),
        "deviation_percent": None if entry.deviation is None else percent(entry.deviation),
        "score": None if entry.points is None else as_text(entry.points),
    }
    if fen(entry.comparable) != entry.price:
        answer["comparable"] = as_text(fen(entry.comparable))
    return answer


def _bid(data: object, place: str) -> Bid:
    names = {
        "bidder", "price", "rate", "quoted", "sme", "domestic", "discount", "additions", "features", "non_price_cost",
        "energy",
    }  # fmt: skip
    given = an_object(data, place, names)
    dot = f"{place}."
    ways = [name for name in ("price", "rate", "quoted") if given.get(name) is not None]
    if len(ways) != 1 and not (given.get("energy") is not None and not ways):
        raise Malformed(field=place, reason="exactly one of price, rate, quoted")
    values: dict[str, Any] = {"bidder": a_text(given, "bidder", dot)}
    if "price" in ways:
        values["price"] = _amount(given, "price", dot, places=2, zero=False)
    if "rate" in ways:
        values["rate"] = _share(given, "rate", dot)
    if "quoted" in ways:
        values["quoted"] = _quoted(given["quoted"], f"{dot}quoted")
    for name in ("sme", "domestic"):
        values[name] = a_flag(given.get(name, False), dot + name)
    if given.get("discount") is not None:
        values["discount"] = _share(given, "discount", dot)
    if given.get("non_price_cost") is not None:
        values["non_price_cost"] = _amount(given, "non_price_cost", dot)
    if given.get("energy") is not None:
        values["energy"] = _energy(given["energy"], f"{dot}energy")
        values.setdefault("price", Decimal(0))
    features = an_object(given.get("features") or {}, f"{dot}features", None)
    values["features"] = {name: a_text(features, name, f"{dot}features.") for name in features}
    additions = a_list(given.get("additions") or [], f"{dot}additions")
    values["additions"] = tuple(_addition(entry, f"{dot}additions[{n}]") for n, entry in enumerate(additions))
    return Bid(**values)


def _quoted(data: object, place: str) -> Quoted:
    given = an_object(data, place, {"sheet_figures", "sheet_words", "details_total", "lines", "confirmed"})
    dot = f"{place}."
    words, confirmed = given.get("sheet_words"), given.get("confirmed")
    lines = a_list(given.get("lines") or [], f"{dot}lines")
    return Quoted(
        sheet_figures=_amount(given, "sheet_figures", dot, places=2, zero=False),
        sheet_words=None if words is None else parse_capitals(a_text(given, "sheet_words", dot), field=f"{dot}words"),
        details_total=None if given.get("details_total") is None else _amount(given, "details_total", dot, places=2),
        lines=tuple(_line(line, f"{dot}lines[{n}]") for n, line in enumerate(lines)),
        confirmed=None if confirmed is None else a_flag(confirmed, f"{dot}confirmed"),
    )


def _line(data: object, place: str) -> Line:
    given = an_object(data, place, {"name", "unit_price", "quantity", "total"})
    dot = f"{place}."
    return Line(
        unit_price=_amount(given, "unit_price", dot),
        quantity=_amount(given, "quantity", dot),
        total=_amount(given, "total", dot, places=2),
        name=a_text(given, "name", dot) if given.get("name") is not None else "",
    )


def _energy(data: object, place: str) -> Energy:
    given = an_object(data, place, {"savings", "share", "contract_years"})
    savings = a_list(given.get("savings"), f"{place}.savings")
    years = given.get("contract_years")
    if not 0 < len(savings) <= LONGEST:
        raise Malformed(field=f"{place}.savings", reason=f"1 to {LONGEST} years")
    if not isinstance(years, int) or isinstance(years, bool) or not 0 < years <= len(savings):
        raise Malformed(field=f"{place}.contract_years", reason="a whole number of years, within those of the savings")
    amounts = tuple(parse_decimal(saving, field=f"{place}.savings[{n}]", places=2) for n, saving in enumerate(savings))
    return Energy(amounts, _share(given, "share", f"{place}."), years)


def _addition(data: object, place: str) -> tuple[str, Decimal]:
    given = an_object(data, place, {"reason", "amount"})
    amount = parse_decimal(given.get("amount", ""), field=f"{place}.amount", places=2, allow_negative=True)
    return a_text(given, "reason", f"{place}."), amount


def _low_rule(data: object, index: int) -> LowRule:
    place = f"parameters.abnormally_low[{index}]"
    given = an_object(data, place, {"against", "share", "inclusive"})
    against = given.get("against")
    if not isinstance(against, str) or against not in list(Against):
        raise Malformed(field=f"{place}.against", reason=f"none of {', '.join(Against)}")
    return LowRule(
        Against(against),
        _share(given, "share", f"{place}."),
        a_flag(given.get("inclusive", False), f"{place}.inclusive"),
    )


def _options(data: object, feature: str) -> dict[str, Decimal]:
    place = f"parameters.features.{feature}"
    given = an_object(data, place, None)
    if not given:
        raise Malformed(field=place, reason="no options")
    return {name: _share(given, name, f"{place}.") for name in given}


def _trim(value: object) -> Trim:
    if not isinstance(value, str) or value not in list(Trim):
        raise Malformed(field="parameters.trim", reason=f"none of {', '.join(Trim)}")
    return Trim(value)


def _share(given: Mapping[str, Any], name: str, prefix: str) -> Decimal:
    value = _amount(given, name, prefix)
    if value > 1:
        raise Malformed(field=prefix + name, reason="a share is at most 1")
    return value


def _amount(given: Mapping[str, Any], name: str, prefix: str, *, places: int = 9, zero: bool = True) -> Decimal:
    return parse_decimal(given.get(name, ""), field=prefix + name, places=places, allow_zero=zero)
