"""Words and tones of tenders, sections and their pieces, for the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import SECTOR_LABELS, OwnerKind, Sector, Switch
from bidding.tenders.domain.document import CHAPTER_LABELS
from bidding.tenders.domain.failing import CAUSE_LABELS, FailureCause
from bidding.tenders.domain.kinds import NOTICE_LABELS, TenderNoticeKind
from bidding.tenders.domain.qualifying import limited_number
from bidding.tenders.domain.rights import PLACES, UNIT_LABELS, USE_LABELS, AreaUnit, Right, RightUse
from bidding.tenders.domain.sections import CALL_OFF_METHODS, CallOffMethod
from bidding.tenders.domain.single_source import GROUND_LABELS, GROUND_SOURCES, Ground
from bidding.tenders.domain.states import ApplicationState, SectionState, TenderState
from commons.domain.time import from_text

Label = str | Promise
WHY_TOLD = frozenset(
    {
        TenderNoticeKind.SUSPENSION,
        TenderNoticeKind.RESUMPTION,
        TenderNoticeKind.TERMINATION,
        TenderNoticeKind.FAILURE,
        TenderNoticeKind.BIDS_INVITED,
    }
)

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

PASSED_OVER = (_("Qualified, not among those invited"), "stop")
PROPOSAL_STATES: dict[str, tuple[Label, str]] = {
    **APPLICATION_STATES,
    ApplicationState.QUALIFIED: (_("Taken on"), "done"),
    ApplicationState.REFUSED: (_("Not taken on"), "stop"),
}
FIRST_STAGE = (_("First stage: technical proposals"), "info")

OFFERS_INVITED = (_("Offers invited"), "done")
PRICED_LIVE = (_("Live room, then review"), "waiting")

SECTION_KINDS: dict[str, Label] = {
    "WORKS": pgettext_lazy("kind of section", "Works"),
    "GOODS": _("Goods"),
    "SERVICES": _("Services"),
    "RIGHTS": _("Land or another right that is granted"),
}
PRICE_KINDS: dict[str, Label] = {"AMOUNT": _("Amount in yuan"), "DISCOUNT_RATE": _("Discount rate on the ceiling")}
STAGES: dict[str, Label] = {
    "PREQUALIFICATION": _("Prequalification documents"),
    "DOCUMENTS": _("Tender documents"),
    "OPENING": _("Opening"),
    "RESULT": _("Outcome"),
}
CRITERIA: dict[str, Label] = {"PRICE": _("Price"), "OBJECTIVE": _("Objective"), "SUBJECTIVE": _("By judgement")}


def section_label(state: str, profile: ProcedureProfile | None) -> tuple[Label, str]:
    """Word and tone of a section's state; a draft's tender keeps no profile yet.

    What comes before the bids of two stages is no prequalification, and a purchase that is no tender invites no bids;
    where a live room finds the price nothing is opened.
    """
    if profile is not None and profile.has(Switch.TWO_STAGE) and state == SectionState.PREQUALIFYING:
        return FIRST_STAGE
    if profile is not None and not profile.is_tender and state == SectionState.BIDDING:
        return OFFERS_INVITED
    if profile is not None and profile.has(Switch.ROOM) and state == SectionState.OPENED:
        return PRICED_LIVE
    return SECTION_STATES[state]


def application_label(state: str, facts: Mapping[str, Any], *, staged: bool) -> tuple[Label, str]:
    """Word and tone of an application, or of a proposal of the first stage."""
    if facts.get("passed_over"):
        return PASSED_OVER
    return (PROPOSAL_STATES if staged else APPLICATION_STATES)[state]


def right_label(right: Right | None) -> tuple[str, str, str] | None:
    """Use, area with its unit, and term of what is granted, in words; nothing where nothing is."""
    if right is None:
        return None
    unit = AreaUnit(right.unit)
    area = f"{right.area:,.{PLACES[unit]}f} {gettext(UNIT_LABELS[unit])}"
    years = ngettext("%(count)s year", "%(count)s years", right.years) % {"count": right.years}
    return gettext(USE_LABELS[RightUse(right.use)]), area, years


def chosen_how(profile: ProcedureProfile, asked: int | None) -> str:
    """How those who bid are found among the applicants; nothing where nobody applies. `asked`: the owner's number."""
    most = limited_number(profile, asked)
    if most is not None:
        text = gettext(
            "By a limited number: at most %(most)s of those who meet the requirements are invited to bid. Where more "
            "meet them, the highest scores are taken, and whoever ties with the last of these too."
        )
        return text % {"most": most}
    if profile.has(Switch.PREQUALIFICATION):
        return gettext("Everybody who meets the requirements is invited to bid.")
    if profile.has(Switch.TWO_STAGE):
        return gettext(
            "The first stage takes technical proposals without a price. From them the owner works out the documents of "
            "the second stage, in which those whose proposal was taken on bid with a price."
        )
    return ""


def notice_label(kind: str, profile: ProcedureProfile) -> str:
    """A notice by its kind; the first one by what it is for: a tender, a purchase, one supplier alone, a right."""
    if kind != TenderNoticeKind.TENDER:
        return gettext(NOTICE_LABELS[TenderNoticeKind(kind)])
    if profile.is_single_source:
        return gettext("Notice of one supplier alone")
    if profile.sector is Sector.LAND:
        is_transfer = profile.owner_kind is OwnerKind.TRANSFEROR
        return gettext("Notice of a transfer") if is_transfer else gettext("Notice of a grant")
    return gettext(NOTICE_LABELS[TenderNoticeKind.TENDER]) if profile.is_tender else gettext("Procurement notice")


def deadline_labels(profile: ProcedureProfile) -> tuple[str, str]:
    """What ends the taking of documents, and the handing in, as the procedure calls it."""
    if profile.is_tender:
        return gettext("Documents can be taken until"), gettext("Bid deadline and opening")
    taken = gettext("Procurement documents can be taken until")
    sealed = profile.has(Switch.SEALED)
    return taken, gettext("Deadline for responses, and opening") if sealed else gettext("Deadline for responses")


UNTIL_TOLD = frozenset({TenderNoticeKind.RESUMPTION, TenderNoticeKind.BIDS_INVITED})
REASONS: dict[str, Label] = {"objection answered": _("The objection is answered.")}
"""What a notice gives as its reason where no person wrote one."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a notice says, for its reader: sentences, and until when bids come in where it tells that."""

    lines: tuple[str, ...]
    until: datetime | None = None


def notice_words(kind: str, body: Mapping[str, Any]) -> NoticeWords:
    """Section, reason and cause of a notice in words; a notice that is told in full elsewhere says nothing here."""
    lines = []
    if kind in WHY_TOLD and body.get("section"):
        lines.append(gettext("Section %(number)s") % {"number": body["section"]})
    reason, due_on = str(body.get("reason") or ""), body.get("answer_due_on")
    if due_on:
        lines.append(gettext("An objection waits for its answer, which is due on %(due_on)s.") % {"due_on": due_on})
    elif reason:
        lines.append(str(REASONS.get(reason) or gettext("Reason: %(reason)s") % {"reason": reason}))
    if kind == TenderNoticeKind.FAILURE:
        lines.append(failure_label(str(body.get("cause") or "")))
    until = str(body.get("bid_deadline") or "") if kind in UNTIL_TOLD else ""
    return NoticeWords(tuple(line for line in lines if line), from_text(until) if until else None)


def failure_label(cause: str) -> str:
    """Why a section failed; nothing where it did not."""
    return gettext(CAUSE_LABELS[FailureCause(cause)]) if cause else ""


def ground_label(ground: str) -> tuple[str, str] | None:
    """By which case of the law one supplier alone is asked, and its article; nothing where none is stated."""
    if not ground:
        return None
    return gettext(GROUND_LABELS[Ground(ground)]), GROUND_SOURCES[Ground(ground)]


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


def sectors() -> list[tuple[str, str]]:
    """The sectors to choose from, in the reader's language."""
    return [(sector.value, gettext(SECTOR_LABELS[sector])) for sector in Sector]


def procedure_name(profile: ProcedureProfile) -> str:
    """A procedure in the reader's language."""
    return in_language(profile.label, profile.label_zh)
