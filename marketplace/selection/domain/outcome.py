"""What a case comes to: the winner, a failure, or what is still needed; with every step and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON


class End(StrEnum):
    """How far a selection is."""

    WINNER = "WINNER"
    FAILED = "FAILED"
    NEEDS_DRAW = "NEEDS_DRAW"
    NEEDS_SCORES = "NEEDS_SCORES"
    NEEDS_PICK = "NEEDS_PICK"


class Failure(StrEnum):
    """Why nobody was selected."""

    TOO_FEW = "TOO_FEW"
    NO_BIDS = "NO_BIDS"
    NOBODY_LEFT = "NOBODY_LEFT"
    REFUSED = "REFUSED"
    NAMED_BARRED = "NAMED_BARRED"


STEPS = {
    "SIGNED_UP": gettext_noop("%(count)s agencies signed up."),
    "BARRED": gettext_noop("%(count)s were left out when their qualification was checked again at the selection."),
    "QUALIFIED": gettext_noop("%(count)s qualified agencies take part; at least %(minimum)s are needed."),
    "OUTSIDE": gettext_noop("%(count)s quotes lie outside the limits %(floor)s to %(ceiling)s and do not count."),
    "ROOM": gettext_noop("%(count)s agencies bid in the live room; their prices at the hammer are compared."),
    "LOTTERY": gettext_noop("One of %(count)s agencies is drawn at the fixed price."),
    "LOWEST": gettext_noop("The lowest quote is %(value)s."),
    "TRIMMED": gettext_noop("With %(count)s quotes, one highest (%(high)s) and one lowest (%(low)s) are left out."),
    "NOT_TRIMMED": gettext_noop("With %(count)s quotes none is left out; that begins with %(trim_from)s."),
    "MEAN": gettext_noop("The mean of %(count)s quotes is %(sum)s ÷ %(count)s = %(mean)s."),
    "FACTOR": gettext_noop("The factor K = %(factor)s was drawn."),
    "BENCHMARK": gettext_noop("The benchmark is %(mean)s × %(factor)s = %(value)s, rounded half up to two places."),
    "ONLY_QUOTE": gettext_noop("There is one quote; it is selected."),
    "NEAREST": gettext_noop("Nearest to %(target)s is the distance %(value)s."),
    "BIG_LIST": gettext_noop(
        "By credit, the first %(size)s and whoever equals the last of them (%(cut)s points) form the big list:"
        " %(count)s agencies."
    ),
    "NUMBERS": gettext_noop("%(numbers)s draw numbers are allotted in proportion to credit, at least one to each."),
    "SMALL_LIST": gettext_noop("In the order of the draw, the first %(count)s different agencies form the small list."),
    "PICKED": gettext_noop("The owner picked number %(number)s from the small list."),
    "SCORED": gettext_noop("%(members)s members scored %(count)s proposals; the means of their points are added up."),
    "HIGHEST": gettext_noop("The highest score is %(value)s."),
    "NAMED": gettext_noop("The owner named number %(number)s and gave its reason."),
    "TIE": gettext_noop("%(count)s agencies are equal."),
    "TIE_CREDIT": gettext_noop("Among equals the higher credit counts: %(value)s points."),
    "TIE_PRICE": gettext_noop("Among equals the lower quote counts: %(value)s."),
    "TIE_EARLIER": gettext_noop("Among equals the earlier sign-up counts."),
    "DRAWN": gettext_noop("Number %(number)s was drawn."),
    "DROPPED": gettext_noop("Number %(number)s is out of the selection: %(cause)s."),
    "SELECTED": gettext_noop("Number %(number)s is selected."),
    "FAILED": gettext_noop("Nobody is selected: %(failure)s."),
}
"""The texts of the steps: English message ids with the fields that each step carries."""


@dataclass(frozen=True, slots=True)
class Line:
    """One agency in the table of a step."""

    number: str
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation; `draw_id` names the draw that it rests on."""

    code: str
    fields: dict[str, str]
    lines: tuple[Line, ...] = ()
    draw_id: str = ""

    def as_json(self) -> dict[str, JSON]:
        return {
            "code": self.code,
            "fields": dict(self.fields),
            "lines": [{"number": one.number, "value": one.value, "note": one.note} for one in self.lines],
            "draw_id": self.draw_id,
        }


@dataclass(frozen=True, slots=True)
class Need:
    """A draw that the case asks for next."""

    purpose: str
    roster: tuple[str, ...]
    exclusions: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a case stands."""

    end: End
    steps: tuple[Step, ...]
    winner: str = ""
    amount: Decimal | None = None
    failure: Failure | None = None
    need: Need | None = None
    eligible: tuple[str, ...] = ()
    """Who can be picked or is to be scored."""

    def as_json(self) -> dict[str, JSON]:
        """The published form."""
        return {
            "end": self.end.value,
            "steps": [step.as_json() for step in self.steps],
            "winner": self.winner,
            "amount": None if self.amount is None else format(self.amount, "f"),
            "failure": self.failure.value if self.failure else None,
        }


@dataclass(slots=True)
class Telling:
    """Collects the steps while a method computes."""

    steps: list[Step] = field(default_factory=list)

    def tell(self, code: str, lines: Sequence[Line] = (), draw_id: str = "", **fields: object) -> None:
        assert code in STEPS, f"no step is called {code}"
        self.steps.append(Step(code, {name: _text(value) for name, value in fields.items()}, tuple(lines), draw_id))

    def needs(self, end: End, *, need: Need | None = None, eligible: Sequence[str] = ()) -> Outcome:
        return Outcome(end, tuple(self.steps), need=need, eligible=tuple(eligible))

    def failed(self, failure: Failure) -> Outcome:
        self.tell("FAILED", failure=failure.value)
        return Outcome(End.FAILED, tuple(self.steps), failure=failure)

    def won(self, number: str, amount: Decimal | None) -> Outcome:
        self.tell("SELECTED", number=number)
        return Outcome(End.WINNER, tuple(self.steps), winner=number, amount=amount)


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
