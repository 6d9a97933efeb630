"""Questions to the catalogue. It is public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from commons.domain.refusals import NotFound
from commons.search.queries import matching
from marketplace.catalogue.domain.items import ItemFacts, ItemUnknown, Matter, PriceGuidance, PriceUnit
from marketplace.catalogue.domain.requirements import AllOf, Holds, Requirement, parse
from marketplace.catalogue.models import ItemMatter, QualificationKind, ServiceItem

KIND = "service_item"
"""Of texts that can be searched."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as pages and other subjects see it."""

    id: int
    facts: ItemFacts
    withdrawn_at: datetime | None
    version: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class QualificationView:
    """A kind of qualification with the names of its grades, the best first."""

    code: str
    name: str
    grades: tuple[str, ...]

    def words(self, grade: int) -> str:
        """The qualification at a grade in words: 测绘资质乙级; at any: its bare name."""
        return self.name + (self.grades[grade - 1] if 0 < grade <= len(self.grades) else "")


def item(item_id: int) -> ItemView:
    """One item. Refuses (`NotFound`)."""
    row = _rows().filter(pk=item_id).first()
    if row is None:
        raise NotFound()
    return view(row)


def item_by_code(code: str) -> ItemView:
    """The item with that code, in force. Refuses (`ItemUnknown`)."""
    row = _rows().filter(code=code, withdrawn_at__isnull=True).first()
    if row is None:
        raise ItemUnknown(item=code)
    return view(row)


def items(
    *, question: str = "", service_type: str = "", matter: str = "", withdrawn: bool = False
) -> "QuerySet[ServiceItem]":
    """The items in force (or all), by words, type and approval item, in the order of their codes."""
    found = _rows() if withdrawn else _rows().filter(withdrawn_at__isnull=True)
    if service_type:
        found = found.filter(service_type=service_type)
    if matter:
        found = found.filter(matters__code=matter)
    numbers = matching(KIND, question)
    return found if numbers is None else found.filter(pk__in=numbers)


def items_for_matter(name: str) -> list[ItemView]:
    """The items that an approval item or a service of that name asks for; for cases of the intake."""
    exact = _rows().filter(withdrawn_at__isnull=True)
    found = [*exact.filter(name=name), *exact.filter(matters__name=name)]
    return [view(row) for row in {row.pk: row for row in found}.values()]


def service_types() -> list[str]:
    """Every type of service that has an item in force."""
    rows = ServiceItem.objects.filter(withdrawn_at__isnull=True).order_by("service_type")
    return list(rows.values_list("service_type", flat=True).distinct())


def qualifications(codes: Iterable[str] | None = None) -> dict[str, QualificationView]:
    """Kinds of qualification by code; one query."""
    rows = QualificationKind.objects.all() if codes is None else QualificationKind.objects.filter(code__in=list(codes))
    return {row.code: QualificationView(row.code, row.name, tuple(row.grades)) for row in rows}


def words_of(requirement: Requirement, known: dict[str, QualificationView]) -> str:
    """The requirement in Chinese words, as notices print it; empty where nothing is asked for."""
    if isinstance(requirement, Holds):
        kind = known.get(requirement.code)
        if kind is None:
            return requirement.code
        suffix = "及以上" if requirement.grade > 1 else ""
        return kind.words(requirement.grade) + suffix
    sign = "，且" if isinstance(requirement, AllOf) else "或"
    parts = [words_of(part, known) for part in requirement.parts]
    bracketed = [
        text if isinstance(part, Holds) else f"（{text}）" for part, text in zip(requirement.parts, parts, strict=True)
    ]
    return sign.join(bracketed)


def view(row: ServiceItem) -> ItemView:
    """A row as a value."""
    facts = ItemFacts(
        code=row.code,
        name=row.name,
        service_type=row.service_type,
        legal_basis=row.legal_basis,
        requirement=parse(row.requirement),
        matters=tuple(Matter(one.code, one.name, one.authority) for one in row.matters.all()),
        price=PriceGuidance(row.price_low, row.price_high, PriceUnit(row.price_unit), row.price_basis),
        region=row.region,
        in_central_catalogue=row.in_central_catalogue,
    )
    return ItemView(row.pk, facts, row.withdrawn_at, row.version, row.entered_at)


def _rows() -> "QuerySet[ServiceItem]":
    return ServiceItem.objects.prefetch_related(Prefetch("matters", ItemMatter.objects.order_by("id")))
