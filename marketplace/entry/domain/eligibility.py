"""Whether an agency may take part in a procurement at an instant, and every reason why not. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from commons.domain.deadlines import local_day
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.catalogue.domain.requirements import Requirement, codes_of, lacking, satisfied, text_of
from marketplace.entry.domain.entrants import EntrantState

UNGRADED = 99
"""How a certificate without grades ranks: it meets what asks for no grade, and nothing else."""


class Bar(StrEnum):
    """Why an agency may not take part."""

    NOT_PUBLISHED = "NOT_PUBLISHED"
    RECHECK_OVERDUE = "RECHECK_OVERDUE"
    LICENCE_EXPIRED = "LICENCE_EXPIRED"
    RESTRICTED = "RESTRICTED"
    NOT_OFFERED = "NOT_OFFERED"
    """It does not offer the service."""
    QUALIFICATION_EXPIRED = "QUALIFICATION_EXPIRED"
    """It held what is asked for, and the term is over or the issuer took it back."""
    QUALIFICATION_MISSING = "QUALIFICATION_MISSING"
    RELATED = "RELATED"
    """Same legal representative, holding or management as the owner."""
    AVOIDED = "AVOIDED"
    """The notice names it: it drafted the need or wrote what is to be reviewed."""


BAR_MESSAGES = {
    Bar.NOT_PUBLISHED: gettext_noop("its entry in the supermarket is not in force"),
    Bar.RECHECK_OVERDUE: gettext_noop("its yearly re-check is overdue"),
    Bar.LICENCE_EXPIRED: gettext_noop("its business licence is over"),
    Bar.RESTRICTED: gettext_noop("it is restricted in the whole province"),
    Bar.NOT_OFFERED: gettext_noop("it does not offer this service"),
    Bar.QUALIFICATION_EXPIRED: gettext_noop("a qualification is over or was taken back"),
    Bar.QUALIFICATION_MISSING: gettext_noop("it lacks a qualification"),
    Bar.RELATED: gettext_noop("it is related to the owner"),
    Bar.AVOIDED: gettext_noop("the notice excludes it"),
}


@dataclass(frozen=True, slots=True)
class Qualification:
    """A certificate that an agency holds, as its issuer last reported it."""

    code: str
    grade: int
    number: str
    valid_from: date
    valid_until: date | None
    revoked: bool = False
    """Revoked or suspended by its issuer."""

    def stands(self, on: date) -> bool:
        """Whether it holds on that day; the last day of the term still counts."""
        return not self.revoked and self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Control:
    """Who stands behind an organisation."""

    uscc: str
    legal_representative: str = ""
    controller_uscc: str = ""

    def related_to(self, other: "Control") -> bool:
        """Same legal representative, one holds the other, or both are held by the same (招标投标法实施条例 第34条)."""
        same_person = bool(self.legal_representative) and self.legal_representative == other.legal_representative
        same_holder = bool(self.controller_uscc) and self.controller_uscc == other.controller_uscc
        return same_person or same_holder or self.uscc == other.controller_uscc or other.uscc == self.controller_uscc


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What decides about an agency, from one reading."""

    agency_id: int
    organisation_id: int
    state: EntrantState
    recheck_due_on: date | None
    licence_until: date | None
    restricted_until: datetime | None
    item_ids: frozenset[int]
    qualifications: tuple[Qualification, ...]
    control: Control


@dataclass(frozen=True, slots=True)
class Demand:
    """What a procurement asks of agencies."""

    item_id: int
    requirement: Requirement
    owner: Control | None = None
    """None: relations are not looked at, as in lists of many notices."""
    avoided: Collection[str] = ()
    """Codes of excluded organisations."""
    avoidance_reason: str = ""


@dataclass(frozen=True, slots=True)
class BarFound:
    """One reason, with what stands in its place: a day, a certificate, a requirement."""

    bar: Bar
    value: str = ""

    @property
    def message(self) -> str:
        return BAR_MESSAGES[self.bar]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer: eligible when nothing bars."""

    agency_id: int
    bars: tuple[BarFound, ...]

    @property
    def eligible(self) -> bool:
        return not self.bars

    def require(self) -> None:
        """Refuses (`NotEligible`) with the first reason."""
        if self.bars:
            raise NotEligible(bar=self.bars[0].bar.value, reason=self.bars[0].message, value=self.bars[0].value)


class NotEligible(Refusal):
    """The agency may not take part; `bar` says which rule, `value` what was found."""

    code = "AGENCY_NOT_ELIGIBLE"
    message = gettext_noop(
        "Your organisation cannot sign up: %(reason)s. %(value)s Look at your entry, mend it there, then try again."
    )


def assess(agency: AgencyFacts, demand: Demand, *, at: datetime) -> Eligibility:
    """Every reason that keeps the agency out at that instant; days are Shanghai's."""
    on = local_day(at)
    found = [*_standing(agency, at, on), *_competence(agency, demand, on), *_conflict(agency, demand)]
    return Eligibility(agency.agency_id, tuple(found))


def _standing(agency: AgencyFacts, at: datetime, on: date) -> Iterable[BarFound]:
    if agency.state not in (EntrantState.PUBLISHED, EntrantState.LAPSED):
        yield BarFound(Bar.NOT_PUBLISHED)
    elif agency.state is EntrantState.LAPSED or (agency.recheck_due_on is not None and on > agency.recheck_due_on):
        yield BarFound(Bar.RECHECK_OVERDUE, agency.recheck_due_on.isoformat() if agency.recheck_due_on else "")
    if agency.licence_until is not None and on > agency.licence_until:
        yield BarFound(Bar.LICENCE_EXPIRED, agency.licence_until.isoformat())
    if agency.restricted_until is not None and at < agency.restricted_until:
        yield BarFound(Bar.RESTRICTED, local_day(agency.restricted_until).isoformat())


def _competence(agency: AgencyFacts, demand: Demand, on: date) -> Iterable[BarFound]:
    if demand.item_id not in agency.item_ids:
        yield BarFound(Bar.NOT_OFFERED)
    missing = lacking(demand.requirement, best_grades(agency.qualifications, on=on))
    if missing is None:
        return
    if satisfied(demand.requirement, best_grades(agency.qualifications, on=None)):
        asked = codes_of(missing)
        over = next(one for one in agency.qualifications if one.code in asked and not one.stands(on))
        yield BarFound(Bar.QUALIFICATION_EXPIRED, f"{over.number} {over.valid_until or ''}".strip())
    else:
        yield BarFound(Bar.QUALIFICATION_MISSING, text_of(missing))


def _conflict(agency: AgencyFacts, demand: Demand) -> Iterable[BarFound]:
    if demand.owner is not None and agency.control.related_to(demand.owner):
        yield BarFound(Bar.RELATED)
    if agency.control.uscc in demand.avoided:
        yield BarFound(Bar.AVOIDED, demand.avoidance_reason)


def best_grades(held: Iterable[Qualification], *, on: date | None) -> dict[str, int]:
    """Per code the best grade that stands on a day; without a day, that was ever held."""
    best: dict[str, int] = {}
    for one in held:
        if on is None or one.stands(on):
            grade = one.grade or UNGRADED
            best[one.code] = min(grade, best.get(one.code, grade))
    return best
