"""Codes that prove an address: how long they hold, how often one may guess and ask."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.refusals import Malformed, NotPermitted, Refusal
from commons.domain.text import gettext_noop

CODE_HOLDS = timedelta(minutes=10)
BETWEEN_CODES = timedelta(seconds=60)
CODES_A_DAY = 6
"""To one address. A text message costs money and wakes somebody."""
CODES_A_DAY_FROM_ONE_PLACE = 60
"""From one network address: an office shares one."""
GUESSES = 5
"""Of a million codes: five guesses find one in two hundred thousand."""

_PHONE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_MAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


class Purpose(StrEnum):
    """What a confirmed address is to open."""

    REGISTER = "REGISTER"
    RESET = "RESET"


class AddressKind(StrEnum):
    PHONE = "PHONE"
    MAIL = "MAIL"


@dataclass(frozen=True, slots=True)
class Address:
    """A telephone number of the mainland (11 digits) or an e-mail address in small letters."""

    kind: AddressKind
    text: str

    @property
    def masked(self) -> str:
        """Enough to know one's own: `138****5678`, `l***@example.cn`."""
        if self.kind is AddressKind.PHONE:
            return f"{self.text[:3]}****{self.text[-4:]}"
        name, _, host = self.text.partition("@")
        return f"{name[:1]}***@{host}"


class CodeAskedTooOften(Refusal):
    code = "CODE_ASKED_TOO_OFTEN"
    message = gettext_noop("A code was sent a moment ago, or too many today. Wait %(seconds)s seconds, then ask again.")
    status = 429


class CodeWrong(Refusal):
    code = "CODE_WRONG"
    message = gettext_noop("That is not the code. Compare it with the newest message; %(left)s attempts are left.")


class CodeOver(Refusal):
    code = "CODE_OVER"
    message = gettext_noop("This code is used, too old or was guessed too often. Ask for a new one.")


class AddressTaken(Refusal):
    code = "ADDRESS_TAKEN"
    message = gettext_noop(
        "Somebody already signs in with an account of this address. Sign in, or set a new password for it."
    )


class NoWayToSend(NotPermitted):
    """No text messages are set up here, so only e-mail can be confirmed, or the other way about."""

    code = "NO_WAY_TO_SEND"
    message = gettext_noop("Codes cannot be sent to such an address here. Give the other kind, or visit the counter.")


def address(text: str) -> Address:
    """What somebody typed as telephone number or e-mail address. Refuses `Malformed`."""
    bare = text.strip().translate(_HALF_WIDTH)
    digits = re.sub(r"[ -]", "", bare).removeprefix("+86")
    if _PHONE.fullmatch(digits):
        return Address(AddressKind.PHONE, digits)
    if len(bare) <= 120 and _MAIL.fullmatch(bare):
        return Address(AddressKind.MAIL, bare.lower())
    raise Malformed(
        field="contact", reason=gettext_noop("it is neither a mobile number of 11 digits nor an e-mail address")
    )


_HALF_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("＠"): "@", ord("．"): "."}


def check_pace(*, last: datetime | None, today: int, today_from_here: int, at: datetime) -> None:
    """Whether one more code may be sent now. Refuses `CodeAskedTooOften` with the seconds to wait."""
    if last is not None and at - last < BETWEEN_CODES:
        raise CodeAskedTooOften(seconds=max(1, int((last + BETWEEN_CODES - at).total_seconds())))
    if today >= CODES_A_DAY or today_from_here >= CODES_A_DAY_FROM_ONE_PLACE:
        raise CodeAskedTooOften(seconds=86_400)
