"""Words of fulfilment, for pages."""

from django.utils.translation import gettext_lazy as _

from marketplace.fulfilment.domain.states import (
    EngagementState,
    GrievanceState,
    MilestoneState,
    ProposalKind,
    ProposalState,
)

STATES = {
    EngagementState.SELECTED.value: ("waiting", _("result to be published")),
    EngagementState.PUBLISHED.value: ("waiting", _("result published")),
    EngagementState.CONTRACTING.value: ("waiting", _("contract to be signed")),
    EngagementState.SIGNED.value: ("info", _("contract signed")),
    EngagementState.SERVING.value: ("info", _("service goes on")),
    EngagementState.DONE.value: ("done", _("service accepted")),
    EngagementState.TERMINATED.value: ("stop", _("contract ended early")),
    EngagementState.GIVEN_UP.value: ("stop", _("given up")),
    EngagementState.REVOKED.value: ("stop", _("set aside by decision")),
}
MILESTONES = {
    MilestoneState.PLANNED.value: ("neutral", _("planned")),
    MilestoneState.DELIVERED.value: ("waiting", _("to be accepted")),
    MilestoneState.RETURNED.value: ("stop", _("returned")),
    MilestoneState.ACCEPTED.value: ("done", _("accepted")),
}
PROPOSALS = {
    ProposalKind.EXTENSION: _("Extension"),
    ProposalKind.CHANGE: _("Change of the contract"),
    ProposalKind.TERMINATION: _("Early end of the contract"),
}
PROPOSAL_STATES = {
    ProposalState.OPEN.value: ("waiting", _("waits for the other side")),
    ProposalState.AGREED.value: ("done", _("agreed")),
    ProposalState.DECLINED.value: ("stop", _("declined")),
}
GRIEVANCES = {
    GrievanceState.RAISED.value: ("waiting", _("waits for the owner's answer")),
    GrievanceState.ANSWERED.value: ("info", _("answered")),
    GrievanceState.COMPLAINED.value: ("waiting", _("waits for the regulator")),
    GrievanceState.ACCEPTED.value: ("waiting", _("taken up, waits for the decision")),
    GrievanceState.REJECTED.value: ("neutral", _("not taken up")),
    GrievanceState.UPHELD.value: ("stop", _("upheld")),
    GrievanceState.DISMISSED.value: ("done", _("dismissed")),
}
RULINGS = {
    "ComplaintTakenUp": _("Taken up"),
    "ComplaintRejected": _("Not taken up"),
    "ComplaintUpheld": _("Upheld"),
    "ComplaintDismissed": _("Dismissed"),
}
