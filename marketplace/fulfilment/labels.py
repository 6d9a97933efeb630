"""Words of fulfilment, for pages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.fulfilment.domain.states import (
    EngagementState,
    GrievanceState,
    MilestoneState,
    ProposalKind,
    ProposalState,
)

STATES = {
    EngagementState.SELECTED.value: ("waiting", _("Result to be published")),
    EngagementState.PUBLISHED.value: ("waiting", pgettext_lazy("supermarket", "Result published")),
    EngagementState.CONTRACTING.value: ("waiting", _("Contract to be signed")),
    EngagementState.SIGNED.value: ("info", pgettext_lazy("supermarket", "Contract signed")),
    EngagementState.SERVING.value: ("info", _("Service goes on")),
    EngagementState.DONE.value: ("done", _("Service accepted")),
    EngagementState.TERMINATED.value: ("stop", _("Contract ended early")),
    EngagementState.GIVEN_UP.value: ("stop", _("Given up")),
    EngagementState.REVOKED.value: ("stop", _("Set aside by decision")),
}
MILESTONES = {
    MilestoneState.PLANNED.value: ("neutral", _("Planned")),
    MilestoneState.DELIVERED.value: ("waiting", _("To be accepted")),
    MilestoneState.RETURNED.value: ("stop", _("Returned")),
    MilestoneState.ACCEPTED.value: ("done", _("Accepted")),
}
PROPOSALS = {
    ProposalKind.EXTENSION: _("Extension"),
    ProposalKind.CHANGE: _("Change of the contract"),
    ProposalKind.TERMINATION: _("Early end of the contract"),
}
PROPOSAL_STATES = {
    ProposalState.OPEN.value: ("waiting", _("Waits for the other side")),
    ProposalState.AGREED.value: ("done", _("Agreed")),
    ProposalState.DECLINED.value: ("stop", pgettext_lazy("supermarket", "Declined")),
}
GRIEVANCES = {
    GrievanceState.RAISED.value: ("waiting", _("Waits for the owner's answer")),
    GrievanceState.ANSWERED.value: ("info", _("Answered")),
    GrievanceState.COMPLAINED.value: ("waiting", _("Waits for the regulator")),
    GrievanceState.ACCEPTED.value: ("waiting", _("Taken up, waits for the decision")),
    GrievanceState.REJECTED.value: ("neutral", pgettext_lazy("supermarket", "Not taken up")),
    GrievanceState.UPHELD.value: ("stop", pgettext_lazy("supermarket", "Upheld")),
    GrievanceState.DISMISSED.value: ("done", pgettext_lazy("supermarket", "Dismissed")),
}
RULINGS = {
    "ComplaintTakenUp": _("Taken up"),
    "ComplaintRejected": _("Not taken up"),
    "ComplaintUpheld": _("Upheld"),
    "ComplaintDismissed": _("Dismissed"),
}
