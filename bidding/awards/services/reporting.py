"""The ranked result of a review: entered from the committee's signed paper, confirmed by a second person."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bidding.awards.domain.reports import (
    ReportInvalid,
    ReportLine,
    SamePerson,
    check_lines,
    require_all,
    require_enough,
)
from bidding.awards.domain.rounds import RoundStage
from bidding.awards.domain.states import REPORT, ReportCommand, ReportState
from bidding.awards.models import EvaluationReport, ResultLine
from bidding.awards.policies import can_confirm_report, can_record_report
from bidding.awards.queries import final_prices, reckoning_of, remaining, room_of, rounds_of, stage
from bidding.opening import queries as halls
from bidding.profiles.domain.vocabulary import ThresholdName
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.states import SectionState
from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.vault import queries as vault
from exchange.projects.services import StateMoved


@transaction.atomic
def enter_report(
    *, actor: Actor, section_id: int, lines: Sequence[ReportLine], document_id: int, at: datetime, competition: str = ""
) -> int:
    """Record what the committee signed: each bidder's rank, price, score and reasons.

    Where the award method compares more than prices, what was found beside them comes with each ranked line. Refuses
    `NotAllowedNow` before the opening ended, `ReportInvalid`, `TooFewValid`, `NotPermitted`, and `Malformed` findings.
    """
    terms = tenders.section_terms(section_id)
    can_record_report(actor, terms).require()
    if terms.state is not SectionState.OPENED:
        raise NotAllowedNow(command="RECORD_REPORT", state=terms.state.value)
    if terms.reserve is not None and terms.reserve.amount is None:
        raise ReportInvalid(reason=gettext_noop("the secret reserve has not been read out"))
    check_lines(
        lines,
        ceiling=terms.highest_ceiling,
        as_rate=terms.price_kind == "DISCOUNT_RATE",
        start_price=terms.right.start_price if terms.right else None,
        reserve=terms.reserve.amount if terms.reserve else None,
    )
    _require_bidders(terms, lines)
    limit = terms.profile.thresholds.get(ThresholdName.BIDDERS_AFTER_REVIEW)
    require_enough(
        lines,
        least=terms.minimum_valid,
        fails=terms.fails_when_fewer_after_review,
        competition=competition,
        source=limit.source if limit else "–",
        reserve=terms.reserve.amount if terms.reserve else None,
    )
    _require_last_offers(section_id, lines, at)
    if terms.profile.is_single_source:
        for line in lines:
            if line.rank:
                tender_services.require_addition_price(section_id=section_id, price=line.price, profile=terms.profile)
    reckoning_of(terms, lines)
    document = vault.document(document_id)
    if document is None or document.subject != f"evaluation-report:{section_id}":
        raise NotFound()
    assert actor.person_id is not None, "a role is held by a person"
    report = EvaluationReport.objects.create(
        section_id=section_id,
        document_id=document_id,
        competition=competition.strip(),
        entered_by_id=actor.person_id,
        entered_at=at,
    )
    ResultLine.objects.bulk_create(
        ResultLine(
            report=report,
            organisation_id=line.organisation_id,
            rank=line.rank,
            price=line.price,
            score=line.score,
            reason=line.reason.strip(),
            found=dict(line.found),
        )
        for line in lines
    )
    payload: dict[str, JSON] = {
        "report": f"report:{report.pk}",
        "document_sha256": document.sha256,
        "lines": [_payload(line) for line in lines],
    }
    append(stream=terms.stream, type="ReportEntered", actor=actor, payload=payload, decided_at=at)
    return report.pk


def _require_bidders(terms: tenders.SectionTerms, lines: Sequence[ReportLine]) -> None:
    for line in lines:
        if not tenders.has_taken(terms.tender_id, line.organisation_id):
            raise ReportInvalid(reason=gettext_noop("it names somebody who did not take part"))
    if halls.hall_of_section(terms.section_id) is not None:
        require_all([line.organisation_id for line in lines], remaining(terms))


def _require_last_offers(section_id: int, lines: Sequence[ReportLine], at: datetime) -> None:
    """Where rounds were held here the last offer counts, and it must be there first (财政部令第74号 第33条)."""
    prices, rounds, room = final_prices(section_id), rounds_of(section_id), room_of(section_id)
    if prices is None and rounds:
        raise ReportInvalid(reason=gettext_noop("the final offers have not been asked for"))
    if prices is None:
        return
    if room is not None and room.ended_at is None:
        raise ReportInvalid(reason=gettext_noop("the live room is not over"))
    if rounds and stage(rounds[-1], at) is not RoundStage.OVER:
        raise ReportInvalid(reason=gettext_noop("the final round is not over"))
    for line in lines:
        if line.rank and prices.get(line.organisation_id) != line.price:
            raise ReportInvalid(reason=gettext_noop("a ranked price is not the supplier's last offer"))


@transaction.atomic
def confirm_report(*, actor: Actor, report_id: int, at: datetime) -> None:
    """A second person confirms that the record is what was signed; the section is evaluated. Refuses `SamePerson`."""
    report, terms = _entered(actor, report_id)
    _step(report, ReportCommand.CONFIRM, actor=actor, at=at, confirmed_by_id=actor.person_id, confirmed_at=at)
    tender_services.record_evaluation(
        actor=actor, section_id=terms.section_id, at=at, payload={"report": f"report:{report.pk}"}
    )


@transaction.atomic
def reject_report(*, actor: Actor, report_id: int, reason: str, at: datetime) -> None:
    """A second person found that the record differs from the signed paper, and says in what."""
    report, _ = _entered(actor, report_id)
    words = tender_services.words_of(reason)
    _step(report, ReportCommand.REJECT, actor=actor, at=at, reason=words)


def supersede(report: EvaluationReport, *, reason: str, actor: Actor, at: datetime) -> None:
    """The review is opened again: the report stays on record and counts no more."""
    _step(report, ReportCommand.SUPERSEDE, actor=actor, at=at, reason=reason)


def _entered(actor: Actor, report_id: int) -> tuple[EvaluationReport, tenders.SectionTerms]:
    report = EvaluationReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound()
    terms = tenders.section_terms(report.section_id)
    can_confirm_report(actor, terms).require()
    if actor.person_id == report.entered_by_id:
        raise SamePerson()
    return report, terms


def _step(report: EvaluationReport, command: ReportCommand, *, actor: Actor, at: datetime, **changes: object) -> None:
    row = REPORT.fire(ReportState(report.state), command)
    open_ones = EvaluationReport.objects.filter(pk=report.pk, state=row.source.value)
    if open_ones.update(state=row.target.value, **changes) != 1:
        raise StateMoved()
    append(
        stream=f"section:{report.section_id}",
        type=row.event,
        actor=actor,
        payload={"report": f"report:{report.pk}"},
        decided_at=at,
    )


def _payload(line: ReportLine) -> dict[str, JSON]:
    return {
        "organisation": f"organisation:{line.organisation_id}",
        "rank": str(line.rank),
        "price": as_text(line.price),
        "score": as_text(line.score) if line.score is not None else None,
        "reason_sha256": digest(line.reason.encode()),
        "found": dict(line.found),
    }
