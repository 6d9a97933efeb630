"""Questions that the platform asks the licence library."""

from datetime import date

from commons.domain.codes import uscc as as_uscc
from commons.licences.domain import Licence, LicenceKind, require_valid
from commons.licences.port import licences


def valid_business_licence(*, uscc: str, on: date) -> Licence:
    """The business licence, standing on that day. Refuses (`InvalidCode`, `LicenceNotValid`)."""
    found = licences().business_licence(uscc=as_uscc(uscc))
    return require_valid(found, kind=LicenceKind.BUSINESS_LICENCE, holder_uscc=uscc, on=on)


def valid_emission_permit(*, uscc: str, on: date) -> Licence:
    """The emission permit, standing on that day. Refuses (`InvalidCode`, `LicenceNotValid`)."""
    found = licences().emission_permit(uscc=as_uscc(uscc))
    return require_valid(found, kind=LicenceKind.EMISSION_PERMIT, holder_uscc=uscc, on=on)
