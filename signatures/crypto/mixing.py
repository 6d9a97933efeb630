"""A procedure is of one suite: its keys and its certificates are of the same one, and the suite is installed.

The seller or tenderee chooses it; where the Cryptography Law (密码法) art. 27 asks for the national one, that is theirs
to choose.
"""

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.crypto.suites import Suite, UnknownSuite, provider_of


class SuiteMissing(Refusal):
    """The extra of the suite is not installed, so nothing can be checked in it."""

    code = "SUITE_MISSING"
    message = gettext_noop(
        "The national algorithms are not installed on this platform, so they cannot be chosen. "
        "Its operator installs requirements/sm.txt; until then choose the international ones."
    )


class SuitesMixed(Refusal):
    """A key or certificate of another suite than the procedure's."""

    code = "SUITES_MIXED"
    message = gettext_noop("This procedure is in the international algorithms. Choose an ECDSA or RSA certificate.")
    status = 409


class NationalAsked(SuitesMixed):
    """A key or certificate of the international suite in a procedure of the national one."""

    code = "SUITES_MIXED_NATIONAL_ASKED"
    message = gettext_noop(
        "This procedure is in the national algorithms 国密. Choose an SM2 certificate; "
        "bind one on the page of your certificates if you have none there."
    )


def is_installed(suite: Suite) -> bool:
    """Whether procedures can be of that suite here."""
    try:
        provider_of(suite)
    except UnknownSuite:
        return False
    return True


def require_installed(suite: Suite) -> None:
    """Refuses (`SuiteMissing`) a suite whose extra is not installed."""
    if not is_installed(suite):
        raise SuiteMissing()


def require_same(found: Suite | None, *, asked: Suite) -> None:
    """Refuses (`SuitesMixed`, `NationalAsked`) what is not of the procedure's suite; None is of no known one."""
    if found is not asked:
        raise NationalAsked() if asked is Suite.SM else SuitesMixed()
