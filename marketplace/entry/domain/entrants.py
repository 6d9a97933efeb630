"""Who may buy and sell in the supermarket: owners 项目业主 and agencies 中介服务机构, from draft to publication. Pure.

One registration holds for the whole province, and so does a restriction (粤办函〔2020〕332号).
"""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class EntrantKind(StrEnum):
    OWNER = "OWNER"
    AGENCY = "AGENCY"


class EntrantState(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CHECKING = "CHECKING"
    """A member of staff looks at it; what the registers say stands beside it."""
    RETURNED = "RETURNED"
    PUBLISHED = "PUBLISHED"
    LAPSED = "LAPSED"
    """The yearly re-check was not made in time."""
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


class EntrantCommand(StrEnum):
    SUBMIT = "SUBMIT"
    TAKE = "TAKE"
    RETURN = "RETURN"
    PUBLISH = "PUBLISH"
    RECHECK = "RECHECK"
    LAPSE = "LAPSE"
    SUSPEND = "SUSPEND"
    RESTORE = "RESTORE"
    CANCEL = "CANCEL"


_S, _C = EntrantState, EntrantCommand

ENTRANT = Machine(
    "Entrant",
    states=EntrantState,
    commands=EntrantCommand,
    initial=EntrantState.DRAFT,
    rows=[
        Row(_C.SUBMIT, _S.DRAFT, _S.SUBMITTED, "EntrySubmitted", "commitment signed, particulars complete"),
        Row(_C.SUBMIT, _S.RETURNED, _S.SUBMITTED, "EntrySubmitted", "commitment signed, particulars complete"),
        Row(_C.TAKE, _S.SUBMITTED, _S.CHECKING, "EntryTaken", "registers asked"),
        Row(_C.RETURN, _S.CHECKING, _S.RETURNED, "EntryReturned", "reason"),
        Row(_C.PUBLISH, _S.CHECKING, _S.PUBLISHED, "EntryPublished", "no check failed"),
        Row(_C.RECHECK, _S.PUBLISHED, _S.PUBLISHED, "EntryRechecked", "no check failed"),
        Row(_C.RECHECK, _S.LAPSED, _S.PUBLISHED, "EntryRechecked", "no check failed"),
        Row(_C.LAPSE, _S.PUBLISHED, _S.LAPSED, "EntryLapsed", "re-check overdue"),
        Row(_C.SUSPEND, _S.PUBLISHED, _S.SUSPENDED, "EntrySuspended", "numbered decision"),
        Row(_C.SUSPEND, _S.LAPSED, _S.SUSPENDED, "EntrySuspended", "numbered decision"),
        Row(_C.RESTORE, _S.SUSPENDED, _S.PUBLISHED, "EntryRestored", "numbered decision or end of the term"),
        Row(_C.CANCEL, _S.DRAFT, _S.CANCELLED, "EntryCancelled"),
        Row(_C.CANCEL, _S.RETURNED, _S.CANCELLED, "EntryCancelled"),
        Row(_C.CANCEL, _S.PUBLISHED, _S.CANCELLED, "EntryCancelled", "no service under way"),
        Row(_C.CANCEL, _S.LAPSED, _S.CANCELLED, "EntryCancelled", "no service under way"),
        Row(_C.CANCEL, _S.SUSPENDED, _S.CANCELLED, "EntryCancelled", "numbered decision"),
    ],
)
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})


class StatusKind(StrEnum):
    """What the shared feed of standing says happened to an organisation."""

    ENTERED = "ENTERED"
    RECHECKED = "RECHECKED"
    LAPSED = "LAPSED"
    SUSPENDED = "SUSPENDED"
    RESTORED = "RESTORED"
    RESTRICTED = "RESTRICTED"
    """No new sign-ups anywhere in the province, whichever city decided it."""
    LIFTED = "LIFTED"
    CANCELLED = "CANCELLED"


class CheckKind(StrEnum):
    CODE = "CODE"
    IDENTITY = "IDENTITY"
    """Of a natural person, who has no code."""
    LICENCE = "LICENCE"
    QUALIFICATIONS = "QUALIFICATIONS"
    DISHONESTY = "DISHONESTY"
    """The list of persons subject to enforcement for dishonesty 失信被执行人."""
    ABNORMAL_OPERATION = "ABNORMAL_OPERATION"
    """The list of abnormal operation 经营异常名录."""
    COMMITMENT = "COMMITMENT"
    RESTRICTION = "RESTRICTION"


class EntryIncomplete(Refusal):
    code = "ENTRY_INCOMPLETE"
    message = gettext_noop("The entry cannot be handed in yet: %(reason)s.")
    status = 400


class CheckFailed(Refusal):
    code = "ENTRY_CHECK_FAILED"
    message = gettext_noop(
        "The entry cannot be published: the check “%(kind)s” did not pass. Return it, or check again."
    )


class EntryInUse(Refusal):
    """Who has a need published or a service under way stays until it is over."""

    code = "ENTRY_IN_USE"
    message = gettext_noop("%(count)s needs or services are under way. End them first, then leave the supermarket.")


class CheckedByYourself(Refusal):
    code = "ENTRY_CHECKED_BY_YOURSELF"
    message = gettext_noop("You checked this entry yourself. Another member of staff publishes it.")
    status = 403


class NotEntered(Refusal):
    """The organisation has no published entry of the kind that is needed."""

    code = "NOT_ENTERED"
    message = gettext_noop("Your organisation has no published entry in the supermarket. Enter it first.")
    status = 403
