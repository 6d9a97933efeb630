"""An authority of the trust list: trusted, suspended when in doubt, withdrawn when it leaves the list."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class AuthorityState(StrEnum):
    TRUSTED = "TRUSTED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"


class AuthorityCommand(StrEnum):
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    WITHDRAW = "WITHDRAW"
    LIST_AGAIN = "LIST_AGAIN"


AUTHORITIES = Machine(
    "certificate_authority",
    states=AuthorityState,
    commands=AuthorityCommand,
    initial=AuthorityState.TRUSTED,
    rows=[
        Row(AuthorityCommand.SUSPEND, AuthorityState.TRUSTED, AuthorityState.SUSPENDED, "AuthoritySuspended"),
        Row(
            AuthorityCommand.RESUME,
            AuthorityState.SUSPENDED,
            AuthorityState.TRUSTED,
            "AuthorityResumed",
            "a second person approved",
        ),
        Row(AuthorityCommand.WITHDRAW, AuthorityState.TRUSTED, AuthorityState.WITHDRAWN, "AuthorityWithdrawn"),
        Row(AuthorityCommand.WITHDRAW, AuthorityState.SUSPENDED, AuthorityState.WITHDRAWN, "AuthorityWithdrawn"),
        Row(AuthorityCommand.LIST_AGAIN, AuthorityState.WITHDRAWN, AuthorityState.TRUSTED, "AuthorityListed"),
    ],
)


class TrustListUnreadable(Refusal):
    code = "TRUST_LIST_UNREADABLE"
    message = gettext_noop("The trust list cannot be used: %(reason)s.")
    status = 400
