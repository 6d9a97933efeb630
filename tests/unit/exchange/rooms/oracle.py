"""A second clearing, written from RULES §15 in the most naive way: lot by lot, no shared code with the engine.

Covers price {uniform, pay as bid, lowest bid} × tie {time, pro rata without chance} × shortfall, the public and the
secret reserve, the cap per group, minimum quantities and extra supply. Quantities are whole lots of 1.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Bid:
    id: str
    owner: str
    lots: int
    price: Fraction
    arrival: int
    minimum: int = 0


def clear(
    bids: list[Bid],
    supply: int,
    *,
    price: str,
    tie: str = "time",
    shortfall: str = "partial",
    reserve: Fraction | None = None,
    secret: Fraction | None = None,
    cap: Fraction | None = None,
    tiers: tuple[tuple[Fraction, int], ...] = (),
) -> tuple[dict[str, tuple[int, Fraction]], int]:
    """What each bid wins and pays a lot, and the supply in the end."""
    valid = [bid for bid in bids if reserve is None or bid.price >= reserve]
    valid = capped(valid, None if cap is None else cap * supply)
    if shortfall == "cancel" and sum(bid.lots for bid in valid) < supply:
        return {}, supply
    held = None
    for trigger in sorted({trigger for trigger, _ in tiers}):
        reserve_lots = sum(lots for at, lots in tiers if at == trigger)
        level = lowest(give(valid, supply, tie), valid)
        if level is None or level <= trigger:
            continue
        wanted = sum(bid.lots for bid in valid if bid.price >= trigger)
        added = 0
        while added < reserve_lots and supply + added < wanted:
            added += 1
        if not added:
            continue
        supply += added
        if added < reserve_lots:
            held = trigger
            break
    won = give(valid, supply, tie)
    level = lowest(won, valid)
    if held is not None and price == "uniform":
        level = held
    if level is None or (secret is not None and level < secret):
        return {}, supply
    short = sum(bid.lots for bid in valid) < supply
    single = price in ("uniform", "lowest_bid") or (short and shortfall == "lowest_bid")
    return {bid.id: (won[bid.id], level if single else bid.price) for bid in valid if won.get(bid.id)}, supply


def capped(bids: list[Bid], limit: Fraction | None) -> list[Bid]:
    """Lot by lot, each owner keeps his best lots up to the limit; a bid cut under its own minimum falls away."""
    kept: list[Bid] = []
    used: dict[str, int] = {}
    stopped: set[str] = set()
    for bid in sorted(bids, key=lambda bid: (-bid.price, bid.arrival)):
        lots = 0
        while lots < bid.lots and bid.owner not in stopped:
            if limit is not None and used.get(bid.owner, 0) + 1 > limit:
                stopped.add(bid.owner)
                break
            lots += 1
            used[bid.owner] = used.get(bid.owner, 0) + 1
        if lots and (lots == bid.lots or lots >= bid.minimum):
            kept.append(Bid(bid.id, bid.owner, lots, bid.price, bid.arrival, bid.minimum))
        else:
            used[bid.owner] = used.get(bid.owner, 0) - lots
    return kept


def give(bids: list[Bid], supply: int, tie: str) -> dict[str, int]:
    won: dict[str, int] = {}
    left = supply
    for level in sorted({bid.price for bid in bids}, reverse=True):
        tied = sorted((bid for bid in bids if bid.price == level), key=lambda bid: bid.arrival)
        shares = shared(tied, left) if tie == "pro_rata" else turn(tied, left)
        won |= shares
        left -= sum(shares.values())
    return won


def turn(tied: list[Bid], left: int) -> dict[str, int]:
    won = {}
    for bid in tied:
        part = min(left, bid.lots)
        if part > 0 and part >= bid.minimum:
            won[bid.id] = part
            left -= part
    return won


def shared(tied: list[Bid], left: int) -> dict[str, int]:
    while True:
        asked = sum(bid.lots for bid in tied)
        if asked <= left:
            return {bid.id: bid.lots for bid in tied}
        part = {bid.id: int(Fraction(bid.lots * left, asked)) for bid in tied}
        enough = [bid for bid in tied if part[bid.id] >= bid.minimum]
        if len(enough) == len(tied):
            break
        tied = enough
    for bid in tied:
        if sum(part.values()) < left and part[bid.id] < bid.lots:
            part[bid.id] += 1
    return {name: lots for name, lots in part.items() if lots}


def lowest(won: dict[str, int], bids: list[Bid]) -> Fraction | None:
    return min((bid.price for bid in bids if won.get(bid.id)), default=None)
