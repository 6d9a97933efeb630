"""Administrative regions: six digits of GB/T 2260; empty means the whole country."""

import re

from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop

_REGION = re.compile(r"[1-9][0-9]{5}", re.ASCII)


def region(text: str, *, field: str = "region") -> str:
    """The region that `text` is, or the whole country where it is empty. Refuses (`Malformed`) anything else."""
    if text and not _REGION.fullmatch(text):
        raise Malformed(field=field, reason=gettext_noop("six digits are needed"))
    return text


def reach(text: str) -> tuple[str, ...]:
    """The region, its city, its province and the country, the nearest first: 440604 → 440604, 440600, 440000, ''."""
    if not text:
        return ("",)
    return tuple(dict.fromkeys((text, text[:4] + "00", text[:2] + "0000", "")))


NAMES = {
    "440000": "广东省", "440100": "广州市", "440200": "韶关市", "440300": "深圳市", "440400": "珠海市",
    "440500": "汕头市", "440600": "佛山市", "440700": "江门市", "440800": "湛江市", "440900": "茂名市",
    "441200": "肇庆市", "441300": "惠州市", "441400": "梅州市", "441500": "汕尾市", "441600": "河源市",
    "441700": "阳江市", "441800": "清远市", "441900": "东莞市", "442000": "中山市", "445100": "潮州市",
    "445200": "揭阳市", "445300": "云浮市",
    "440604": "禅城区", "440605": "南海区", "440606": "顺德区", "440607": "三水区", "440608": "高明区",
    "445102": "湘桥区", "445103": "潮安区", "445122": "饶平县",
}  # fmt: skip
"""Guangdong, its cities, and the districts of the cities whose years are replayed (GB/T 2260)."""


def region_name(text: str) -> str:
    """The region by its name with the code behind it: 佛山市禅城区 (440604); a code without a name stays as it is."""
    if text not in NAMES:
        return text
    city = "" if text.endswith("00") else NAMES.get(text[:4] + "00", "")
    return f"{city}{NAMES[text]} ({text})"
