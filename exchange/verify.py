"""Decides a recorded room again, offline, from its log alone: every verdict, every change of phase, the result.

    python -m exchange.verify LOG      exit 0: the log holds · 1: it does not, and where · 2: this is no log

LOG is what the page of an ended room gives to everybody (`luochui-log/v1`), or `{"events": […]}`.

Standard library, rules, and `cryptography` for sealed calls: no Django, no database. That the log is the one that was
published is checked by the hash chain and its signed checkpoints (`python -m signatures.verify`); that it obeys its own
rules is checked here.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.domain.refusals import Refusal
from exchange.rooms.domain.commands import Command, Pause, Readmit, Resume, Suspend, Void
from exchange.rooms.domain.decide import decide, schedule
from exchange.rooms.domain.events import (
    BidAccepted,
    BidderReadmitted,
    BidderSuspended,
    BidRefused,
    BidWithdrawn,
    Event,
    HammerFell,
    PhaseBegan,
    RoomFailed,
    RoomPaused,
    RoomResumed,
    RoomScheduled,
    RoomVoided,
    WithdrawalRefused,
)
from exchange.rooms.domain.evolve import begin, evolve
from exchange.rooms.domain.log import from_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.passing import time_event
from exchange.rooms.domain.timing import due_at

JUDGED_ELSEWHERE = frozenset({"ROOM_SIGNATURE_WRONG"})
"""Refusals of the edge, which the rules of bidding do not know."""

OF_TIME = (PhaseBegan, HammerFell, RoomFailed)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a log leaves its rules: the place, what stands there, and what the rules give."""

    seq: int
    recorded: dict[str, Any] | None
    decided: dict[str, Any] | None
    why: str = ""

    def sentence(self) -> str:
        if self.why:
            return f"seq {self.seq}: {self.why}"
        if self.recorded is None:
            return f"seq {self.seq}: nothing is recorded; the rules give {_short(self.decided)}"
        return f"seq {self.seq}: recorded is {_short(self.recorded)}; the rules give {_short(self.decided)}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of a log found."""

    events: int
    accepted: int
    refused: int
    judged_elsewhere: int
    phase: str
    difference: Difference | None = None

    @property
    def holds(self) -> bool:
        return self.difference is None

    def to_json(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "events": str(self.events),
            "accepted": str(self.accepted),
            "refused": str(self.refused),
            "judged_elsewhere": str(self.judged_elsewhere),
            "phase": self.phase,
            "differs_at": None if self.difference is None else str(self.difference.seq),
            "difference": None if self.difference is None else self.difference.sentence(),
        }


def verify(events: Sequence[Event]) -> Verification:
    """Decides everything again; stops at the first event that the rules would not have given."""
    first = events[0]
    assert isinstance(first, RoomScheduled), "a room begins with being scheduled"
    state, elsewhere = begin(first), 0
    expected: list[Event] = []
    difference = _first_differs(first)
    for event in events[1:]:
        if difference is not None:
            break
        if isinstance(event, BidRefused | WithdrawalRefused) and event.code in JUDGED_ELSEWHERE and not expected:
            elsewhere += 1
        else:
            expected = expected or _decided(state, event)
            difference = _compared(event, expected.pop(0) if expected else None)
        if difference is None:
            state = evolve(state, event)
    if difference is None and expected:
        difference = Difference(expected[0].seq, None, _entry(expected[0]))
    return Verification(len(events), state.accepted, state.refused, elsewhere, state.phase.value, difference)


def _first_differs(first: RoomScheduled) -> Difference | None:
    try:
        schedule(first.rules, first.participants, opens_at=first.opens_at, at=first.at)
    except Refusal as refusal:
        return Difference(1, _entry(first), None, f"these rules could not have been scheduled: {refusal}")
    return None


def _decided(state: RoomState, event: Event) -> list[Event]:
    """What the rules give where `event` is recorded."""
    due = due_at(state)
    if isinstance(event, OF_TIME):
        return [time_event(state, event.at)] if due is not None and due <= event.at else []
    command = _command_of(event)
    if command is None:
        return []
    try:
        return list(decide(state, command, event.at))
    except Refusal:
        return []


def _command_of(event: Event) -> Command | None:
    """The command that an event answers."""
    if isinstance(event, BidAccepted | BidRefused):
        return event.bid
    if isinstance(event, BidWithdrawn | WithdrawalRefused):
        return event.withdrawal
    if isinstance(event, BidderSuspended):
        return Suspend(event.alias, event.reason, event.reference)
    if isinstance(event, BidderReadmitted):
        return Readmit(event.alias, event.reason, event.reference)
    if isinstance(event, RoomPaused):
        return Pause(event.reason, event.reference, event.paused_at)
    if isinstance(event, RoomResumed):
        return Resume(event.reason, event.reference, event.resumes_at)
    if isinstance(event, RoomVoided):
        return Void(event.reason, event.decided_by, event.decision_no, event.document)
    return None


def _compared(event: Event, decided: Event | None) -> Difference | None:
    recorded, given = _entry(event), None if decided is None else _entry(decided)
    return None if recorded == given else Difference(event.seq, recorded, given)


def _entry(event: Event) -> dict[str, Any]:
    return {"type": event.type, "seq": str(event.seq), **event.payload()}


def _short(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "nothing of the kind"
    shown = {name: value for name, value in entry.items() if name not in ("rules", "signature")}
    return json.dumps(shown, ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """The command line: one file, or `-`."""
    if len(arguments) != 1:
        sys.stderr.write("Say which log: python -m exchange.verify FILE (or - for standard input).\n")
        return 2
    try:
        text = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        events = from_text(text)
    except (OSError, UnicodeDecodeError, Refusal) as error:
        sys.stderr.write(f"{arguments[0]} is no log of a room: {error}\n")
        return 2
    found = verify(events)
    sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
