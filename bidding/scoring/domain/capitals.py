"""Amounts in capital words 大写, read: what stands on an opening sheet beside the figures."""

from decimal import Decimal

from commons.domain.refusals import Malformed

_DIGITS = {
    **{word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{word: value for value, word in enumerate("〇一二三四五六七八九")},
    "贰": 2, "两": 2, "弍": 2, "参": 3, "陸": 6,
}  # fmt: skip
_TENS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_SECTIONS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_FRACTIONS = {"角": Decimal("0.1"), "分": Decimal("0.01")}


def parse_capitals(text: str, *, field: str = "words") -> Decimal:
    """The yuan that `text` spells: 壹仟陆佰捌拾元伍角整 → 1680.50. Refuses (`Malformed`) what is no amount."""
    words = text.strip().removeprefix("人民币").removeprefix("：").removesuffix("整").removesuffix("正").strip()
    negative = words.startswith("负")
    words = words.removeprefix("负").replace("圆", "元")
    if not words:
        raise Malformed(field=field, reason="no amount in capital words")
    yuan, mark, rest = words.partition("元")
    if not mark and any(sign in yuan for sign in _FRACTIONS):
        yuan, rest = "", words
    value = Decimal(_whole(yuan, field) if yuan else 0) + _fraction(rest, field)
    return (-value if negative else value).quantize(Decimal("0.01"))


def _whole(words: str, field: str) -> int:
    total = section = digit = 0
    for word in words:
        if word in _DIGITS:
            digit = _next_digit(word, digit, field)
        elif word in _TENS:
            section += (digit or 1) * _TENS[word]
            digit = 0
        elif word in _SECTIONS:
            total = (total + section + digit) * _SECTIONS[word] if _shifts(total, word) else (
                total + (section + digit) * _SECTIONS[word]
            )  # fmt: skip
            section = digit = 0
        else:
            raise Malformed(field=field, reason=f"“{word}” is no word of an amount")
    return total + section + digit


def _shifts(total: int, word: str) -> bool:
    """Whether what was read so far counts in units of this section: 壹万亿 is ten thousand times a hundred million."""
    return 0 < total < _SECTIONS[word]


def _fraction(words: str, field: str) -> Decimal:
    value, digit = Decimal(0), 0
    for word in words:
        if word in _DIGITS:
            digit = _next_digit(word, digit, field)
        elif word in _FRACTIONS:
            value += digit * _FRACTIONS[word]
            digit = 0
        else:
            raise Malformed(field=field, reason=f"“{word}” is no word of an amount")
    if digit:
        raise Malformed(field=field, reason="the last word names no place")
    return value


def _next_digit(word: str, before: int, field: str) -> int:
    if before:
        raise Malformed(field=field, reason=f"“{word}” follows a digit without its place")
    return _DIGITS[word]
