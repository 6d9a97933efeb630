"""Licences with their standing on a day. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class LicenceKind(StrEnum):
    BUSINESS_LICENCE = "BUSINESS_LICENCE"
    EMISSION_PERMIT = "EMISSION_PERMIT"
    QUALIFICATION = "QUALIFICATION"
    """A professional qualification 资质证书; an organisation may hold several."""


class Standing(StrEnum):
    VALID = "VALID"
    NOT_YET = "NOT_YET"
    EXPIRED = "EXPIRED"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"


class LicenceNotValid(Refusal):
    """The holder has no such licence, or it does not stand on that day."""

    code = "LICENCE_NOT_VALID"
    message = gettext_noop(
        "The %(kind)s of %(holder)s is not valid: %(reason)s. Renew it with its issuer, then try again."
    )


KIND_LABELS = {
    LicenceKind.BUSINESS_LICENCE: gettext_noop("business licence"),
    LicenceKind.EMISSION_PERMIT: gettext_noop("emission permit"),
    LicenceKind.QUALIFICATION: gettext_noop("qualification certificate"),
}
_REASONS = {
    Standing.NOT_YET: gettext_noop("its term has not begun"),
    Standing.EXPIRED: gettext_noop("its term is over"),
    Standing.SUSPENDED: gettext_noop("its issuer has suspended it"),
    Standing.REVOKED: gettext_noop("its issuer has revoked it"),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """An electronic licence (GB/T 36901–36905): kind, number, issuer, holder, term and what its issuer says of it."""

    kind: LicenceKind
    number: str
    issuer: str
    holder: str
    holder_uscc: str
    valid_from: date
    valid_until: date | None
    """The last day of the term; None for an unlimited one."""
    suspended: bool = False
    revoked: bool = False
    identifier: str = ""
    """The licence's own identifier, under the root 1.2.156.3005.2."""
    scope: str = ""
    """Of a qualification: its code in the register of qualifications."""
    grade: int = 0
    """Of a qualification: 1 is the best; 0 where there are no grades."""

    def standing(self, on: date) -> Standing:
        """How the licence stands on a day; the last day of the term still counts."""
        if self.revoked:
            return Standing.REVOKED
        if self.suspended:
            return Standing.SUSPENDED
        if on < self.valid_from:
            return Standing.NOT_YET
        if self.valid_until is not None and on > self.valid_until:
            return Standing.EXPIRED
        return Standing.VALID


def require_valid(licence: Licence | None, *, kind: LicenceKind, holder_uscc: str, on: date) -> Licence:
    """The licence, standing on that day. Refuses (`LicenceNotValid`) a missing one and one that does not stand."""
    label = KIND_LABELS[kind]
    if licence is None:
        raise LicenceNotValid(kind=label, holder=holder_uscc, reason=gettext_noop("the licence library has none"))
    standing = licence.standing(on)
    if standing is not Standing.VALID:
        raise LicenceNotValid(kind=label, holder=holder_uscc, reason=_REASONS[standing])
    return licence
