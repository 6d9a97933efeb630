"""What the opening hall does to a section: it begins, ends, or the section fails. Called by the subjects above."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bidding.tenders.domain.failing import FailureCause, OpeningTooEarly
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.states import BEFORE_OPENING, SectionCommand, SectionState
from bidding.tenders.models import Section
from bidding.tenders.policies import can_run_procedure
from bidding.tenders.services.common import tell_takers
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.transitions import locked_section, move_section
from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import reveal


@transaction.atomic
def begin_opening(*, actor: Actor, section_id: int, at: datetime, payload: Mapping[str, JSON] | None = None) -> None:
    """The deadline has passed and enough bids are there: the hall opens, and what was blinded is revealed.

    Raises `NotPermitted`, `NotAllowedNow` (suspended, failed …), `OpeningTooEarly`.
    """
    section = _due(actor, section_id, at)
    move_section(section, SectionCommand.BEGIN_OPENING, actor=actor, at=at, payload=payload, opening_began_at=at)
    reveal_takings(section, actor=actor, at=at)


@transaction.atomic
def end_opening(*, actor: Actor, section_id: int, at: datetime, payload: Mapping[str, JSON] | None = None) -> None:
    """The record is made: the section is ready for evaluation. Raises `NotPermitted`, `NotAllowedNow`."""
    can_run_procedure(actor).require()
    section = locked_section(section_id)
    move_section(section, SectionCommand.END_OPENING, actor=actor, at=at, payload=payload, opened_at=at)


@transaction.atomic
def take_offers(*, actor: Actor, section_id: int, at: datetime, payload: Mapping[str, JSON] | None = None) -> None:
    """A procedure without sealed bids (room, direct purchase) is ready once its deadline passed."""
    section = _due(actor, section_id, at)
    move_section(section, SectionCommand.TAKE_OFFERS, actor=actor, at=at, payload=payload, opened_at=at)
    reveal_takings(section, actor=actor, at=at)


@transaction.atomic
def fail_section(
    *, actor: Actor, section_id: int, cause: FailureCause, at: datetime, payload: Mapping[str, JSON] | None = None
) -> None:
    """End a section that failed 流标 (招标投标法 第28条, 第42条). Raises `NotPermitted`, `NotAllowedNow`."""
    can_run_procedure(actor).require()
    section = locked_section(section_id)
    reveal_if_opened(section, actor=actor, at=at)
    facts: dict[str, JSON] = {"cause": cause.value, **(payload or {})}
    move_section(section, SectionCommand.FAIL, actor=actor, at=at, payload=facts, failure=cause.value)
    tender, body = section.tender, {"section": str(section.number), "cause": cause.value, "at": to_text(at)}
    publish_notice(tender, TenderNoticeKind.FAILURE, body, actor=actor, at=at, section=section)
    subject = gettext_noop("Section %(number)s of %(tender)s failed; the notice says why")
    fields = {"number": str(section.number)}
    tell_takers(tender, subject, at=at, key=f"failed:{section.pk}", fields=fields)


def reveal_takings(section: Section, *, actor: Actor, at: datetime) -> None:
    """Open what the log said blindly about takers, invitations and applications of the tender.

    Not while another of its sections still takes bids, or will again: who may bid there is secret until that opens.
    """
    others = section.tender.sections.exclude(pk=section.pk).select_related("tender")
    if not any(_still_secret(one, at) for one in others):
        reveal(stream=takings_stream(section.tender_id), actor=actor, at=at)


def reveal_if_opened(section: Section, *, actor: Actor, at: datetime) -> None:
    """The same as a section ends without its opening: only where another one was opened before."""
    if section.tender.sections.filter(Q(opening_began_at__isnull=False) | Q(opened_at__isnull=False)).exists():
        reveal_takings(section, actor=actor, at=at)


def _still_secret(section: Section, at: datetime) -> bool:
    if section.state == SectionState.SUSPENDED:
        return section.suspended_in in BEFORE_OPENING
    waits = section.state in BEFORE_OPENING
    return waits and (section.deadline is None or at < section.deadline)


def takings_stream(tender_id: int) -> str:
    """The stream whose entries stay blind until no section of the tender takes bids any more."""
    return f"tender-takings:{tender_id}"


def _due(actor: Actor, section_id: int, at: datetime) -> Section:
    can_run_procedure(actor).require()
    section = locked_section(section_id)
    deadline = section.deadline
    if deadline is None or at < deadline:
        raise OpeningTooEarly(deadline=to_text(deadline) if deadline else "–")
    return section
