"""Contract, and report to the authority."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bidding.awards.domain.states import AwardCommand, AwardState
from bidding.awards.models import Award
from bidding.awards.policies import can_award
from bidding.awards.services.common import locked_award, move_award
from bidding.awards.services.papers import contract
from bidding.awards.services.performing import require_given
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from signatures.documents import services as documents


def draw_contract(*, actor: Actor, award_id: int, at: datetime) -> int:
    """Draw the contract of a notified award; both sides sign it in their dialogue. Gives the paper's number.

    Refuses (`SecurityMissing`) while a performance security that was asked for is not there.
    """
    rows = Award.objects.select_related("section__tender", "line__organisation")
    award = rows.filter(pk=award_id).first()
    if award is None:
        raise NotFound()
    terms = tenders.section_terms(award.section_id)
    can_award(actor, terms).require()
    if award.state != AwardState.NOTIFIED.value or award.contract_no:
        raise NotAllowedNow(command="DRAW_CONTRACT", state=award.state)
    require_given(award, actor=actor, at=at)
    number = f"{terms.code}-{_place(award):02d}"
    drafted = contract(terms, award, number, actor=actor, at=at)
    with transaction.atomic():
        free = Award.objects.filter(pk=award_id, state=AwardState.NOTIFIED.value, contract_no="")
        if free.update(contract_no=number) != 1:
            raise NotAllowedNow(command="DRAW_CONTRACT", state=award.state)
        return documents.issue(drafted, actor=actor, at=at).id


def _place(award: Award) -> int:
    """Which award of its section it is: 1 for the first, by rank where several are made at once. It stays so."""
    earlier = Q(awarded_at__lt=award.awarded_at) | Q(awarded_at=award.awarded_at, line__rank__lte=award.line.rank)
    return Award.objects.filter(earlier, section_id=award.section_id).count()


def contract_signed(*, actor: Actor, award_id: int, sha256: str, at: datetime) -> None:
    """Both sides signed, inside the signature's transaction; the section follows its last award."""
    award = locked_award(award_id)
    terms = tenders.section_terms(award.section_id)
    payload: dict[str, JSON] = {"contract": award.contract_no, "sha256": sha256, "amount": as_text(award.amount)}
    move_award(award, AwardCommand.CONTRACT, actor=actor, at=at, payload=payload, contracted_at=at)
    waiting = Award.objects.filter(section_id=award.section_id).exclude(
        state__in=[AwardState.CONTRACTED.value, AwardState.GIVEN_UP.value]
    )
    if waiting.exists():
        return
    body: dict[str, JSON] = {
        "section": str(terms.number),
        "contract": award.contract_no,
        "winner": award.line.organisation.name,
        "amount": as_text(award.amount),
        "signed_at": to_text(at),
    }
    tender_services.contracted(section_id=award.section_id, body=body, at=at)


@transaction.atomic
def close_section(*, actor: Actor, section_id: int, authority: str, number: str, filed_on: date, at: datetime) -> None:
    """Report the result to the authority 书面报告/备案 under its number, and end the section (招标投标法 第47条)."""
    terms = tenders.section_terms(section_id)
    can_award(actor, terms).require()
    tender_services.file_result(
        actor=actor, section_id=section_id, authority=authority, number=number, filed_on=filed_on, at=at
    )
