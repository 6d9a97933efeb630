"""Rate credits: so many at once, then so many a second. One bucket per socket and kind of frame, in memory."""

from dataclasses import dataclass

from exchange.rooms.domain.rules import RoomRules


@dataclass(frozen=True, slots=True)
class Allowance:
    """A parameter: `burst` at once, `per_second` after that. Zero per second lifts the limit (benchmarks)."""

    burst: float
    per_second: float


BIDS = Allowance(burst=20, per_second=10)
FRAMES = Allowance(burst=40, per_second=20)
BAD_FRAMES = Allowance(burst=20, per_second=20 / 60)


def allowance_of(rules: RoomRules) -> Allowance:
    """The bids that the rules of a room allow each bidder."""
    return Allowance(burst=rules.bids_burst, per_second=rules.bids_per_second)


@dataclass(slots=True)
class Credit:
    """What is left of an allowance."""

    allowance: Allowance
    left: float = -1.0
    filled_at: float = 0.0

    def spend(self, now: float) -> int:
        """Take one credit at monotonic `now`: 0, or the milliseconds to wait for the next one."""
        rate = self.allowance.per_second
        if not rate:
            return 0
        if self.left < 0:
            self.left = self.allowance.burst
        else:
            self.left = min(self.allowance.burst, self.left + (now - self.filled_at) * rate)
        self.filled_at = now
        if self.left >= 1:
            self.left -= 1
            return 0
        return max(1, int((1 - self.left) / rate * 1000))
