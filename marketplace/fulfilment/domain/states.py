"""What follows a selection, as tables: engagement, milestones, proposals of change, objections and complaints."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class EngagementState(StrEnum):
    """From the selection to the accepted service 履约."""

    SELECTED = "SELECTED"
    """Somebody is selected; the result is not published yet."""
    PUBLISHED = "PUBLISHED"
    """Result notice and 中选通知书 are out; refusal and objection are possible."""
    CONTRACTING = "CONTRACTING"
    """The contract is composed and waits for signatures."""
    SIGNED = "SIGNED"
    SERVING = "SERVING"
    """The contract is on the public record and the service goes on."""
    DONE = "DONE"
    TERMINATED = "TERMINATED"
    GIVEN_UP = "GIVEN_UP"
    """The agency refused, or did not sign in time by the owner's statement."""
    REVOKED = "REVOKED"
    """The regulator's decision on a complaint set the result aside."""


class EngagementCommand(StrEnum):
    PUBLISH = "PUBLISH"
    COMPOSE = "COMPOSE"
    RECOMPOSE = "RECOMPOSE"
    COMPLETE_SIGNATURES = "COMPLETE_SIGNATURES"
    UPLOAD = "UPLOAD"
    ACCEPT = "ACCEPT"
    TERMINATE = "TERMINATE"
    GIVE_UP = "GIVE_UP"
    REVOKE = "REVOKE"


_S, _C = EngagementState, EngagementCommand

ENGAGEMENT = Machine(
    "engagement",
    states=EngagementState,
    commands=EngagementCommand,
    initial=EngagementState.SELECTED,
    rows=[
        Row(_C.PUBLISH, _S.SELECTED, _S.PUBLISHED, "ResultPublished", "nothing suspends"),
        Row(_C.COMPOSE, _S.PUBLISHED, _S.CONTRACTING, "ContractComposed", "nothing suspends"),
        Row(_C.RECOMPOSE, _S.CONTRACTING, _S.CONTRACTING, "ContractComposed", "nobody has signed"),
        Row(_C.COMPLETE_SIGNATURES, _S.CONTRACTING, _S.SIGNED, "ContractSigned", "both sides"),
        Row(_C.UPLOAD, _S.SIGNED, _S.SERVING, "ContractUploaded"),
        Row(_C.ACCEPT, _S.SERVING, _S.DONE, "ServiceAccepted", "every milestone is accepted"),
        Row(_C.TERMINATE, _S.SERVING, _S.TERMINATED, "ContractTerminated", "agreed by both, or a decision with number"),
        Row(_C.TERMINATE, _S.SIGNED, _S.TERMINATED, "ContractTerminated", "agreed by both, or a decision with number"),
        Row(_C.GIVE_UP, _S.PUBLISHED, _S.GIVEN_UP, "SelectionGivenUp"),
        Row(_C.GIVE_UP, _S.CONTRACTING, _S.GIVEN_UP, "SelectionGivenUp", "nobody has signed"),
        Row(_C.REVOKE, _S.SELECTED, _S.REVOKED, "ResultRevoked", "a decision with number"),
        Row(_C.REVOKE, _S.PUBLISHED, _S.REVOKED, "ResultRevoked", "a decision with number"),
        Row(_C.REVOKE, _S.CONTRACTING, _S.REVOKED, "ResultRevoked", "a decision with number"),
    ],
)
BEFORE_CONTRACT = frozenset({_S.SELECTED, _S.PUBLISHED, _S.CONTRACTING})
OVER = frozenset({_S.DONE, _S.TERMINATED, _S.GIVEN_UP, _S.REVOKED})


class MilestoneState(StrEnum):
    """A part of the service with its deliverable."""

    PLANNED = "PLANNED"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"


class MilestoneCommand(StrEnum):
    DELIVER = "DELIVER"
    RETURN = "RETURN"
    ACCEPT = "ACCEPT"


_M, _D = MilestoneState, MilestoneCommand

MILESTONE = Machine(
    "milestone",
    states=MilestoneState,
    commands=MilestoneCommand,
    initial=MilestoneState.PLANNED,
    rows=[
        Row(_D.DELIVER, _M.PLANNED, _M.DELIVERED, "DeliverableHandedIn", "the agency, with a document"),
        Row(_D.DELIVER, _M.RETURNED, _M.DELIVERED, "DeliverableHandedIn", "the agency, with a document"),
        Row(_D.RETURN, _M.DELIVERED, _M.RETURNED, "DeliverableReturned", "the owner, with the reason"),
        Row(_D.ACCEPT, _M.DELIVERED, _M.ACCEPTED, "DeliverableAccepted", "the owner"),
    ],
)


class ProposalKind(StrEnum):
    """What one side proposes to change in the contract."""

    EXTENSION = "EXTENSION"
    CHANGE = "CHANGE"
    TERMINATION = "TERMINATION"


class ProposalState(StrEnum):
    OPEN = "OPEN"
    AGREED = "AGREED"
    DECLINED = "DECLINED"


class ProposalCommand(StrEnum):
    AGREE = "AGREE"
    DECLINE = "DECLINE"


PROPOSAL = Machine(
    "contract_proposal",
    states=ProposalState,
    commands=ProposalCommand,
    initial=ProposalState.OPEN,
    rows=[
        Row(ProposalCommand.AGREE, ProposalState.OPEN, ProposalState.AGREED, "ProposalAgreed", "the other side"),
        Row(ProposalCommand.DECLINE, ProposalState.OPEN, ProposalState.DECLINED, "ProposalDeclined", "the other side"),
    ],
)


class GrievanceState(StrEnum):
    """An objection to a result, and the complaint that may follow it."""

    RAISED = "RAISED"
    ANSWERED = "ANSWERED"
    COMPLAINED = "COMPLAINED"
    ACCEPTED = "ACCEPTED"
    """The regulator took the complaint up and decides on suspension."""
    REJECTED = "REJECTED"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


class GrievanceCommand(StrEnum):
    ANSWER = "ANSWER"
    COMPLAIN = "COMPLAIN"
    TAKE_UP = "TAKE_UP"
    REJECT = "REJECT"
    UPHOLD = "UPHOLD"
    DISMISS = "DISMISS"


_G, _V = GrievanceState, GrievanceCommand

GRIEVANCE = Machine(
    "grievance",
    states=GrievanceState,
    commands=GrievanceCommand,
    initial=GrievanceState.RAISED,
    rows=[
        Row(_V.ANSWER, _G.RAISED, _G.ANSWERED, "ObjectionAnswered", "the owner"),
        Row(_V.COMPLAIN, _G.RAISED, _G.COMPLAINED, "ComplaintRaised", "no answer came in time"),
        Row(_V.COMPLAIN, _G.ANSWERED, _G.COMPLAINED, "ComplaintRaised", "within the limit"),
        Row(_V.TAKE_UP, _G.COMPLAINED, _G.ACCEPTED, "ComplaintTakenUp", "the regulator, with number"),
        Row(_V.REJECT, _G.COMPLAINED, _G.REJECTED, "ComplaintRejected", "the regulator, with number"),
        Row(_V.UPHOLD, _G.ACCEPTED, _G.UPHELD, "ComplaintUpheld", "the regulator, with number"),
        Row(_V.DISMISS, _G.ACCEPTED, _G.DISMISSED, "ComplaintDismissed", "the regulator, with number"),
    ],
)
