"""What is checked before an entry is published and at every yearly re-check. Pure: the registers' answers arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commons.domain import codes
from commons.domain.text import gettext_noop
from commons.licences.domain import Licence, Standing
from marketplace.entry.domain.entrants import CheckKind, EntrantKind


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry of a public list: which list, its number there, since when, until when."""

    kind: CheckKind
    """`DISHONESTY` or `ABNORMAL_OPERATION`."""
    number: str
    since: date
    until: date | None = None

    def stands(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check, and what was found, as an English message id with the place %(value)s."""

    kind: CheckKind
    passed: bool
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the registers said about an organisation on a day."""

    kind: EntrantKind
    uscc: str
    licence: Licence | None
    qualifications: Sequence[Licence]
    listings: Sequence[Listing]
    committed: bool
    restricted: bool
    asks_for_qualification: bool
    """Whether any service that the agency offers needs one."""
    person: bool = False
    """Whether it is a natural person: confirmed by the identity system, without code, licence or abnormal operation."""


def run(found: Findings, *, on: date) -> tuple[Check, ...]:
    """Every check that the kind of entrant asks for. Public bodies have no business licence: owners are not asked."""
    if found.person:
        return (_identity(), _list(found, CheckKind.DISHONESTY, on), _restriction(found))
    checks = [_code(found)]
    if found.kind is EntrantKind.AGENCY:
        checks += [_licence(found, on), _qualifications(found, on), _commitment(found)]
    checks += [_list(found, kind, on) for kind in (CheckKind.DISHONESTY, CheckKind.ABNORMAL_OPERATION)]
    return (*checks, _restriction(found))


def failed(checks: Sequence[Check]) -> Check | None:
    """The first check that did not pass."""
    return next((check for check in checks if not check.passed), None)


def _code(found: Findings) -> Check:
    valid = codes.check_uscc(found.uscc).valid
    message = gettext_noop("the code is valid") if valid else gettext_noop("the code is not valid")
    return Check(CheckKind.CODE, valid, message, found.uscc)


def _identity() -> Check:
    """Nobody becomes a natural person here whom the identity system did not confirm."""
    return Check(CheckKind.IDENTITY, True, gettext_noop("confirmed by the identity system"))


def _licence(found: Findings, on: date) -> Check:
    if found.licence is None:
        return Check(CheckKind.LICENCE, False, gettext_noop("the licence library has none"))
    standing = found.licence.standing(on)
    if standing is Standing.VALID:
        return Check(CheckKind.LICENCE, True, gettext_noop("valid, number %(value)s"), found.licence.number)
    return Check(CheckKind.LICENCE, False, gettext_noop("not valid: %(value)s"), standing.value)


def _qualifications(found: Findings, on: date) -> Check:
    valid = [one for one in found.qualifications if one.standing(on) is Standing.VALID]
    if valid or not found.asks_for_qualification:
        return Check(CheckKind.QUALIFICATIONS, True, gettext_noop("%(value)s valid"), str(len(valid)))
    return Check(CheckKind.QUALIFICATIONS, False, gettext_noop("no valid qualification for the services offered"))


def _commitment(found: Findings) -> Check:
    message = gettext_noop("signed") if found.committed else gettext_noop("not signed")
    return Check(CheckKind.COMMITMENT, found.committed, message)


def _list(found: Findings, kind: CheckKind, on: date) -> Check:
    listed = next((one for one in found.listings if one.kind is kind and one.stands(on)), None)
    if listed is None:
        return Check(kind, True, gettext_noop("not listed"))
    return Check(kind, False, gettext_noop("listed under %(value)s"), listed.number)


def _restriction(found: Findings) -> Check:
    message = gettext_noop("restricted in the province") if found.restricted else gettext_noop("not restricted")
    return Check(CheckKind.RESTRICTION, not found.restricted, message)
