"""What the public is told about a tender."""

from enum import StrEnum

from commons.domain.text import gettext_noop


class TenderNoticeKind(StrEnum):
    TENDER = "TENDER"
    PREQUALIFICATION = "PREQUALIFICATION"
    BIDS_INVITED = "BIDS_INVITED"
    """Those prequalified are invited to bid."""
    ADDENDUM = "ADDENDUM"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    TERMINATION = "TERMINATION"
    FAILURE = "FAILURE"
    CANDIDATES = "CANDIDATES"
    AWARD = "AWARD"
    CONTRACT = "CONTRACT"
    CALL_OFF = "CALL_OFF"
    """Who supplies a purchase under a framework (财政部令第110号 第35条)."""


NOTICE_LABELS = {
    TenderNoticeKind.TENDER: gettext_noop("Tender notice"),
    TenderNoticeKind.PREQUALIFICATION: gettext_noop("Prequalification notice"),
    TenderNoticeKind.BIDS_INVITED: gettext_noop("Invitation to bid"),
    TenderNoticeKind.ADDENDUM: gettext_noop("Addendum"),
    TenderNoticeKind.SUSPENSION: gettext_noop("Suspension notice"),
    TenderNoticeKind.RESUMPTION: gettext_noop("Resumption notice"),
    TenderNoticeKind.TERMINATION: gettext_noop("Termination notice"),
    TenderNoticeKind.FAILURE: gettext_noop("Failed tender"),
    TenderNoticeKind.CANDIDATES: gettext_noop("Award candidates"),
    TenderNoticeKind.AWARD: gettext_noop("Award notice"),
    TenderNoticeKind.CONTRACT: gettext_noop("Contract notice"),
    TenderNoticeKind.CALL_OFF: gettext_noop("Result of a call-off"),
}
