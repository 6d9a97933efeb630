"""Clocks that stop and go on: by an objection that waits for its answer, or by a numbered decision."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from bidding.tenders import clocks
from bidding.tenders.domain.failing import ObjectionOpen
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.states import BEFORE_OPENING, RESUME, SectionCommand, SectionState
from bidding.tenders.models import Section, Tender, TenderObjection
from bidding.tenders.policies import can_run_procedure
from bidding.tenders.services.common import digest_of, open_sections, tell_takers, words_of
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.opening import reveal_if_opened
from bidding.tenders.services.publishing import KEEPER
from bidding.tenders.services.transitions import locked_section, locked_tender, move_section
from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import Purpose
from exchange.notices.services import NumberedDecision
from signatures.envelopes import services as envelopes

HOLD = timedelta(days=365)
"""How far a sealed intake's end is put off while its section is suspended; the resumption sets the true one."""

BEFORE = frozenset(state.value for state in BEFORE_OPENING)
DATES = ("applications_end_at", "documents_until", "bid_deadline")
SHARED = DATES[:2]
"""What the sections of a tender have in common even where one of them was suspended alone."""


def suspend_sections(
    tender: Tender, *, actor: Actor, at: datetime, payload: dict[str, JSON], section_id: int | None = None
) -> int:
    """Stop the clock of the tender's sections that run, or of one; how many. Inside the caller's transaction."""
    stopped = 0
    for section in open_sections(tender):
        if SectionState(section.state) not in RESUME or section_id not in (None, section.pk):
            continue
        before = section.state
        move_section(
            section,
            SectionCommand.SUSPEND,
            actor=actor,
            at=at,
            payload=payload,
            suspended_in=before,
            suspended_at=at,
        )
        _hold(section, before, at)
        clocks.stop(section.pk, at)
        stopped += 1
    return stopped


def resume_sections(
    tender: Tender, *, actor: Actor, at: datetime, payload: dict[str, JSON], section_id: int | None = None
) -> int:
    """Go on with what was suspended; dates still ahead then move by the pause. Inside the caller's transaction.

    Where all sections stood still together, the tender's dates move. A section that stood still alone gets a bid
    deadline of its own, and the others keep theirs: nobody's time becomes longer or shorter by another section's pause.
    """
    suspended = [
        section
        for section in open_sections(tender)
        if section.state == SectionState.SUSPENDED.value and section_id in (None, section.pk)
    ]
    if not suspended:
        return 0
    together = _stood_still_together(tender, suspended)
    if any(section.suspended_in in BEFORE for section in suspended):
        since = min(section.suspended_at or at for section in suspended)
        _move_dates(tender, DATES if together else SHARED, since, at - since)
    for section in suspended:
        command = RESUME[SectionState(section.suspended_in)]
        before, stopped = section.suspended_in, section.suspended_at or at
        if not together and before in BEFORE and section.deadline and section.deadline > stopped:
            section.own_deadline = section.deadline + (at - stopped)
        facts: dict[str, JSON] = {**payload, "paused_seconds": str(int((at - stopped).total_seconds()))}
        if section.own_deadline:
            facts["bid_deadline"] = to_text(section.own_deadline)
        changes = {"suspended_in": "", "suspended_at": None, "own_deadline": section.own_deadline}
        move_section(section, command, actor=actor, at=at, payload=facts, **changes)
        _release(section, tender, before, at)
        clocks.go_on(section.pk, since=stopped, at=at)
    return len(suspended)


@transaction.atomic
def suspend_by_decision(
    *, actor: Actor, section_id: int, decision: NumberedDecision, reason: str, at: datetime
) -> None:
    """Record a suspension that somebody decided. Refuses (`DecisionMissing`) without number and document."""
    tender, section, words, payload = _by_decision(actor, section_id, decision, reason)
    suspend_sections(tender, actor=actor, at=at, payload=payload, section_id=section.pk)
    subject = gettext_noop("%(tender)s is suspended by a decision")
    _announce(tender, section, TenderNoticeKind.SUSPENSION, decision, words, subject, actor=actor, at=at)


@transaction.atomic
def resume_by_decision(*, actor: Actor, section_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Record that it goes on. An objection that is not answered keeps it suspended all the same."""
    tender, section, words, payload = _by_decision(actor, section_id, decision, reason)
    require_no_objection(tender)
    resume_sections(tender, actor=actor, at=at, payload=payload, section_id=section.pk)
    subject = gettext_noop("%(tender)s goes on; its dates have moved")
    _announce(tender, section, TenderNoticeKind.RESUMPTION, decision, words, subject, actor=actor, at=at)


@transaction.atomic
def terminate_by_decision(
    *, actor: Actor, section_id: int, decision: NumberedDecision, reason: str, at: datetime
) -> None:
    """End a section before its award by the owner's or regulator's decision; nothing sealed is ever opened."""
    tender, section, words, payload = _by_decision(actor, section_id, decision, reason)
    sealed = section.intake_id if section.state in BEFORE or section.suspended_in in BEFORE else None
    reveal_if_opened(section, actor=KEEPER, at=at)
    move_section(section, SectionCommand.TERMINATE, actor=actor, at=at, payload=payload)
    if sealed is not None:
        envelopes.abandon_intake(actor=KEEPER, intake_id=sealed, at=at)
    subject = gettext_noop("%(tender)s was ended by a decision")
    _announce(tender, section, TenderNoticeKind.TERMINATION, decision, words, subject, actor=actor, at=at)


def stopping_objections(tender: Tender) -> list[TenderObjection]:
    """The objections that stop the clock and wait for their answers."""
    return list(tender.objections.filter(stops_clock=True, answered_at=None, withdrawn_at=None))


def require_no_objection(tender: Tender) -> None:
    """Refuses (`ObjectionOpen`) while an objection waits for its answer (招标投标法实施条例 第22条, 第54条)."""
    if waiting := stopping_objections(tender):
        raise ObjectionOpen(due_on=waiting[0].answer_due_on.isoformat())


def _stood_still_together(tender: Tender, suspended: list[Section]) -> bool:
    """Whether these are all sections of the tender, and their clocks were stopped at one instant."""
    stops = {section.suspended_at for section in suspended}
    alike = len(stops) == 1 and not any(section.own_deadline for section in suspended)
    return alike and len(suspended) == tender.sections.count()


def _hold(section: Section, before: str, at: datetime) -> None:
    if before in BEFORE and section.deadline and at < section.deadline:
        _move(section, section.deadline + HOLD, at)


def _release(section: Section, tender: Tender, before: str, at: datetime) -> None:
    section.tender = tender
    if before in BEFORE and section.deadline and at < section.deadline:
        _move(section, section.deadline, at)


def _move(section: Section, deadline: datetime, at: datetime) -> None:
    """Sealed bids and cash bonds come in until the same instant."""
    if section.intake_id is not None:
        envelopes.move_deadline(actor=KEEPER, intake_id=section.intake_id, deadline=deadline, at=at)
    if section.bond is not None:
        deposits.move_due(actor=KEEPER, purpose=Purpose.BOND, places={section.pk}, due_at=deadline, at=at)


def _move_dates(tender: Tender, names: Iterable[str], since: datetime, pause: timedelta) -> None:
    ahead = {name: value + pause for name in names if (value := getattr(tender, name)) and value > since}
    Tender.objects.filter(pk=tender.pk).update(**ahead)
    for name, value in ahead.items():
        setattr(tender, name, value)


def _by_decision(
    actor: Actor, section_id: int, decision: NumberedDecision, reason: str
) -> tuple[Tender, Section, str, dict[str, JSON]]:
    can_run_procedure(actor).require()
    decision.require()
    words = words_of(reason)
    section = locked_section(section_id)
    payload: dict[str, JSON] = {
        "decision_body": decision.body.strip(),
        "decision_no": decision.number.strip(),
        "document": f"document:{decision.document_id}",
        "reason_sha256": digest_of(words),
    }
    return locked_tender(section.tender_id), section, words, payload


def _announce(
    tender: Tender, section: Section, kind: TenderNoticeKind, decision: NumberedDecision, reason: str, subject: str, *,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    body: dict[str, JSON] = {
        "section": str(section.number),
        "reason": reason,
        "at": to_text(at),
        "bid_deadline": to_text(ends) if (ends := section.deadline) else None,
    }
    notice = publish_notice(tender, kind, body, actor=actor, at=at, section=section, decision=decision)
    tell_takers(tender, subject, at=at, key=f"notice:{notice.pk}")
