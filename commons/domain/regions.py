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
