"""Bulk imports: the list of service items and the register of qualifications, from the city's tables."""

from dataclasses import dataclass
from decimal import Decimal

from commons.domain.text import gettext_noop
from commons.imports.domain import columns
from commons.imports.importer import ImportContext, Importer, register
from marketplace.catalogue import services
from marketplace.catalogue.domain.items import ItemFacts, Matter, PriceGuidance, PriceUnit
from marketplace.catalogue.domain.requirements import parse

YES = {"是": "yes", "否": "no", "yes": "yes", "no": "no"}
UNITS = {"总价": PriceUnit.TOTAL.value, "total": PriceUnit.TOTAL.value, "费率": PriceUnit.PERCENT.value,
         "percent": PriceUnit.PERCENT.value}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item. `matters`: approval items as `code name@authority`, separated by semicolons."""

    code: str
    name: str
    service_type: str
    matters: str | None
    requirement: str | None
    price_low: Decimal | None
    price_high: Decimal | None
    price_unit: str | None
    price_basis: str | None
    legal_basis: str
    region: str | None
    central: str | None


@dataclass(frozen=True, slots=True)
class QualificationRow:
    """One kind of qualification; grades from the best, separated by semicolons."""

    code: str
    name: str
    grades: str | None


def create_item(row: ItemRow, context: ImportContext) -> str:
    """Enter an item. Refuses what the catalogue refuses."""
    number = services.enter_item(actor=context.actor, facts=facts_of(row), at=context.at, provenance=context.provenance)
    return f"item:{number}"


def correct_item(row: ItemRow, reference: str, context: ImportContext) -> str:
    """Revise the item to what the correction says."""
    number = int(reference.removeprefix("item:"))
    services.revise_item(actor=context.actor, item_id=number, facts=facts_of(row), reason=context.reason, at=context.at)
    return reference


def create_qualification(row: QualificationRow, context: ImportContext) -> str:
    """Enter a kind of qualification."""
    grades = [part.strip() for part in _parts(row.grades)]
    services.enter_qualification(actor=context.actor, code=row.code, name=row.name, grades=grades, at=context.at)
    return f"qualification:{row.code}"


def correct_qualification(row: QualificationRow, reference: str, context: ImportContext) -> str:
    """Bring the names to what the correction says."""
    return create_qualification(row, context)


def facts_of(row: ItemRow) -> ItemFacts:
    """The item that a row describes. Refuses (`RequirementUnreadable`)."""
    return ItemFacts(
        code=row.code,
        name=row.name,
        service_type=row.service_type,
        legal_basis=row.legal_basis,
        requirement=parse(row.requirement or ""),
        matters=tuple(_matter(part) for part in _parts(row.matters)),
        price=PriceGuidance(
            row.price_low, row.price_high, PriceUnit(row.price_unit or PriceUnit.TOTAL.value), row.price_basis or ""
        ),
        region=row.region or "",
        in_central_catalogue=row.central == "yes",
    )


def _matter(text: str) -> Matter:
    code, _, rest = text.strip().partition(" ")
    name, _, authority = rest.partition("@")
    return Matter(code, name.strip() or code, authority.strip())


def _parts(text: str | None) -> list[str]:
    return [part for part in (text or "").replace("；", ";").split(";") if part.strip()]


def register_all() -> None:
    """Make both kinds known to the imports."""
    register(ITEMS)
    register(QUALIFICATIONS)


ITEMS = Importer(
    kind="service-items",
    label=gettext_noop("Service items of the supermarket"),
    row=ItemRow,
    columns=(
        columns.text("code", "事项编码", "item code", max_length=40),
        columns.text("name", "事项名称", "item name"),
        columns.text("service_type", "服务类型", "service type", max_length=60),
        columns.text("matters", "关联行政许可事项", "approval items", max_length=1_000, required=False),
        columns.text("requirement", "资质要求", "required qualifications", max_length=400, required=False),
        columns.decimal("price_low", "指导价下限", "guidance price from", places=2, required=False),
        columns.decimal("price_high", "指导价上限", "guidance price to", places=2, required=False),
        columns.choice("price_unit", "计价方式", "price unit", choices=UNITS, required=False),
        columns.text("price_basis", "收费依据", "price basis", max_length=200, required=False),
        columns.text("legal_basis", "设定依据", "legal basis", max_length=1_000),
        columns.region("region", "行政区划", "region", required=False),
        columns.choice("central", "集中采购目录内", "in central catalogue", choices=YES, required=False),
    ),
    key=lambda row: row.code,
    create=create_item,
    correct=correct_item,
)

QUALIFICATIONS = Importer(
    kind="qualification-kinds",
    label=gettext_noop("Register of qualifications"),
    row=QualificationRow,
    columns=(
        columns.pattern("code", "资质编码", "qualification code", shape=r"[A-Z][A-Z0-9-]{0,23}",
                        reason=gettext_noop("capital letters, digits and hyphens are needed")),
        columns.text("name", "资质名称", "qualification", max_length=80),
        columns.text("grades", "等级", "grades", max_length=200, required=False),
    ),
    key=lambda row: row.code,
    create=create_qualification,
    correct=correct_qualification,
)  # fmt: skip
