"""Rules of real notices, as data: all but what a lot gives itself (supply, start price, the step unless it is known).

The Foshan notice of 2018 names neither step nor durations; those are this platform's defaults for it.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.rules import RoomRules

SECOND = 1_000
MINUTE = 60 * SECOND


class UnknownProfile(Refusal):
    code = "ROOM_PROFILE_UNKNOWN"
    message = gettext_noop("There is no rule profile “%(name)s”. Known are: %(known)s.")
    status = 404


_FOSHAN: Mapping[str, Any] = {
    "format": "ENGLISH",
    "step": "100.00",
    "divisible": False,
    "free_ms": 30 * MINUTE,
    "waiting_ms": 4 * MINUTE,
    "timed_ms": 240 * SECOND,
    "extension_ms": 240 * SECOND,
}

PROFILES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "foshan-2018": _FOSHAN,
        "foshan-2018-demo": {
            **_FOSHAN,
            "free_ms": 3 * MINUTE,
            "waiting_ms": 20 * SECOND,
            "timed_ms": 30 * SECOND,
            "extension_ms": 30 * SECOND,
        },
        "ningxia-2025": {
            **_FOSHAN,
            "step": "500.00",
            "divisible": True,
            "timed_ms": 240 * SECOND,
        },
        "wuyi-2021": {
            "format": "LIMITED_QUOTES",
            "divisible": True,
            "session_ms": 60 * MINUTE,
            "quotes_limit": 10,
            "top_share": "0.7",
            "price": "top_share",
        },
        "guangdong-2017": {
            "format": "SEALED_CALL",
            "divisible": True,
            "session_ms": 120 * MINUTE,
            "lot_size": "1",
            "order_minimum": "1000",
            "orders_limit": None,
            "amendable": False,
            "cap_share": "0.5",
            "price": "uniform",
        },
    }
)


def rules_of(name: str, *, supply: Decimal, start_price: Decimal, **changes: Any) -> RoomRules:
    """The rules of a profile for one lot; `changes` in the JSON form of `RoomRules`. Refuses `UnknownProfile`."""
    profile = PROFILES.get(name)
    if profile is None:
        raise UnknownProfile(name=name, known=", ".join(PROFILES))
    lot = {"supply": as_text(supply), "start_price": as_text(start_price)}
    return RoomRules.from_json({**profile, **lot, **changes})
