"""The last steps of a section, taken by the award above: evaluated, shown, awarded, contracted, closed."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.states import SectionCommand
from bidding.tenders.models import Section, Tender, TenderFiling
from bidding.tenders.policies import can_decide_for_owner
from bidding.tenders.services import pausing
from bidding.tenders.services.common import tell, words_of
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.publishing import KEEPER
from bidding.tenders.services.transitions import locked_section, move_section
from commons.domain.actor import Actor
from commons.evidence.domain.canonical import JSON
from exchange.notices.services import NumberedDecision

Body = Mapping[str, JSON]


@transaction.atomic
def record_evaluation(*, actor: Actor, section_id: int, at: datetime, payload: Body) -> None:
    """A confirmed report is there. The caller has asked who may."""
    section = locked_section(section_id)
    pausing.require_no_objection(section.tender)
    move_section(section, SectionCommand.RECORD_REPORT, actor=actor, at=at, payload=payload)


@transaction.atomic
def show_candidates(*, actor: Actor, section_id: int, body: Body, at: datetime) -> None:
    """The candidates are public."""
    _publish(section_id, SectionCommand.PUBLICIZE, TenderNoticeKind.CANDIDATES, body, actor=actor, at=at)


@transaction.atomic
def award(*, actor: Actor, section_id: int, body: Body, at: datetime, decision: NumberedDecision | None = None) -> None:
    """The owner's award is public. Refuses (`ObjectionOpen`) while an objection waits for its answer."""
    pausing.require_no_objection(locked_section(section_id).tender)
    _publish(section_id, SectionCommand.AWARD, TenderNoticeKind.AWARD, body, actor=actor, at=at, decision=decision)


@transaction.atomic
def take_next(*, actor: Actor, section_id: int, at: datetime) -> None:
    """The winner is out, the next candidate may be awarded."""
    move_section(locked_section(section_id), SectionCommand.TAKE_NEXT, actor=actor, at=at)


@transaction.atomic
def review_again(*, actor: Actor, section_id: int, decision_no: str, at: datetime) -> None:
    """Back to the committee."""
    payload = {"decision_no": decision_no}
    move_section(locked_section(section_id), SectionCommand.REVIEW_AGAIN, actor=actor, at=at, payload=payload)


@transaction.atomic
def fail_by_owner(*, actor: Actor, section_id: int, cause: FailureCause, at: datetime) -> None:
    """No candidate is left, or too few valid bids remain: the owner declares it."""
    section = locked_section(section_id)
    can_decide_for_owner(actor, section.tender).require()
    move_section(section, SectionCommand.FAIL, actor=actor, at=at, payload={"cause": cause.value}, failure=cause.value)
    body: dict[str, JSON] = {"section": str(section.number), "cause": cause.value}
    publish_notice(section.tender, TenderNoticeKind.FAILURE, body, actor=actor, at=at, section=section)


@transaction.atomic
def contracted(*, section_id: int, body: Body, at: datetime) -> None:
    """Every award of the section has its contract."""
    _publish(section_id, SectionCommand.CONTRACT, TenderNoticeKind.CONTRACT, body, actor=KEEPER, at=at)


@transaction.atomic
def announce_call_off(*, section_id: int, body: Body, actor: Actor, at: datetime) -> None:
    """Publish who supplies a purchase under a framework. The caller has asked who may."""
    section = locked_section(section_id)
    publish_notice(section.tender, TenderNoticeKind.CALL_OFF, body, actor=actor, at=at, section=section)


@transaction.atomic
def file_result(*, actor: Actor, section_id: int, authority: str, number: str, filed_on: date, at: datetime) -> None:
    """Report the result under the authority's number; the section is closed."""
    section = locked_section(section_id)
    can_decide_for_owner(actor, section.tender).require()
    TenderFiling.objects.create(
        tender=section.tender,
        kind="RESULT",
        authority=words_of(authority, 2),
        number=words_of(number, 2),
        filed_on=filed_on,
        entered_at=at,
    )
    payload: dict[str, JSON] = {"authority": authority.strip(), "number": number.strip()}
    move_section(section, SectionCommand.CLOSE, actor=actor, at=at, payload=payload)


def bonds_settled(*, section_id: int, at: datetime) -> bool:
    """Every bond of an ended or contracted section is on its way; True the first time."""
    rows = Section.objects.filter(pk=section_id, bonds_settled_at__isnull=True)
    return rows.update(bonds_settled_at=at) == 1


def require_no_objection(tender_id: int) -> None:
    """Refuses (`ObjectionOpen`) early, before a paper is drawn; `award` asks again in its transaction."""
    pausing.require_no_objection(Tender.objects.get(pk=tender_id))


def tell_one(
    tender_id: int, organisation_id: int, subject: str, *, at: datetime, key: str, fields: Mapping[str, str],
    link: str = "",
) -> None:  # fmt: skip
    """Tell one organisation something about a tender."""
    tender = Tender.objects.select_related("project").get(pk=tender_id)
    tell(tender, [organisation_id], subject, at=at, key=key, link=link, fields=fields)


def _publish(
    section_id: int, command: SectionCommand, kind: TenderNoticeKind, body: Body, *, actor: Actor, at: datetime,
    decision: NumberedDecision | None = None,
) -> None:  # fmt: skip
    section = locked_section(section_id)
    notice = publish_notice(section.tender, kind, body, actor=actor, at=at, section=section, decision=decision)
    move_section(section, command, actor=actor, at=at, payload={"notice": f"notice:{notice.pk}"})
