"""Words and tones for guarantees, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signatures.guarantees.domain.chain import Status
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeKind, IssuerKind, IssuerStatus, RefusalGround

Label = str | Promise

STATES: dict[GuaranteeState, tuple[Label, str]] = {
    GuaranteeState.APPLIED: (_("Asked for"), "waiting"),
    GuaranteeState.UNDERWRITING: (_("Being assessed"), "waiting"),
    GuaranteeState.DECLINED: (_("Declined"), "stop"),
    GuaranteeState.SEALED: (_("Issued, sealed"), "done"),
    GuaranteeState.OPENED: (_("Opened, valid"), "done"),
    GuaranteeState.RELEASED: (_("Released"), "neutral"),
    GuaranteeState.CLAIMED: (_("Claimed"), "waiting"),
    GuaranteeState.PAID: (_("Paid"), "info"),
    GuaranteeState.REFUSED: (_("Claim refused"), "stop"),
    GuaranteeState.CANCELLED: (_("Cancelled"), "neutral"),
    GuaranteeState.EXPIRED: (_("Expired"), "neutral"),
}

STATUSES: dict[Status, Label] = {
    Status.ISSUED: _("Guarantee issued"),
    Status.EXTENDED: _("Extended"),
    Status.OPENED: _("Opened"),
    Status.RELEASED: _("Released"),
    Status.CLAIMED: _("Claimed"),
    Status.PAID: _("Paid"),
    Status.REFUSED: _("Claim refused"),
    Status.CANCELLED: _("Cancelled"),
    Status.EXPIRED: _("Expired"),
}

ISSUER_KINDS: dict[IssuerKind, Label] = {
    IssuerKind.BANK: _("Bank"),
    IssuerKind.GUARANTEE_COMPANY: _("Guarantee company"),
    IssuerKind.INSURER: _("Insurer"),
}

ISSUER_STATUSES: dict[IssuerStatus, tuple[Label, str]] = {
    IssuerStatus.LISTED: (_("Listed"), "done"),
    IssuerStatus.SUSPENDED: (_("Suspended"), "waiting"),
    IssuerStatus.REVOKED: (_("Revoked"), "stop"),
}

KINDS: dict[GuaranteeKind, Label] = {
    GuaranteeKind.INDEPENDENT: _("Independent, payable on demand"),
    GuaranteeKind.CONDITIONAL: _("Conditional, payable on proof of breach"),
}

CLAIM_GROUNDS: dict[ClaimGround, Label] = {
    ClaimGround.WITHDRAWN_AFTER_DEADLINE: _("The bid was withdrawn after the deadline"),
    ClaimGround.REFUSED_TO_SIGN: _("The winner refused to sign the contract"),
    ClaimGround.NO_PERFORMANCE_BOND: _("The winner did not hand in the performance bond"),
    ClaimGround.COLLUSION: _("Collusion or fraud was established"),
}

REFUSAL_GROUNDS: dict[RefusalGround, Label] = {
    RefusalGround.DOCUMENTS_DIFFER: _("The documents do not conform"),
    RefusalGround.GROUND_NOT_COVERED: _("The ground is not covered"),
    RefusalGround.PRESENTED_LATE: _("Presented after the last day"),
    RefusalGround.AMOUNT_EXCEEDS: _("More than the guaranteed amount"),
    RefusalGround.COURT_ORDER: _("A court ordered payment to be withheld"),
}
