"""Words and tones of tenders, sections and their pieces, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bidding.tenders.domain.document import CHAPTER_LABELS
from bidding.tenders.domain.failing import CAUSE_LABELS, FailureCause
from bidding.tenders.domain.kinds import NOTICE_LABELS, TenderNoticeKind
from bidding.tenders.domain.sections import CALL_OFF_METHODS, CallOffMethod
from bidding.tenders.domain.states import ApplicationState, SectionState, TenderState

Label = str | Promise

TENDER_STATES: dict[str, tuple[Label, str]] = {
    TenderState.DRAFT: (_("Draft"), "neutral"),
    TenderState.SUBMITTED: (_("Being checked"), "waiting"),
    TenderState.RETURNED: (_("Sent back"), "stop"),
    TenderState.CHECKED: (_("Checked, to be published"), "info"),
    TenderState.PUBLISHED: (_("Published"), "done"),
    TenderState.ENDED: (_("Ended"), "neutral"),
}

SECTION_STATES: dict[str, tuple[Label, str]] = {
    SectionState.DRAFT: (_("Draft"), "neutral"),
    SectionState.PREQUALIFYING: (_("Prequalification"), "info"),
    SectionState.BIDDING: (_("Bids invited"), "done"),
    SectionState.OPENING: (_("Being opened"), "waiting"),
    SectionState.OPENED: (_("Opened, under review"), "waiting"),
    SectionState.EVALUATED: (_("Reviewed"), "info"),
    SectionState.PUBLICIZED: (_("Candidates shown"), "info"),
    SectionState.AWARDED: (_("Awarded"), "done"),
    SectionState.CONTRACTED: (_("Contract signed"), "done"),
    SectionState.CLOSED: (_("Closed"), "neutral"),
    SectionState.FAILED: (_("Tender failed"), "stop"),
    SectionState.SUSPENDED: (pgettext_lazy("tender", "Suspended"), "stop"),
    SectionState.TERMINATED: (_("Ended by decision"), "stop"),
}

APPLICATION_STATES: dict[str, tuple[Label, str]] = {
    ApplicationState.SUBMITTED: (_("Handed in"), "info"),
    ApplicationState.WITHDRAWN: (_("Taken back"), "neutral"),
    ApplicationState.QUALIFIED: (_("Prequalified"), "done"),
    ApplicationState.REFUSED: (_("Not prequalified"), "stop"),
}

SECTION_KINDS: dict[str, Label] = {
    "WORKS": pgettext_lazy("kind of section", "Works"),
    "GOODS": _("Goods"),
    "SERVICES": _("Services"),
}
PRICE_KINDS: dict[str, Label] = {"AMOUNT": _("Amount in yuan"), "DISCOUNT_RATE": _("Discount rate on the ceiling")}
STAGES: dict[str, Label] = {
    "PREQUALIFICATION": _("Prequalification documents"),
    "DOCUMENTS": _("Tender documents"),
    "OPENING": _("Opening"),
    "RESULT": _("Outcome"),
}
CRITERIA: dict[str, Label] = {"PRICE": _("Price"), "OBJECTIVE": _("Objective"), "SUBJECTIVE": _("By judgement")}


def notice_label(kind: str) -> str:
    return gettext(NOTICE_LABELS[TenderNoticeKind(kind)])


def failure_label(cause: str) -> str:
    """Why a section failed; nothing where it did not."""
    return gettext(CAUSE_LABELS[FailureCause(cause)]) if cause else ""


def call_off_label(method: str) -> str:
    """How a framework is called off."""
    return gettext(CALL_OFF_METHODS[CallOffMethod(method)])


def in_language(english: str, chinese: str) -> str:
    """Of a name that data brings along in two languages, the reader's."""
    return english if (get_language() or "").startswith("en") else chinese


def place_label(place: str) -> str:
    """Where a finding strikes, in words: the chapter and the clause, or the scoring table and the criterion."""
    chapter, _, number = place.partition(" ")
    name = gettext(CHAPTER_LABELS[chapter]) if chapter in CHAPTER_LABELS else gettext("Scoring table")
    return f"{name} {number}"
