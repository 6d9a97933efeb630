"""Bulk imports: the permits and holdings that a city had before Luochui, from its tables."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from commons.domain.actor import Role
from commons.domain.money import Quantity
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.imports.domain import columns
from commons.imports.importer import ImportContext, Importer, register
from commons.people import queries as people
from exchange.permits import queries, services
from exchange.permits.domain.permits import Industry, Limit, PermitFacts
from exchange.permits.domain.rights import Held
from exchange.permits.services import Paper

POLLUTANTS = {
    "COD": "COD", "化学需氧量": "COD", "NH3-N": "NH3-N", "氨氮": "NH3-N", "SO2": "SO2", "二氧化硫": "SO2",
    "NOx": "NOx", "氮氧化物": "NOx",
}  # fmt: skip
INSTRUMENTS = {**POLLUTANTS, "CARBON": "CARBON", "碳排放配额": "CARBON"}
INDUSTRIES = {"火电": "THERMAL_POWER", "thermal power": "THERMAL_POWER", "其他": "OTHER", "other": "OTHER"}
HELD = {
    "初始分配": Held.INITIAL.value, "initial": Held.INITIAL.value, "购买": Held.PURCHASED.value,
    "purchased": Held.PURCHASED.value, "政府储备": Held.RESERVE.value, "reserve": Held.RESERVE.value,
}  # fmt: skip


class HolderUnknown(Refusal):
    code = "IMPORT_HOLDER_UNKNOWN"
    message = gettext_noop("No organisation with the code %(uscc)s is known here. Import the companies first.")


@dataclass(frozen=True, slots=True)
class PermitRow:
    """One pollutant of one permit."""

    permit_no: str
    uscc: str
    region: str
    basin: str | None
    industry: str
    instrument: str
    quantity: Decimal
    approved_need: Decimal | None
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """What one organisation held of one instrument, and how it came to it."""

    uscc: str
    instrument: str
    held_as: str
    quantity: Decimal
    region: str
    document_ref: str
    valid_from: date | None
    valid_until: date | None


def create_permit(row: PermitRow, context: ImportContext) -> str:
    """Enter a pollutant of a permit; the first row of a number enters the permit itself."""
    services.add_limit(actor=context.actor, facts=_facts(row, context), provenance=context.provenance, at=context.at)
    return _permit_ref(row)


def correct_permit(row: PermitRow, reference: str, context: ImportContext) -> str:
    """Supersede the entry: the other pollutants of the permit stay as they are."""
    newest = queries.current_permit(row.permit_no)
    facts = _facts(row, context)
    others = tuple(item for item in newest.limits if item.instrument != row.instrument) if newest else ()
    services.correct_permit(
        actor=context.actor,
        number=row.permit_no,
        facts=replace(facts, limits=(*others, *facts.limits)),
        reason=context.reason,
        at=context.at,
    )
    return _permit_ref(row)


def create_holding(row: HoldingRow, context: ImportContext) -> str:
    """Enter a holding as an allocation with its document."""
    return _allocate(row, context, _holding_key(row))


def correct_holding(row: HoldingRow, reference: str, context: ImportContext) -> str:
    """Reverse the movement that stood for the row, and enter the right one. Refuses what has moved on."""
    movement_id = int(reference.removeprefix("movement:"))
    document = f"sha256:{context.document_sha256}"
    services.reverse(
        actor=context.actor, movement_id=movement_id, reason=context.reason, document_ref=document, at=context.at
    )
    return _allocate(row, context, f"{_holding_key(row)}:after:{movement_id}")


def register_all() -> None:
    """Make both kinds known to the imports."""
    register(PERMITS)
    register(HOLDINGS)


def _facts(row: PermitRow, context: ImportContext) -> PermitFacts:
    return PermitFacts(
        number=row.permit_no,
        organisation_id=_organisation(row.uscc),
        region=row.region,
        basin=row.basin or "",
        industry=Industry(row.industry),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        limits=(Limit(row.instrument, row.quantity, row.approved_need),),
        document_ref=f"sha256:{context.document_sha256}",
    )


def _allocate(row: HoldingRow, context: ImportContext, key: str) -> str:
    movement = services.allocate(
        actor=context.actor,
        organisation_id=_organisation(row.uscc),
        instrument=row.instrument,
        held_as=Held(row.held_as),
        quantity=Quantity(row.quantity),
        region=row.region,
        paper=Paper(
            row.document_ref,
            reason=f"import, line {context.line}",
            provenance=context.provenance,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        ),
        idempotency_key=f"import:{key}",
        at=context.at,
    )
    return f"movement:{movement.id}"


def _organisation(uscc: str) -> int:
    found = people.organisation_by_uscc(uscc)
    if found is None:
        raise HolderUnknown(uscc=uscc)
    return found.id


def _permit_ref(row: PermitRow) -> str:
    return f"permit:{row.permit_no}/{row.instrument}"


def _holding_key(row: HoldingRow) -> str:
    return f"{row.uscc}/{row.instrument}/{row.held_as}/{row.document_ref.encode().hex()[:48]}"


PERMITS = Importer(
    kind="permits",
    label=gettext_noop("Emission permits"),
    row=PermitRow,
    columns=(
        columns.text("permit_no", "许可证编号", "permit number", max_length=40),
        columns.uscc("uscc", "统一社会信用代码", "uscc"),
        columns.region("region", "行政区划", "region"),
        columns.text("basin", "流域", "basin", max_length=40, required=False),
        columns.choice("industry", "行业", "industry", choices=INDUSTRIES),
        columns.choice("instrument", "污染物", "pollutant", choices=POLLUTANTS),
        columns.decimal("quantity", "许可排放量（吨/年）", "permitted t/a", places=3),
        columns.decimal("approved_need", "核定可购量（吨/年）", "approved need t/a", places=3, required=False),
        columns.day("valid_from", "有效期起", "valid from"),
        columns.day("valid_until", "有效期止", "valid until"),
    ),
    key=lambda row: f"{row.permit_no}/{row.instrument}",
    create=create_permit,
    correct=correct_permit,
    roles=frozenset({Role.OPERATOR, Role.REGULATOR}),
)

HOLDINGS = Importer(
    kind="holdings",
    label=gettext_noop("Holdings of rights"),
    row=HoldingRow,
    columns=(
        columns.uscc("uscc", "统一社会信用代码", "uscc"),
        columns.choice("instrument", "指标", "instrument", choices=INSTRUMENTS),
        columns.choice("held_as", "来源", "held as", choices=HELD),
        columns.decimal("quantity", "数量（吨/年）", "quantity", places=3, allow_zero=False),
        columns.region("region", "行政区划", "region"),
        columns.text("document_ref", "文号", "document", max_length=120),
        columns.day("valid_from", "有效期起", "valid from", required=False),
        columns.day("valid_until", "有效期止", "valid until", required=False),
    ),
    key=_holding_key,
    create=create_holding,
    correct=correct_holding,
    roles=frozenset({Role.OPERATOR, Role.REGULATOR}),
)
