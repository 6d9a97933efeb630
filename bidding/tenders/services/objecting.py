"""Objections 异议 and queries 质疑: raised in time, the clock stops, answered, the clock goes on."""

from datetime import datetime

from django.db import transaction

from bidding.profiles.domain.vocabulary import LimitName, Switch
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.objections import STAGE_LIMITS, ObjectionStage, stage_of
from bidding.tenders.domain.states import SectionState
from bidding.tenders.domain.timetable import require_objection
from bidding.tenders.models import Section, Tender, TenderObjection
from bidding.tenders.policies import can_change_tender, can_take_part
from bidding.tenders.services.common import counter, digest_of, profile_of, record, tell, tell_takers, words_of
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.pausing import resume_sections, stopping_objections, suspend_sections
from bidding.tenders.services.publishing import KEEPER
from bidding.tenders.services.transitions import locked_section, locked_tender
from commons.domain.actor import Actor
from commons.domain.deadlines import Direction, local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON


@transaction.atomic
def raise_objection(*, actor: Actor, section_id: int, text: str, at: datetime) -> int:
    """Object to what stands at the section's stage: documents, opening or result.

    Refuses `TenderObjectionTooLate` after its last day, `NotAllowedNow` where nothing can be objected to. Where the
    profile says so the clock of all the tender's sections stops until the answer (实施条例 第22条).
    """
    section = locked_section(section_id)
    tender = locked_tender(section.tender_id)
    can_take_part(actor, tender).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    stage = _stage(section)
    profile, count = profile_of(tender, at), counter(tender.project.region)
    before = _counted_from(section, stage)
    if before is not None:
        require_objection(before, profile.limit(STAGE_LIMITS[stage]), at=at, count=count)
    answer = profile.limit(LimitName.OBJECTION_ANSWER)
    due_on = count(local_day(at), answer, Direction.AFTER) if answer else local_day(at)
    stops = profile.has(Switch.OBJECTION_STOPS_CLOCK) and stage is not ObjectionStage.OPENING
    row = TenderObjection.objects.create(
        tender=tender,
        section=section,
        stage=stage.value,
        objector=actor.organisation_id,
        text=words_of(text, 10),
        raised_at=at,
        answer_due_on=due_on,
        stops_clock=stops,
    )
    _record(row, "ObjectionRaised", row.text, at)
    if stops:
        suspend_sections(tender, actor=KEEPER, at=at, payload={"objection": f"objection:{row.pk}"})
        body: dict[str, JSON] = {"reason": "objection", "at": to_text(at), "answer_due_on": due_on.isoformat()}
        publish_notice(tender, TenderNoticeKind.SUSPENSION, body, actor=KEEPER, at=at)
        subject = gettext_noop("%(tender)s waits for the answer to an objection; its clock stands still")
        tell_takers(tender, subject, at=at, key=f"objection:{row.pk}")
    sides = [side for side in (tender.project.owner_id, tender.project.agent_id) if side is not None]
    subject = gettext_noop("An objection to %(tender)s waits for your answer until %(due_on)s")
    fields = {"due_on": due_on.isoformat()}
    link = f"/owner/tenders/{tender.pk}/questions/"
    tell(tender, sides, subject, at=at, key=f"objection-raised:{row.pk}", link=link, fields=fields)
    return row.pk


@transaction.atomic
def answer_objection(*, actor: Actor, objection_id: int, answer: str, at: datetime) -> None:
    """The owner or its agent answers, once; the last answer lets the clock go on. Refuses `NotAllowedNow`."""
    row = _open(objection_id)
    tender = locked_tender(row.tender_id)
    can_change_tender(actor, tender).require()
    words = words_of(answer, 10)
    open_ones = TenderObjection.objects.filter(pk=row.pk, answered_at=None, withdrawn_at=None)
    if open_ones.update(answer=words, answered_at=at) != 1:
        raise NotAllowedNow(command="ANSWER", state="ANSWERED")
    _record(row, "ObjectionAnswered", words, at, actor=actor)
    subject = gettext_noop("Your objection to %(tender)s was answered")
    tell(tender, [row.objector], subject, at=at, key=f"objection-answered:{row.pk}")
    _go_on(tender, row, at)


@transaction.atomic
def withdraw_objection(*, actor: Actor, objection_id: int, at: datetime) -> None:
    """Whoever objected takes it back; the clock goes on as after an answer. Refuses `NotFound`, `NotAllowedNow`."""
    row = _open(objection_id)
    if actor.organisation_id != row.objector:
        raise NotFound()
    tender = locked_tender(row.tender_id)
    open_ones = TenderObjection.objects.filter(pk=row.pk, answered_at=None, withdrawn_at=None)
    if open_ones.update(withdrawn_at=at) != 1:
        raise NotAllowedNow(command="WITHDRAW", state="ANSWERED")
    _record(row, "ObjectionWithdrawn", row.text, at)
    _go_on(tender, row, at)


def _go_on(tender: Tender, row: TenderObjection, at: datetime) -> None:
    if not row.stops_clock or stopping_objections(tender):
        return
    payload: dict[str, JSON] = {"objection": f"objection:{row.pk}"}
    if not resume_sections(tender, actor=KEEPER, at=at, payload=payload):
        return
    body: dict[str, JSON] = {
        "reason": "objection answered",
        "at": to_text(at),
        "bid_deadline": to_text(tender.bid_deadline) if tender.bid_deadline else None,
    }
    publish_notice(tender, TenderNoticeKind.RESUMPTION, body, actor=KEEPER, at=at)
    subject = gettext_noop("%(tender)s goes on; its dates have moved")
    tell_takers(tender, subject, at=at, key=f"resumed:{row.pk}")


def _stage(section: Section) -> ObjectionStage:
    """What can be objected to; while suspended, what could be when the clock was stopped."""
    state = SectionState(section.suspended_in or section.state)
    stage = stage_of(state)
    if stage is None:
        raise NotAllowedNow(command="OBJECT", state=section.state)
    return stage


def _counted_from(section: Section, stage: ObjectionStage) -> datetime | None:
    """The deadline before which an objection must come; for the result the award's own service watches the days."""
    if stage is ObjectionStage.PREQUALIFICATION:
        return section.tender.applications_end_at
    return section.deadline if stage is ObjectionStage.DOCUMENTS else None


def _open(objection_id: int) -> TenderObjection:
    row = TenderObjection.objects.select_for_update(of=("self",)).filter(pk=objection_id).first()
    if row is None:
        raise NotFound()
    return row


def _record(row: TenderObjection, type: str, text: str, at: datetime, *, actor: Actor = KEEPER) -> None:
    # Who objects stays unnamed, and free text may name people: evidence holds its digest.
    record(
        row.tender,
        type,
        actor=actor,
        at=at,
        objection=f"objection:{row.pk}",
        stage=row.stage,
        text_sha256=digest_of(text),
    )
