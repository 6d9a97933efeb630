"""A room played by hand: seconds after the opening instead of instants, and every event kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from exchange.rooms.domain.commands import Command, Confirm, PlaceBid, Tick
from exchange.rooms.domain.decide import decide, schedule
from exchange.rooms.domain.events import BidAccepted, BidRefused, Event, Participant
from exchange.rooms.domain.evolve import begin, evolve
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.profiles import rules_of
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.domain.timing import due_at

OPENS = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
BEFORE = OPENS - timedelta(days=1)

FOUR = tuple(Participant(alias) for alias in ("01", "02", "03", "04"))


def foshan(**changes: Any) -> RoomRules:
    """The real lot: 1.68 t of NH3-N from 20 000 yuan/t; free phase 1800 s, waiting 240 s, timed phase 240 s."""
    return rules_of("foshan-2018", supply=Decimal("1.680"), start_price=Decimal("20000.00"), **changes)


def ningxia(**changes: Any) -> RoomRules:
    """A divisible lot of 10 t from 21 000 yuan/t by 500."""
    return rules_of("ningxia-2025", supply=Decimal("10.000"), start_price=Decimal("21000.00"), **changes)


def wuyi(**changes: Any) -> RoomRules:
    """One session of 3600 s, ten quotes each, the best 70 % win."""
    return rules_of("wuyi-2021", supply=Decimal("100.000"), start_price=Decimal("4000.00"), **changes)


def guangdong(**changes: Any) -> RoomRules:
    """A sealed call of 7200 s for 500 000 t of allowances at 16.09 or more."""
    return rules_of("guangdong-2017", supply=Decimal("500000"), start_price=Decimal("16.09"), **changes)


def second(seconds: float | str) -> datetime:
    """So many seconds after the opening."""
    return OPENS + timedelta(milliseconds=int(Decimal(str(seconds)) * 1000))


class Story:
    """A room and all that happens in it."""

    def __init__(self, rules: RoomRules, participants: Sequence[Participant] = FOUR) -> None:
        first = schedule(rules, participants, opens_at=OPENS, at=BEFORE)
        self.state: RoomState = begin(first)
        self.events: list[Event] = [first]
        self._bids = 0

    def does(self, command: Command, at: float | str) -> tuple[Event, ...]:
        return self._keep(decide(self.state, command, second(at)))

    def tick(self, at: float | str) -> tuple[Event, ...]:
        return self.does(Tick(), at)

    def bid(
        self,
        alias: str,
        price: str | int,
        at: float | str,
        *,
        decided: float | str | None = None,
        confirm: Confirm = Confirm.RETYPED,
        **more: Any,
    ) -> BidAccepted | BidRefused:
        """A bid that comes at `at` and is decided then, or at `decided`; its verdict."""
        self._bids += 1
        bid = PlaceBid(f"bid-{self._bids:05d}", alias, str(price), second(at), confirm=confirm, **more)
        events = self._keep(decide(self.state, bid, second(at if decided is None else decided)))
        return next(event for event in events if isinstance(event, BidAccepted | BidRefused))

    def code(self, alias: str, price: str | int, at: float | str, **more: Any) -> str:
        """The reason why a bid is refused; empty when it is accepted."""
        verdict = self.bid(alias, price, at, **more)
        return verdict.code if isinstance(verdict, BidRefused) else ""

    def finish(self) -> RoomState:
        """Time passes until nothing more is due."""
        while (due := due_at(self.state)) is not None:
            self._keep(decide(self.state, Tick(), due))
        return self.state

    def names(self) -> list[str]:
        return [event.type for event in self.events]

    def closes(self) -> float:
        """When the present phase ends, in seconds after the opening."""
        assert self.state.closes_at is not None, "the phase has no end"
        return (self.state.closes_at - OPENS).total_seconds()

    def awards(self) -> list[tuple[str, str, str]]:
        """(alias, quantity, price) of what was won."""
        outcome = self.state.outcome
        assert outcome is not None, "the room is not over"
        return [(award.alias, str(award.quantity), str(award.price)) for award in outcome.awards]

    def _keep(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        for event in events:
            self.state = evolve(self.state, event)
        self.events.extend(events)
        return events
