"""Virtual account numbers 虚拟子账号 and payment references: one of each per lot and payer, with check digits."""

import re
import unicodedata
from collections.abc import Iterable

SERIAL_DIGITS = 8
_REFERENCE = re.compile(r"LC(\d{8})(\d{2})", re.ASCII)
_DIGITS = re.compile(r"\d{16,34}", re.ASCII)


def sub_account_no(base: str, drawn: str) -> str:
    """The number of a virtual account: the collecting account, random digits, two check digits (ISO 7064 MOD 97-10)."""
    body = base + drawn
    return body + _check(body)


def reference(drawn: str) -> str:
    """What the payer writes into the purpose: `LC`, random digits, two check digits."""
    return f"LC{drawn}{_check(drawn)}"


def is_whole(number: str) -> bool:
    """Whether the check digits at the end of `number` are right, so that a slip of the pen names no other account."""
    return number.isdecimal() and number.isascii() and len(number) > 2 and int(number) % 97 == 1


def tokens(texts: Iterable[str]) -> tuple[str, ...]:
    """Every virtual account number and reference that the texts name; wrong check digits are left out."""
    found: dict[str, None] = {}
    for text in texts:
        wide = unicodedata.normalize("NFKC", text).upper()
        # People write numbers in groups; banks run words together. Both readings count, the check digits decide.
        for plain in (wide, re.sub(r"[\s-]", "", wide)):
            found |= dict.fromkeys(hit.group(0) for hit in _REFERENCE.finditer(plain) if is_whole(hit[1] + hit[2]))
            found |= dict.fromkeys(hit.group(0) for hit in _DIGITS.finditer(plain) if is_whole(hit.group(0)))
    return tuple(found)


def same_account(one: str, other: str) -> bool:
    """Whether two spellings mean one account: blanks and dashes do not count."""
    return bool(plain_account(one)) and plain_account(one) == plain_account(other)


def plain_account(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", number).upper())


def same_name(one: str, other: str) -> bool:
    """Whether two spellings mean one payer: width, case, blanks and the kind of brackets do not count."""
    return bool(_plain_name(one)) and _plain_name(one) == _plain_name(other)


def _plain_name(name: str) -> str:
    return re.sub(r"[\s()\[\]〔〕·.,]", "", unicodedata.normalize("NFKC", name)).casefold()


def _check(body: str) -> str:
    return f"{98 - int(body + '00') % 97:02d}"
