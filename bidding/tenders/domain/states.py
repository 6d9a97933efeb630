"""The lives of a tender and of its sections, as tables (招标投标法 第三章, 第四章).

A tender goes from the owner's draft over the centre's completeness check to publication by a second person. A section
标段 goes from its notice to its contract; what happens inside an opening belongs to the hall, and inside a review to
the committee.
"""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class TenderState(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CHECKED = "CHECKED"
    PUBLISHED = "PUBLISHED"
    ENDED = "ENDED"


class TenderCommand(StrEnum):
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    PASS_CHECK = "PASS_CHECK"  # noqa: S105  # a command, not a secret
    PUBLISH = "PUBLISH"
    END = "END"


_TS, _TC = TenderState, TenderCommand

TENDER = Machine(
    "Tender",
    states=TenderState,
    commands=TenderCommand,
    initial=TenderState.DRAFT,
    rows=[
        Row(_TC.SUBMIT, _TS.DRAFT, _TS.SUBMITTED, "TenderSubmitted", "sections, document, times, findings answered"),
        Row(_TC.SUBMIT, _TS.RETURNED, _TS.SUBMITTED, "TenderSubmitted", "sections, document, times, findings answered"),
        Row(_TC.RETURN, _TS.SUBMITTED, _TS.RETURNED, "TenderReturned", "with reasons"),
        Row(_TC.RETURN, _TS.CHECKED, _TS.RETURNED, "TenderReturned", "with reasons"),
        Row(_TC.PASS_CHECK, _TS.SUBMITTED, _TS.CHECKED, "TenderChecked", "every item found"),
        Row(_TC.PUBLISH, _TS.CHECKED, _TS.PUBLISHED, "TenderPublished", "by a second person"),
        Row(_TC.END, _TS.PUBLISHED, _TS.ENDED, "TenderEnded", "every section ended"),
    ],
)


class SectionState(StrEnum):
    DRAFT = "DRAFT"
    PREQUALIFYING = "PREQUALIFYING"
    """Applications for prequalification come in and are judged."""
    BIDDING = "BIDDING"
    """Documents can be taken, questions asked, bids handed in."""
    OPENING = "OPENING"
    OPENED = "OPENED"
    """Ready for evaluation."""
    EVALUATED = "EVALUATED"
    PUBLICIZED = "PUBLICIZED"
    """The award candidates are public."""
    AWARDED = "AWARDED"
    CONTRACTED = "CONTRACTED"
    CLOSED = "CLOSED"
    FAILED = "FAILED"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"


class SectionCommand(StrEnum):
    PREQUALIFY = "PREQUALIFY"
    INVITE_BIDS = "INVITE_BIDS"
    BEGIN_OPENING = "BEGIN_OPENING"
    END_OPENING = "END_OPENING"
    TAKE_OFFERS = "TAKE_OFFERS"
    RECORD_REPORT = "RECORD_REPORT"
    PUBLICIZE = "PUBLICIZE"
    REVIEW_AGAIN = "REVIEW_AGAIN"
    AWARD = "AWARD"
    TAKE_NEXT = "TAKE_NEXT"
    CONTRACT = "CONTRACT"
    CLOSE = "CLOSE"
    FAIL = "FAIL"
    SUSPEND = "SUSPEND"
    RESUME_PREQUALIFYING = "RESUME_PREQUALIFYING"
    RESUME_BIDDING = "RESUME_BIDDING"
    RESUME_OPENED = "RESUME_OPENED"
    RESUME_EVALUATED = "RESUME_EVALUATED"
    RESUME_PUBLICIZED = "RESUME_PUBLICIZED"
    TERMINATE = "TERMINATE"


_S, _C = SectionState, SectionCommand

RESUME = {
    _S.PREQUALIFYING: _C.RESUME_PREQUALIFYING,
    _S.BIDDING: _C.RESUME_BIDDING,
    _S.OPENED: _C.RESUME_OPENED,
    _S.EVALUATED: _C.RESUME_EVALUATED,
    _S.PUBLICIZED: _C.RESUME_PUBLICIZED,
}
"""The command that leads back to the state in which a section was suspended."""

ENDED = frozenset({_S.CLOSED, _S.FAILED, _S.TERMINATED})
BEFORE_OPENING = frozenset({_S.PREQUALIFYING, _S.BIDDING})

SECTION = Machine(
    "Section",
    states=SectionState,
    commands=SectionCommand,
    initial=SectionState.DRAFT,
    rows=[
        Row(_C.PREQUALIFY, _S.DRAFT, _S.PREQUALIFYING, "PrequalificationInvited", "tender published"),
        Row(_C.INVITE_BIDS, _S.DRAFT, _S.BIDDING, "BidsInvited", "tender published, nothing prequalified"),
        Row(_C.INVITE_BIDS, _S.PREQUALIFYING, _S.BIDDING, "BidsInvited", "applications decided, enough qualified"),
        Row(_C.BEGIN_OPENING, _S.BIDDING, _S.OPENING, "OpeningBegan", "deadline passed, enough bids"),
        Row(_C.END_OPENING, _S.OPENING, _S.OPENED, "OpeningEnded", "record made"),
        Row(_C.TAKE_OFFERS, _S.BIDDING, _S.OPENED, "OffersTaken", "deadline passed, procedure without sealed bids"),
        Row(_C.RECORD_REPORT, _S.OPENED, _S.EVALUATED, "ReportRecorded", "approved by two persons"),
        Row(_C.PUBLICIZE, _S.EVALUATED, _S.PUBLICIZED, "CandidatesPublished", "at most the candidates allowed"),
        Row(_C.REVIEW_AGAIN, _S.PUBLICIZED, _S.OPENED, "ReviewReopened", "an objection or decision upheld"),
        Row(_C.AWARD, _S.PUBLICIZED, _S.AWARDED, "SectionAwarded", "time of publicity over, no objection open"),
        Row(_C.TAKE_NEXT, _S.AWARDED, _S.PUBLICIZED, "NextCandidateTakes", "the winner gave up, or was struck"),
        Row(_C.CONTRACT, _S.AWARDED, _S.CONTRACTED, "SectionContracted", "signed by both sides"),
        Row(_C.CLOSE, _S.CONTRACTED, _S.CLOSED, "SectionClosed", "reported, bonds given back"),
        Row(_C.FAIL, _S.PREQUALIFYING, _S.FAILED, "SectionFailed", "fewer qualified than needed"),
        Row(_C.FAIL, _S.BIDDING, _S.FAILED, "SectionFailed", "fewer bids than needed"),
        Row(_C.FAIL, _S.OPENING, _S.FAILED, "SectionFailed", "fewer opened than needed"),
        Row(_C.FAIL, _S.OPENED, _S.FAILED, "SectionFailed", "fewer valid bids than needed"),
        Row(_C.FAIL, _S.PUBLICIZED, _S.FAILED, "SectionFailed", "no candidate left"),
        Row(_C.FAIL, _S.AWARDED, _S.FAILED, "SectionFailed", "no candidate left"),
        *(
            Row(_C.SUSPEND, state, _S.SUSPENDED, "SectionSuspended", "objection or numbered decision")
            for state in RESUME
        ),
        *(
            Row(command, _S.SUSPENDED, state, "SectionResumed", f"was {state.value}")
            for state, command in RESUME.items()
        ),
        *(Row(_C.TERMINATE, state, _S.TERMINATED, "SectionTerminated", "numbered decision") for state in RESUME),
        Row(_C.TERMINATE, _S.SUSPENDED, _S.TERMINATED, "SectionTerminated", "numbered decision"),
    ],
)


class ApplicationState(StrEnum):
    """An application for prequalification 资格预审申请."""

    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    QUALIFIED = "QUALIFIED"
    REFUSED = "REFUSED"


class ApplicationCommand(StrEnum):
    WITHDRAW = "WITHDRAW"
    RESUBMIT = "RESUBMIT"
    QUALIFY = "QUALIFY"
    REFUSE = "REFUSE"
    PASS_OVER = "PASS_OVER"  # noqa: S105  # a command, not a secret


_AS, _AC = ApplicationState, ApplicationCommand

APPLICATION = Machine(
    "Prequalification",
    states=ApplicationState,
    commands=ApplicationCommand,
    initial=ApplicationState.SUBMITTED,
    rows=[
        Row(_AC.WITHDRAW, _AS.SUBMITTED, _AS.WITHDRAWN, "ApplicationWithdrawn", "before the applications end"),
        Row(_AC.RESUBMIT, _AS.WITHDRAWN, _AS.SUBMITTED, "ApplicationSubmitted", "before the applications end"),
        Row(_AC.RESUBMIT, _AS.SUBMITTED, _AS.SUBMITTED, "ApplicationSubmitted", "before the applications end"),
        Row(_AC.QUALIFY, _AS.SUBMITTED, _AS.QUALIFIED, "ApplicantQualified", "after the applications ended"),
        Row(_AC.REFUSE, _AS.SUBMITTED, _AS.REFUSED, "ApplicantRefused", "after the applications ended, with reasons"),
        Row(_AC.PASS_OVER, _AS.QUALIFIED, _AS.REFUSED, "ApplicantPassedOver", "number limited, others scored higher"),
    ],
)
