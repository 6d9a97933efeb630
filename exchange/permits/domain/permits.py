"""The emission permit 排污许可证: its term, its renewal, its states."""

from calendar import isleap
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

TERM_YEARS = 5
"""排污许可管理条例 第14条."""

RENEWAL_DAYS = 60
"""Renewal is applied for at least so many days before the permit expires: 排污许可管理条例 第14条."""


class Industry(StrEnum):
    THERMAL_POWER = "THERMAL_POWER"
    """火电, captive power plants 自备电厂 included."""
    OTHER = "OTHER"


class PermitState(StrEnum):
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    SURRENDERED = "SURRENDERED"


STATE_WORDS = {
    PermitState.IN_FORCE: gettext_noop("In force"),
    PermitState.SUSPENDED: gettext_noop("Suspended by decision"),
    PermitState.REVOKED: gettext_noop("Revoked"),
    PermitState.SURRENDERED: gettext_noop("Surrendered"),
}


class PermitCommand(StrEnum):
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    REVOKE = "REVOKE"
    SURRENDER = "SURRENDER"


_S, _C = PermitState, PermitCommand

MACHINE = Machine(
    "Emission permit",
    states=PermitState,
    commands=PermitCommand,
    initial=_S.IN_FORCE,
    rows=[
        Row(_C.SUSPEND, _S.IN_FORCE, _S.SUSPENDED, "PermitSuspended", "a numbered decision"),
        Row(_C.RESUME, _S.SUSPENDED, _S.IN_FORCE, "PermitResumed", "a numbered decision"),
        Row(_C.REVOKE, _S.IN_FORCE, _S.REVOKED, "PermitRevoked", "a numbered decision"),
        Row(_C.REVOKE, _S.SUSPENDED, _S.REVOKED, "PermitRevoked", "a numbered decision"),
        Row(_C.SURRENDER, _S.IN_FORCE, _S.SURRENDERED, "PermitSurrendered", "a numbered decision"),
    ],
)


class PermitTermWrong(Refusal):
    code = "PERMIT_TERM_WRONG"
    message = gettext_noop("A permit runs from its first day for at most 5 years; %(start)s to %(end)s does not.")
    status = 400


class RenewalTooLate(Refusal):
    """排污许可管理条例 第14条."""

    code = "PERMIT_RENEWAL_TOO_LATE"
    message = gettext_noop(
        "Renewal had to be applied for by %(due)s, 60 days before the permit expires; it was on %(applied)s."
    )


class PermitNumberTaken(Refusal):
    code = "PERMIT_NUMBER_TAKEN"
    message = gettext_noop("A permit with the number %(number)s is already recorded. Correct that one instead.")


class PermitFactsDiffer(Refusal):
    code = "PERMIT_FACTS_DIFFER"
    message = gettext_noop(
        "The permit %(number)s is recorded with other particulars (%(particulars)s). Correct it with a reason."
    )


class PermitHasNoPollutant(Refusal):
    code = "PERMIT_HAS_NO_POLLUTANT"
    message = gettext_noop("Name at least one pollutant with its permitted quantity.")
    status = 400


@dataclass(frozen=True, slots=True)
class Limit:
    """What a permit allows of one pollutant, in tonnes a year."""

    instrument: str
    quantity: Decimal
    approved_need: Decimal | None = None
    """What the environmental assessment lets the enterprise buy in addition; none where it says nothing."""


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """What stands on a permit. Both days belong to the term."""

    number: str
    organisation_id: int
    region: str
    basin: str
    industry: Industry
    valid_from: date
    valid_until: date
    limits: tuple[Limit, ...]
    document_ref: str
    state: PermitState = PermitState.IN_FORCE
    document_id: int | None = field(default=None, compare=False)

    def limit_of(self, instrument: str) -> Limit | None:
        return next((limit for limit in self.limits if limit.instrument == instrument), None)

    def is_valid_on(self, on: date) -> bool:
        return self.state is PermitState.IN_FORCE and self.valid_from <= on <= self.valid_until

    @property
    def renewal_due_on(self) -> date:
        """The last day to apply for renewal."""
        return self.valid_until - timedelta(days=RENEWAL_DAYS)


def check(facts: PermitFacts) -> None:
    """Refuses (`PermitTermWrong`, `PermitHasNoPollutant`) what no permit can say."""
    if not facts.valid_from <= facts.valid_until < years_after(facts.valid_from, TERM_YEARS) + timedelta(days=1):
        raise PermitTermWrong(start=facts.valid_from.isoformat(), end=facts.valid_until.isoformat())
    if not facts.limits:
        raise PermitHasNoPollutant()


def check_renewal(facts: PermitFacts, *, applied_on: date) -> None:
    """Refuses (`RenewalTooLate`) an application less than 60 days before the permit expires."""
    if applied_on > facts.renewal_due_on:
        raise RenewalTooLate(due=facts.renewal_due_on.isoformat(), applied=applied_on.isoformat())


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th where there is none."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)
