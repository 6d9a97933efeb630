"""Where a lot stands and what comes next, by when: one timeline for pages, calendars and programs."""

from dataclasses import dataclass
from datetime import datetime

from commons.domain.text import gettext_noop
from exchange.projects.domain.states import LotState

_S = LotState


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title (a message id), its instant if it has one, and `done`, `next` or nothing."""

    title: str
    at: datetime | None
    state: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LotTimes:
    """What the timeline of a lot is made of."""

    state: LotState
    published_at: datetime | None
    registration_starts_at: datetime | None
    registration_ends_at: datetime | None
    qualification_ends_at: datetime | None
    negotiation_ends_at: datetime | None
    opens_at: datetime
    hammered_at: datetime | None
    method: str = ""
    suspended_in: LotState | None = None
    ended_at: datetime | None = None


_ORDER = (
    _S.DRAFT,
    _S.ANNOUNCED,
    _S.REGISTERING,
    _S.QUALIFYING,
    _S.METHOD_DECIDED,
    _S.HAMMERED,
    _S.NOTICED,
    _S.CONTRACTED,
    _S.PAID,
    _S.REGISTERED,
    _S.CLOSED,
)

_ENDINGS = {
    _S.FAILED: gettext_noop("The lot failed"),
    _S.TERMINATED: gettext_noop("The lot was ended by a decision"),
    _S.SUSPENDED: gettext_noop("The lot is suspended by a decision"),
}


def timeline(times: LotTimes) -> tuple[Step, ...]:
    """Every step of the lot in order; exactly one is next, unless the lot has ended."""
    reached = times.suspended_in if times.state is _S.SUSPENDED and times.suspended_in else times.state
    rows = _rows(times)
    if reached in _ENDINGS:
        done = [Step(title, at, "done") for title, at, after in rows if at and _passed(times, after)]
        return (*done, Step(_ENDINGS[reached], times.ended_at, "done"))
    place = _ORDER.index(reached)
    steps, found = [], False
    for title, at, after in rows:
        is_done = place >= _ORDER.index(after)
        steps.append(Step(title, at, "done" if is_done else "" if found else "next"))
        found = found or not is_done
    if times.state is _S.SUSPENDED:
        steps = [Step(step.title, step.at, "" if step.state == "next" else step.state) for step in steps]
        index = next((number for number, step in enumerate(steps) if step.state == ""), len(steps))
        steps.insert(index, Step(_ENDINGS[_S.SUSPENDED], None, "next"))
    return tuple(steps)


def next_step(times: LotTimes) -> Step | None:
    """The next thing that happens; nothing when the lot has ended."""
    return next((step for step in timeline(times) if step.state == "next"), None)


def _rows(times: LotTimes) -> list[tuple[str, datetime | None, LotState]]:
    negotiated = times.method == "NEGOTIATION"
    selling = gettext_noop("Negotiation ends") if negotiated else gettext_noop("Bidding starts")
    return [
        (gettext_noop("Notice published"), times.published_at, _S.ANNOUNCED),
        (gettext_noop("Registration begins"), times.registration_starts_at, _S.REGISTERING),
        (gettext_noop("Registration ends"), times.registration_ends_at, _S.QUALIFYING),
        (gettext_noop("Buyers qualified, method announced"), times.qualification_ends_at, _S.METHOD_DECIDED),
        (selling, times.negotiation_ends_at if negotiated else times.opens_at, _S.HAMMERED),
        (gettext_noop("Result published"), times.hammered_at, _S.NOTICED),
        (gettext_noop("Contract agreed"), None, _S.CONTRACTED),
        (gettext_noop("Price paid, treasury's voucher recorded"), None, _S.PAID),
        (gettext_noop("Rights moved in the registry, certificate issued"), None, _S.CLOSED),
    ]


def _passed(times: LotTimes, after: LotState) -> bool:
    """Whether an ended lot had come that far: the certain part is what carries an instant before its end."""
    if times.ended_at is None:
        return after is _S.ANNOUNCED
    at = {title: at for title, at, place in _rows(times) if place is after}
    return any(instant is not None and instant <= times.ended_at for instant in at.values())
