"""The sum of an addition: from the original contract, what was added before, and what is asked for now."""

from collections.abc import Mapping
from decimal import Decimal

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import ThresholdName
from bidding.tenders import originals
from bidding.tenders.domain import single_source
from bidding.tenders.domain.additions import Addition, Original, OriginalOfAnother, reckon
from bidding.tenders.domain.single_source import Ground
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import Section, Tender
from commons.domain.money import as_text, parse_decimal, round_money

NOTHING = (SectionState.FAILED.value, SectionState.TERMINATED.value)
"""Sections that came to nothing add nothing."""


def original_of(owner_id: int, stated: Original, supplier_id: int) -> Original:
    """The original contract as it is kept: of one concluded here the amount is ours, and its supplier the one asked.

    Refuses `OriginalOfAnother`, and `Malformed` amounts.
    """
    number = stated.number.strip()
    known = next((one for one in originals.contracts_of(owner_id) if one.number == number), None)
    if known is not None and known.supplier_id != supplier_id:
        raise OriginalOfAnother(number=number, supplier=known.supplier)
    amount = known.amount if known else _yuan(stated.amount)
    before = as_text(round_money(_yuan(stated.before)))
    return Original(number, as_text(round_money(amount)) if amount else "", before)


def addition_of(
    tender: Tender, profile: ProcedureProfile, *, prices: Mapping[int, Decimal] | None = None
) -> Addition | None:
    """The sum of an addition; nothing where no contract is added to, or its amount is not stated.

    `prices`: what sections came to, in the place of their estimates.
    """
    said, limit = single_source.parse(tender.single_source), profile.thresholds.get(ThresholdName.ADDITION_SHARE)
    if said.ground != Ground.ADDITION or limit is None or not said.original.is_complete:
        return None
    asked = _sum(list(tender.sections.exclude(state__in=NOTHING)), prices or {})
    before = _yuan(said.original.before) + _earlier(tender, said.original.number)
    return reckon(_yuan(said.original.amount), before=before, asked=asked, share=limit.value, source=limit.source)


def require_addition(tender: Tender, profile: ProcedureProfile, *, prices: Mapping[int, Decimal] | None = None) -> None:
    """Refuses (`AdditionTooLarge`) an addition that is more than the law allows."""
    if (addition := addition_of(tender, profile, prices=prices)) is not None:
        addition.require()


def require_addition_price(*, section_id: int, price: Decimal, profile: ProcedureProfile) -> None:
    """The same as a price is recorded for a section that was published."""
    tender = Tender.objects.select_related("project").get(sections=section_id)
    known = originals.awarded([row.pk for row in tender.sections.all()])
    require_addition(tender, profile, prices={**known, section_id: price})


def _earlier(tender: Tender, number: str) -> Decimal:
    """What the owner's other published additions to the contract come to."""
    rows = Section.objects.filter(
        tender__project__owner_id=tender.project.owner_id,
        tender__published_at__isnull=False,
        tender__single_source__ground=Ground.ADDITION.value,
        tender__single_source__original__number=number,
    )
    others = list(rows.exclude(tender_id=tender.pk).exclude(state__in=NOTHING))
    return _sum(others, originals.awarded([row.pk for row in others]))


def _sum(sections: list[Section], prices: Mapping[int, Decimal]) -> Decimal:
    return sum((prices.get(row.pk, row.estimate) for row in sections), Decimal(0))


def _yuan(text: str) -> Decimal:
    return parse_decimal(text, field="original", places=2) if text else Decimal(0)
