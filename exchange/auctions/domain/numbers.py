"""Checks the bidder numbers of a lot from the public record of them: pure, for auditors and for anybody.

Two entries make the record: `NumbersCommitted` (with the notice) and `NumbersRevealed` (when nobody bids any more).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.auctions.domain.aliases import POOL, NoAliasLeft, alias_of
from signatures.draws.domain import hs1


class NoNumbers(ValueError):
    """The file is no record of bidder numbers: bad input, not numbers that do not hold."""


def faults(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything that does not hold, in words; empty when every number follows from secret and order.

    `entries` are those of the stream, each with `type`, `ts` and `payload`. Raises `NoNumbers`.
    """
    try:
        committed, revealed = (_only(entries, kind) for kind in ("NumbersCommitted", "NumbersRevealed"))
        secret = bytes.fromhex(revealed["payload"]["secret"])
        found = list(_commitment_faults(committed["payload"], secret))
        if committed["ts"] >= revealed["ts"]:
            found.append("the secret was revealed before it was committed to")
        return found + list(_number_faults(committed["payload"]["draw_id"], secret, revealed["payload"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoNumbers(str(error)) from None


def _only(entries: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    found = [entry for entry in entries if entry["type"] == kind]
    if len(found) != 1:
        raise NoNumbers(f"it holds {len(found)} entries {kind} and not one")
    return found[0]


def _commitment_faults(told: Mapping[str, Any], secret: bytes) -> list[str]:
    found = []
    if told["algorithm"] != hs1.ALGORITHM:
        found.append(f"the algorithm is not {hs1.ALGORITHM}")
    if told["roster_sha256"] != hs1.list_sha256(POOL):
        found.append(f"the numbers are not those from {POOL[0]} to {POOL[-1]}")
    if told["commitment"] != hs1.commitment_to(secret):
        found.append("the secret is not the one that was committed to with the notice")
    return found


def _number_faults(draw_id: str, secret: bytes, told: Mapping[str, Any]) -> list[str]:
    submissions, numbers = told["submissions"], told["numbers"]
    places = [int(one["seq"]) for one in submissions]
    found = [] if places == sorted(set(places)) else ["the submissions are not in the order of the log"]
    owned = {buyer: place for place, buyer in enumerate(in_order(submissions), start=1)}
    for buyer, number in numbers.items():
        if buyer not in owned:
            found.append(f"{buyer} has number {number} and submitted nothing")
        elif number != (due := _number_at(draw_id, secret, owned[buyer])):
            found.append(f"{buyer} has number {number}; its place {owned[buyer]} gives {due}")
    return found


def in_order(submissions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The buyers in the order in which each submitted for the first time."""
    return list(dict.fromkeys(one["buyer"] for one in submissions))


def _number_at(draw_id: str, secret: bytes, place: int) -> str:
    try:
        return alias_of(draw_id, secret, place)
    except NoAliasLeft:
        return "none"
