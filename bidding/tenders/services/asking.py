"""Anonymous questions; clarifications and addenda, which postpone the deadline when they come too late."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from bidding.profiles.domain.vocabulary import LimitName, Switch
from bidding.tenders.domain.document import as_content, parse
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.states import BEFORE_OPENING, SectionState
from bidding.tenders.domain.timetable import postponed
from bidding.tenders.models import Addendum, PublishedDocument, Question, Section, Tender
from bidding.tenders.policies import can_change_tender, can_take_part
from bidding.tenders.queries import has_taken
from bidding.tenders.services.common import counter, digest_of, profile_of, record, tell, tell_takers, words_of
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.publishing import KEEPER, store_document
from bidding.tenders.services.transitions import locked_tender
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import Purpose
from signatures.envelopes import services as envelopes

OPEN = (SectionState.PREQUALIFYING.value, SectionState.BIDDING.value)


class DocumentsFirst(Refusal):
    code = "ASK_DOCUMENTS_FIRST"
    message = gettext_noop("Questions are for those who took the documents. Take them first.")


class AskedTooLate(Refusal):
    code = "ASKED_TOO_LATE"
    message = gettext_noop("Questions were possible until %(until)s.")


class NothingClarified(Refusal):
    code = "NOTHING_CLARIFIED"
    message = gettext_noop("These questions are not open, or are of another tender. Load the page again.")


@transaction.atomic
def ask(*, actor: Actor, tender_id: int, text: str, at: datetime) -> int:
    """Ask without being named; the owner sees the question only. Refuses `DocumentsFirst`, `AskedTooLate`."""
    tender = locked_tender(tender_id)
    if tender.published_at is None:
        raise NotFound()
    can_take_part(actor, tender).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    prequalifying = tender.sections.filter(state=SectionState.PREQUALIFYING.value).exists()
    if not prequalifying and not has_taken(tender_id, actor.organisation_id):
        raise DocumentsFirst()
    until = tender.applications_end_at if prequalifying else max(_deadlines(tender), default=tender.bid_deadline)
    if until is None or at >= until or not tender.sections.filter(state__in=OPEN).exists():
        raise AskedTooLate(until=to_text(until) if until else "–")
    words = words_of(text, 10)
    row = Question.objects.create(tender=tender, asker=actor.organisation_id, text=words, asked_at=at)
    record(tender, "QuestionAsked", actor=KEEPER, at=at, question=f"question:{row.pk}", text_sha256=digest_of(words))
    sides = [side for side in (tender.project.owner_id, tender.project.agent_id) if side is not None]
    subject = gettext_noop("A question on %(tender)s waits for your answer")
    tell(tender, sides, subject, at=at, key=f"question:{row.pk}", link=f"/owner/tenders/{tender.pk}/questions/")
    return row.pk


@transaction.atomic
def publish_addendum(
    *,
    actor: Actor,
    tender_id: int,
    text: str,
    affects_bids: bool,
    answers: Mapping[int, str],
    at: datetime,
    content: Mapping[str, Any] | None = None,
) -> int:
    """Clarify or change the documents, answering questions with it; gives the addendum's number.

    What affects bids and comes later than the profile's limit postpones the deadline by itself (招标投标法 第23条).
    Everybody who took the documents is told. Refuses `NothingClarified`, `NotAllowedNow`, `DocumentMalformed`.
    """
    tender = locked_tender(tender_id)
    can_change_tender(actor, tender).require()
    prequalifying = _require_open(tender, at) and not _between_stages(tender, at)
    words, before = words_of(text, 5), _deadline(tender, prequalifying=prequalifying)
    name = LimitName.PREQUALIFICATION_CLARIFICATION if prequalifying else LimitName.CLARIFICATION
    limit = profile_of(tender, at).limit(name) if affects_bids else None
    after = postponed(before, limit, told_at=at, count=counter(tender.project.region))
    document = _new_version(tender, content, words, at)
    number = tender.addenda.count() + 1
    addendum = Addendum.objects.create(
        tender=tender,
        number=number,
        text=words,
        affects_bids=affects_bids,
        document=document,
        deadline_before=before,
        deadline_after=after,
        published_at=at,
    )
    _answer(tender, addendum, answers, at)
    if after != before:
        move_deadline(tender, after, at=at, prequalifying=prequalifying)
    body: dict[str, JSON] = {
        "number": str(number),
        "text": words,
        "affects_bids": affects_bids,
        "document_version": str(document.version) if document else None,
        "deadline_before": to_text(before),
        "deadline_after": to_text(after),
        "answers": [{"question": q.text, "answer": q.answer} for q in addendum.questions.order_by("asked_at", "id")],
    }
    publish_notice(tender, TenderNoticeKind.ADDENDUM, body, actor=actor, at=at)
    _tell_all(tender, addendum, at=at)
    return number


def move_deadline(tender: Tender, deadline: datetime, *, at: datetime, prequalifying: bool = False) -> None:
    """Another end of applications or of bidding, with the sealed intakes; inside the caller's transaction."""
    name = "applications_end_at" if prequalifying else "bid_deadline"
    before = _deadline(tender, prequalifying=prequalifying)
    record(tender, "DeadlineMoved", actor=KEEPER, at=at, which=name, before=to_text(before), deadline=to_text(deadline))
    still = taking_bids(tender)
    if prequalifying or any(section.own_deadline is None for section in still):
        Tender.objects.filter(pk=tender.pk).update(**{name: deadline})
        setattr(tender, name, deadline)
    if not prequalifying:
        for section in still:
            _end_later(section, deadline, at=at)


def taking_bids(tender: Tender) -> list[Section]:
    """The sections of a tender that take bids, or will again after a suspension."""
    sooner = [state.value for state in BEFORE_OPENING]
    rows = tender.sections.filter(Q(state__in=sooner) | Q(state=SectionState.SUSPENDED.value, suspended_in__in=sooner))
    return list(rows.select_related("tender"))


def _end_later(section: Section, deadline: datetime, *, at: datetime) -> None:
    """Sealed bids and cash bonds of an open section end with it; those of a suspended one wait for the resumption."""
    own = section.own_deadline
    if own is not None and own >= deadline:
        return
    if own is not None:
        Section.objects.filter(pk=section.pk).update(own_deadline=deadline)
    if section.state not in OPEN:
        return
    if section.intake_id is not None:
        envelopes.move_deadline(actor=KEEPER, intake_id=section.intake_id, deadline=deadline, at=at)
    if section.bond is not None:
        deposits.move_due(actor=KEEPER, purpose=Purpose.BOND, places={section.pk}, due_at=deadline, at=at)


def _require_open(tender: Tender, at: datetime) -> bool:
    """Whether applications are still coming in; refuses a tender that takes neither these nor bids."""
    states = set(tender.sections.values_list("state", flat=True))
    applying = SectionState.PREQUALIFYING.value in states and not _between_stages(tender, at)
    until = _deadline(tender, prequalifying=applying)
    if not states & {*OPEN, SectionState.SUSPENDED.value} or at >= until:
        raise NotAllowedNow(command="CLARIFY", state=", ".join(sorted(states)))
    return SectionState.PREQUALIFYING.value in states


def _between_stages(tender: Tender, at: datetime) -> bool:
    """The first stage has ended: the documents of the second are worked out (实施条例 第30条)."""
    ends = tender.applications_end_at
    return ends is not None and at >= ends and profile_of(tender, at).has(Switch.TWO_STAGE)


def _deadline(tender: Tender, *, prequalifying: bool) -> datetime:
    found = tender.applications_end_at if prequalifying else min(_deadlines(tender), default=tender.bid_deadline)
    if found is None:
        raise NotFound()
    return found


def _deadlines(tender: Tender) -> list[datetime]:
    return [section.deadline for section in taking_bids(tender) if section.deadline is not None]


def _new_version(
    tender: Tender, content: Mapping[str, Any] | None, reason: str, at: datetime
) -> PublishedDocument | None:
    """The changed document as a version of its own, where it was changed."""
    if content is None:
        return None
    kept = as_content(parse(content))
    return store_document(tender, kept, reason=reason, at=at)


def _answer(tender: Tender, addendum: Addendum, answers: Mapping[int, str], at: datetime) -> None:
    for question_id, answer in answers.items():
        open_ones = Question.objects.filter(pk=question_id, tender=tender, answered_at=None)
        if open_ones.update(answer=words_of(answer, 2), answered_at=at, addendum=addendum) != 1:
            raise NothingClarified()


def _tell_all(tender: Tender, addendum: Addendum, *, at: datetime) -> None:
    moved = addendum.deadline_after != addendum.deadline_before
    subject = (
        gettext_noop("%(tender)s: addendum %(number)s, the deadline moves to %(deadline)s")
        if moved
        else gettext_noop("%(tender)s: addendum %(number)s was published; take it into account")
    )
    fields = {"number": str(addendum.number), **({"deadline": to_text(addendum.deadline_after)} if moved else {})}
    tell_takers(tender, subject, at=at, key=f"addendum:{addendum.number}", fields=fields)
