"""What a key for programs may be used for: never more than its person may do, and often less."""

from enum import StrEnum

from commons.domain.refusals import NotPermitted
from commons.domain.text import gettext_noop


class Scope(StrEnum):
    """Part of what its person may do that a key opens. Stored; labels are translated at the edge."""

    READ = "READ"
    """Everything that the person may read. Every key holds it."""
    TRADE = "TRADE"
    """Drafting, registering, offering, confirming, for the organisation."""
    MONEY = "MONEY"
    """Bank files, payments and vouchers."""
    CENTRE = "CENTRE"
    """What the centre's people keep: calendar, rule parameters, approvals, notices."""


class ScopeMissing(NotPermitted):
    code = "SCOPE_MISSING"
    message = gettext_noop("This key does not open “%(scope)s”. Make one that does under “Keys for programs”.")
