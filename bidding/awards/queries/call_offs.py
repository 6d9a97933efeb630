"""The suppliers of a framework, what was called off with each, whose turn it is, and second competitions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from bidding.awards.domain.call_offs import Quote, next_in_turn
from bidding.awards.domain.rounds import RoundStage, stage_of
from bidding.awards.domain.states import AwardState, CallOffState
from bidding.awards.models import Award, CallOff, CallOffCompetition, CallOffQuote, TurnDeclined
from bidding.tenders.domain.sections import CallOffMethod
from commons.domain.refusals import NotFound

R = TypeVar("R", Award, CallOff, CallOffCompetition)


@dataclass(frozen=True, slots=True)
class SupplierView:
    """A supplier of a framework: its place in the first stage, its contract, and what is left of it."""

    award_id: int
    organisation_id: int
    name: str
    place: int
    amount: Decimal
    called_off: Decimal
    orders: int
    declined: int

    @property
    def left(self) -> Decimal:
        return self.amount - self.called_off


def standing(section_id: int) -> list[Award]:
    """The suppliers with a signed contract, by their place in the first stage."""
    rows = Award.objects.filter(section_id=section_id, state=AwardState.CONTRACTED.value)
    return list(rows.select_related("line__organisation", "section__tender__project").order_by("line__rank", "pk"))


def award(award_id: int) -> Award:
    """The award with its section and supplier. Refuses (`NotFound`)."""
    rows = Award.objects.select_related("section__tender__project", "line__organisation")
    return _found(rows.filter(pk=award_id).first())


def call_off(call_off_id: int) -> CallOff:
    """The order with its award, section and supplier. Refuses (`NotFound`)."""
    rows = CallOff.objects.select_related("award__line__organisation", "award__section__tender__project")
    return _found(rows.filter(pk=call_off_id).first())


def competition(competition_id: int) -> CallOffCompetition:
    """The second competition. Refuses (`NotFound`)."""
    return _found(CallOffCompetition.objects.filter(pk=competition_id).first())


def _found(row: R | None) -> R:
    if row is None:
        raise NotFound()
    return row


def left_of(award: Award) -> Decimal:
    """How much of the contract is not called off yet, yuan."""
    return award.amount - sum((one.committed for one in award.call_offs.all()), Decimal(0))


def in_turn(section_id: int) -> Award | None:
    """Whose turn it is; None where no supplier stands."""
    awards = {award.pk: award for award in standing(section_id)}
    taken = [*CallOff.objects.filter(award__in=awards).values_list("award_id", flat=True),
             *TurnDeclined.objects.filter(award__in=awards).values_list("award_id", flat=True)]  # fmt: skip
    found = next_in_turn({number: award.line.rank for number, award in awards.items()}, taken)
    return awards[found] if found is not None else None


def suppliers_of(section_id: int) -> list[SupplierView]:
    """Every supplier of the framework with what was called off."""
    awards = standing(section_id)
    orders: dict[int, list[Decimal]] = {award.pk: [] for award in awards}
    for one in CallOff.objects.filter(award__in=awards).exclude(state=CallOffState.REFUSED.value):
        orders[one.award_id].append(one.committed)
    declined = list(TurnDeclined.objects.filter(award__in=awards).values_list("award_id", flat=True))
    return [
        SupplierView(
            award_id=award.pk,
            organisation_id=award.line.organisation_id,
            name=award.line.organisation.name,
            place=award.line.rank,
            amount=award.amount,
            called_off=sum(orders[award.pk], Decimal(0)),
            orders=len(orders[award.pk]),
            declined=declined.count(award.pk),
        )
        for award in awards
    ]


def published(section_id: int) -> list[CallOff]:
    """The call-offs whose results are public: those competed for or taken in turn (财政部令第110号 第35条)."""
    rows = CallOff.objects.filter(award__section_id=section_id).exclude(method=CallOffMethod.DIRECT.value)
    rows = rows.exclude(state=CallOffState.REFUSED.value)
    return list(rows.select_related("award__line__organisation").order_by("-placed_at", "-pk"))


def stage(row: CallOffCompetition, at: datetime) -> RoundStage:
    """Whether a competition takes quotes, is being opened, or is over."""
    return stage_of(closes_at=row.closes_at, sealed=True, revealed_at=row.ended_at, at=at)


def competitions_of(section_id: int) -> list[CallOffCompetition]:
    """The second competitions of a framework, the newest first, with their call-offs."""
    rows = CallOffCompetition.objects.filter(section_id=section_id).order_by("-number")
    return list(rows.prefetch_related("call_offs__award__line__organisation"))


def counting(competition: CallOffCompetition) -> list[Quote]:
    """The quotes as the rule weighs them; whoever refused the order of this competition counts no more."""
    refused = {one.award_id for one in competition.call_offs.all() if one.state == CallOffState.REFUSED.value}
    return [
        Quote(
            one.award_id,
            one.award.line.rank,
            one.price,
            one.received_at is not None and not one.fault and one.award_id not in refused,
        )
        for one in competition.quotes.select_related("award__line")
    ]


def quotes_of(competition: CallOffCompetition) -> list[CallOffQuote]:
    """Who was asked, and what each quoted once that is opened; the lowest first."""
    rows = competition.quotes.select_related("award__line__organisation")
    return sorted(rows, key=lambda one: (bool(one.fault), one.price is None, one.price or one.ceiling, one.pk))


def quote_of(competition: CallOffCompetition, organisation_id: int | None) -> CallOffQuote | None:
    """The row of an organisation that was asked; None for everybody else."""
    if organisation_id is None:
        return None
    rows = competition.quotes.select_related("award__line__organisation")
    return rows.filter(award__line__organisation_id=organisation_id).first()
