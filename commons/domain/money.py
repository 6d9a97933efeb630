"""Amounts: yuan, unit prices and quantities, exact, never float.

Each is a `Decimal` with its own type for mypy. Sums and differences of one kind keep its places; a product needs a
named rounding (`round_money`). In JSON every amount is a string without exponent (`as_text`).
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

from commons.domain.refusals import Malformed

Money = NewType("Money", Decimal)
"""Yuan with at most 2 places."""

UnitPrice = NewType("UnitPrice", Decimal)
"""Yuan per unit of quantity, at most 2 places unless the instrument says otherwise."""

Quantity = NewType("Quantity", Decimal)
"""Tonnes (or tonnes per year), at most 3 places."""

FEN = Decimal("0.01")
KILOGRAM = Decimal("0.001")
LARGEST = Decimal("1e12")
"""Nothing that the platform trades reaches a trillion; larger input is a slip or an attack."""

_PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z", re.ASCII)


def parse_decimal(
    text: str, *, field: str, places: int, allow_zero: bool = True, allow_negative: bool = False
) -> Decimal:
    """The decimal that `text` spells in plain ASCII digits.

    Refuses (`Malformed`) full-width digits, exponents, NaN, signs where none may be, more than `places` decimals and
    anything of `LARGEST` or more.
    """
    if not isinstance(text, str) or not _PLAIN_DECIMAL.match(text):
        raise Malformed(field=field, reason="not a plain decimal number")
    value = Decimal(text)
    if -int(value.as_tuple().exponent) > places:
        raise Malformed(field=field, reason=f"more than {places} decimal places")
    if value < 0 and not allow_negative:
        raise Malformed(field=field, reason="negative")
    if value == 0 and not allow_zero:
        raise Malformed(field=field, reason="zero")
    if abs(value) >= LARGEST:
        raise Malformed(field=field, reason="too large")
    return value


def money(text: str | int | Decimal, *, field: str = "amount") -> Money:
    """An amount in yuan, to the fen. Refuses (`Malformed`) what is not one."""
    return Money(parse_decimal(as_text(text), field=field, places=2, allow_negative=True).quantize(FEN))


def unit_price(text: str | int | Decimal, *, field: str = "price") -> UnitPrice:
    """A price per unit in yuan, to the fen. Refuses (`Malformed`) what is not one, and negative prices."""
    return UnitPrice(parse_decimal(as_text(text), field=field, places=2).quantize(FEN))


def quantity(text: str | int | Decimal, *, field: str = "quantity") -> Quantity:
    """A quantity in tonnes, to the kilogram. Refuses (`Malformed`) what is not one, and negative quantities."""
    return Quantity(parse_decimal(as_text(text), field=field, places=3).quantize(KILOGRAM))


def round_money(amount: Decimal) -> Money:
    """To the fen, half up: the rounding of price × quantity, as bank files and contracts write amounts."""
    return Money(amount.quantize(FEN, rounding=ROUND_HALF_UP))


def as_text(value: str | int | Decimal) -> str:
    """The plain decimal spelling: no exponent, places kept as they are."""
    return value if isinstance(value, str) else format(value, "f")


def normal_text(value: Decimal) -> str:
    """The shortest plain spelling of the value: `12.00` → `12`, `0.50` → `0.5`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "兆")


def capital_yuan(amount: Decimal) -> str:
    """The amount in Chinese capital figures 大写, as on contracts and vouchers: 1680.50 → 壹仟陆佰捌拾元伍角整."""
    fen_total = int(round_money(abs(amount)) * 100)
    yuan, fen_part = divmod(fen_total, 100)
    jiao, fen = divmod(fen_part, 10)
    text = _capital_integer(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    text += _DIGITS[fen] + "分" if fen else "整"
    if not fen_total:
        text = "零元整"
    return ("负" if amount < 0 else "") + text


def _capital_integer(number: int) -> str:
    sections: list[int] = []
    while number:
        number, section = divmod(number, 10_000)
        sections.append(section)
    text, gap = "", False
    for index in range(len(sections) - 1, -1, -1):
        section = sections[index]
        if not section:
            gap = True
            continue
        if text and (gap or section < 1000):
            text += "零"
        text += _capital_section(section) + _SECTIONS[index]
        gap = False
    return text


def _capital_section(section: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = section // 10**place % 10
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        elif text:
            gap = True
    return text
