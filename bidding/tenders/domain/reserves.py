"""The secret reserve 标底 of a right that is granted: decided together, told to nobody before the opening. Pure.

国土资源部令第39号 第10条: the reserve is decided collectively, and is secret until the bids are opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bidding.tenders.domain.rights import Right
from commons.domain.money import as_text, parse_decimal
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ReserveInvalid(Refusal):
    code = "RESERVE_INVALID"
    message = gettext_noop("The secret reserve cannot be kept: %(reason)s.")
    status = 400


class ReserveUnknown(Refusal):
    code = "RESERVE_UNKNOWN"
    message = gettext_noop("This procedure knows no secret reserve.")


@dataclass(frozen=True, slots=True)
class Reserve:
    """The least price in yuan at which the right is granted, and whose collective decision it is."""

    amount: Decimal
    body: str
    number: str
    decided_on: date

    def as_payload(self) -> dict[str, str]:
        """What the log is told, sealed until the opening."""
        return {"reserve": as_text(self.amount), **self.decision()}

    def decision(self) -> dict[str, str]:
        """What the notice says: that there is a reserve, and who decided it under which number; not how much."""
        return {"body": self.body, "number": self.number, "decided_on": self.decided_on.isoformat()}


def parse(payload: Mapping[str, Any]) -> Reserve:
    """What `as_payload` gave."""
    said = {name: str(payload[name]) for name in ("reserve", "body", "number", "decided_on")}
    amount = parse_decimal(said["reserve"], field="reserve", places=2)
    return Reserve(amount, said["body"], said["number"], date.fromisoformat(said["decided_on"]))


def check_reserve(amount: Decimal, right: Right | None, *, ceiling: Decimal | None) -> None:
    """Refuses (`ReserveInvalid`) a reserve that would bind nobody, or that nobody could reach."""
    if right is None:
        raise ReserveInvalid(reason=gettext_noop("only a right that is granted has one"))
    if amount < right.start_price:
        raise ReserveInvalid(reason=gettext_noop("it is below the start price, which is public already"))
    if ceiling is not None and amount > ceiling:
        raise ReserveInvalid(reason=gettext_noop("it is above the ceiling, so that no bid could reach it"))
