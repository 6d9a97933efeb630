"""Candidates are shown, the owner awards, the next one follows when a winner gives up."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.awards.domain.reports import NotTheFirst, StillShown, VoteMissing
from bidding.awards.domain.states import AwardCommand, AwardState, ReportState
from bidding.awards.models import Award, CandidateList, EvaluationReport, ResultLine
from bidding.awards.policies import can_award, can_record_report
from bidding.awards.services.common import locked_award, move_award
from bidding.awards.services.papers import award_letter
from bidding.awards.services.performing import drop_security
from bidding.awards.services.reporting import supersede
from bidding.profiles.domain.vocabulary import LimitName, Switch, ThresholdName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.failing import FailureCause
from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.identifiers import random_number
from commons.domain.money import as_text, round_money
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.notices.services import NumberedDecision
from signatures.documents import services as documents


@transaction.atomic
def publish_candidates(*, actor: Actor, section_id: int, at: datetime) -> None:
    """Show the award candidates, at most as many as the procedure knows, for at least its days (实施条例 第54条)."""
    terms = tenders.section_terms(section_id)
    can_record_report(actor, terms).require()
    report = _confirmed(section_id)
    most = int(terms.profile.threshold(ThresholdName.CANDIDATES_MAXIMUM) or 3)
    lines = list(report.lines.filter(rank__gt=0).select_related("organisation")[: max(most, terms.awards)])
    shown, within = terms.profile.limit(LimitName.CANDIDATES_SHOWN), terms.profile.limit(LimitName.CANDIDATES_WITHIN)
    until = at
    if shown is not None:
        until = calendar.deadline(start=at, add=shown.count, unit=shown.unit, region=terms.region).ends_at
    late = False
    if within is not None and report.confirmed_at is not None:
        due = calendar.deadline(start=report.confirmed_at, add=within.count, unit=within.unit, region=terms.region)
        late = local_day(at) > due.on
    CandidateList.objects.create(report=report, published_at=at, shown_until=until, late=late)
    body: dict[str, JSON] = {
        "section": str(terms.number),
        "candidates": [_candidate(line) for line in lines],
        "shown_until": to_text(until),
        "published_late": late,
    }
    tender_services.show_candidates(actor=actor, section_id=section_id, body=body, at=at)


def award_section(
    *,
    actor: Actor,
    section_id: int,
    line_ids: list[int],
    at: datetime,
    decision: NumberedDecision | None = None,
    reason: str = "",
) -> list[int]:
    """The owner awards: to the first candidate that stands, or to the first several of a framework.

    Draws the award letter, which the owner signs. Refuses `StillShown`, `ObjectionOpen`, `NotTheFirst`, `VoteMissing`.
    """
    terms = tenders.section_terms(section_id)
    can_award(actor, terms).require()
    lines = _awardable(terms, line_ids, at)
    if terms.profile.has(Switch.OWNERS_VOTE) and decision is None:
        raise VoteMissing()
    if decision is not None:
        decision.require()
    letters = [
        (line, number, award_letter(terms, line, _amount(terms, line), number, actor=actor, at=at))
        for line, number in ((line, random_number()) for line in lines)
    ]
    with transaction.atomic():
        body: dict[str, JSON] = {
            "section": str(terms.number),
            "winners": [{**_candidate(line), "amount": as_text(_amount(terms, line))} for line in lines],
            "reason": reason.strip(),
        }
        tender_services.award(actor=actor, section_id=section_id, body=body, at=at, decision=decision)
        for line, number, letter in letters:
            Award.objects.create(
                id=number,
                section_id=section_id,
                line=line,
                reason=reason.strip(),
                decision_body=decision.body.strip() if decision else "",
                decision_no=decision.number.strip() if decision else "",
                awarded_at=at,
                amount=_amount(terms, line),
            )
            documents.issue(letter, actor=actor, at=at)
    return [number for _, number, _ in letters]


@transaction.atomic
def give_up(
    *, actor: Actor, award_id: int, reason: str, at: datetime, decision: NumberedDecision | None = None
) -> None:
    """A winner refuses, or was struck by a decision: the next candidate follows, or it fails (实施条例 第55条)."""
    award = locked_award(award_id)
    terms = tenders.section_terms(award.section_id)
    can_award(actor, terms).require()
    if decision is not None:
        decision.require()
    words = tender_services.words_of(reason)
    number = decision.number.strip() if decision else ""
    move_award(award, AwardCommand.GIVE_UP, actor=actor, at=at, reason=words, decision_no=number, ended_at=at)
    drop_security(award, actor=actor, at=at)
    tender_services.tell_one(
        terms.tender_id,
        award.line.organisation_id,
        gettext_noop(
            "%(tender)s: the owner recorded that you gave up the award: %(reason)s. Object if that is not so."
        ),
        at=at,
        key=f"given-up:{award.pk}",
        fields={"reason": words},
        link=f"/sections/{award.section_id}/object/",
    )
    left = ResultLine.objects.filter(report=award.line.report, rank__gt=0, award__isnull=True).exists()
    if left:
        tender_services.take_next(actor=actor, section_id=award.section_id, at=at)
        return
    tender_services.fail_by_owner(actor=actor, section_id=award.section_id, cause=FailureCause.NO_CANDIDATE, at=at)


@transaction.atomic
def reopen_review(*, actor: Actor, section_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """An objection or a complaint was upheld: the committee reviews again 复议, and its new report takes the place."""
    terms = tenders.section_terms(section_id)
    can_award(actor, terms).require()
    decision.require()
    report = _confirmed(section_id)
    supersede(report, reason=tender_services.words_of(reason), actor=actor, at=at)
    tender_services.review_again(actor=actor, section_id=section_id, decision_no=decision.number.strip(), at=at)


def _awardable(terms: tenders.SectionTerms, line_ids: list[int], at: datetime) -> list[ResultLine]:
    report = _confirmed(terms.section_id)
    shown = CandidateList.objects.filter(report=report).first()
    if shown is None:
        raise NotAllowedNow(command="AWARD", state=terms.state.value)
    if at < shown.shown_until:
        limit = terms.profile.limit(LimitName.CANDIDATES_SHOWN)
        raise StillShown(until=to_text(shown.shown_until), source=limit.source if limit else "–")
    tender_services.require_no_objection(terms.tender_id)
    standing = Award.objects.filter(section_id=terms.section_id).exclude(state=AwardState.GIVEN_UP.value).count()
    free = terms.awards - standing
    open_lines = report.lines.filter(rank__gt=0, award__isnull=True).select_related("organisation")
    lines = list(open_lines.order_by("rank"))
    chosen = [line for line in lines if line.pk in set(line_ids)]
    if not chosen or len(chosen) != len(set(line_ids)) or len(chosen) > free:
        raise NotFound()
    separated = terms.profile.has(Switch.AWARD_SEPARATION)
    if not separated and chosen != lines[: len(chosen)]:
        raise NotTheFirst(rank=lines[0].rank)
    return chosen


def _confirmed(section_id: int) -> EvaluationReport:
    report = EvaluationReport.objects.filter(section_id=section_id, state=ReportState.CONFIRMED.value).first()
    if report is None:
        raise NotFound()
    return report


def _amount(terms: tenders.SectionTerms, line: ResultLine) -> Decimal:
    """The contract's amount: the price, or the ceiling less the discount rate."""
    if terms.price_kind == "DISCOUNT_RATE" and terms.ceiling is not None:
        return round_money(terms.ceiling * (1 - line.price))
    return round_money(line.price)


def _candidate(line: ResultLine) -> dict[str, JSON]:
    return {
        "rank": str(line.rank),
        "name": line.organisation.name,
        "price": as_text(line.price),
        "score": as_text(line.score) if line.score is not None else None,
    }
