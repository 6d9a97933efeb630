"""Many needs in one file: each line a draft, with a dry run and the refusal of every line that cannot be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.imports import sheets
from commons.imports.domain import columns
from commons.imports.domain.tables import Limits, Line, match_headings
from commons.people import queries as people
from marketplace.catalogue import queries as catalogue
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.queries import require_entered
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts, Source
from marketplace.procurement.policies import can_draft
from marketplace.procurement.services.drafting import start_draft

FUNDS = {
    "财政性资金": FundSource.FISCAL.value, "fiscal": FundSource.FISCAL.value, "国有资金": FundSource.STATE.value,
    "state": FundSource.STATE.value, "社会资金": FundSource.SOCIAL.value, "social": FundSource.SOCIAL.value,
}  # fmt: skip
METHODS = {
    "随机抽取": Method.LOTTERY.value, "lottery": Method.LOTTERY.value, "最低价": Method.LOWEST_PRICE.value,
    "lowest price": Method.LOWEST_PRICE.value, "最优价": Method.BEST_PRICE.value, "best price": Method.BEST_PRICE.value,
    "均价": Method.AVERAGE_PRICE.value, "average price": Method.AVERAGE_PRICE.value,
}  # fmt: skip
COLUMNS = (
    columns.text("title", "项目名称", "title", max_length=160),
    columns.text("item", "服务事项编码", "item code", max_length=40),
    columns.choice("fund", "资金来源", "fund source", choices=FUNDS),
    columns.choice("method", "选取方式", "method", choices=METHODS),
    columns.decimal("ceiling_price", "最高限价（元）", "highest price", places=2, allow_zero=False),
    columns.decimal("floor_price", "最低限价（元）", "lowest price of all", places=2, required=False),
    columns.text("content", "服务内容", "content", max_length=2_000),
    columns.text("service_time", "服务时限", "service time"),
    columns.region("region", "行政区划", "region", required=False),
    columns.text("contact_name", "联系人", "contact", max_length=64, required=False),
    columns.text("contact_phone", "联系电话", "telephone", max_length=32, required=False),
    columns.text("complaint_phone", "投诉电话", "complaint telephone", max_length=32, required=False),
)
"""Methods that need more than a line can say are drafted by hand."""
LIMITS = Limits(rows=500)


class TooManyRefused(Refusal):
    """A real run takes all lines or none."""

    code = "BULK_LINES_REFUSED"
    message = gettext_noop("%(count)s lines were refused, so nothing was drafted. Mend them and send the file again.")
    status = 400


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a line: the draft that it made, or why it cannot be one."""

    line: int
    title: str
    procurement_id: int | None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkReport:
    """Every line with its outcome; after a dry run nothing remains."""

    dry_run: bool
    outcomes: tuple[LineOutcome, ...]

    @property
    def refused(self) -> int:
        return sum(1 for one in self.outcomes if one.refusals)


def bring_in_table(*, actor: Actor, file: BinaryIO, name: str, dry_run: bool, at: datetime) -> BulkReport:
    """Draft a need per line of a CSV or xlsx file. A dry run makes them and takes them back.

    Refuses a file that cannot be read, one without the headings, and (`TooManyRefused`) a run with a bad line.
    """
    can_draft(actor).require()
    owner = require_entered(actor, EntrantKind.OWNER)
    lines = iter(sheets.read(file, name=name, limits=LIMITS))
    layout = match_headings(next(lines, Line(1, ())), COLUMNS)
    defaults = {"region": owner_region(owner.organisation_id), "name": owner.contact_name, "phone": owner.contact_phone}
    with transaction.atomic():
        outcomes = tuple(_draft(line, *layout.values(line, COLUMNS), defaults, actor, at) for line in lines)
        report = BulkReport(dry_run, outcomes)
        if dry_run or report.refused:
            transaction.set_rollback(True)
    if report.refused and not dry_run:
        raise TooManyRefused(count=report.refused)
    return report


def owner_region(organisation_id: int) -> str:
    """The region of an organisation, for lines that name none."""
    return people.organisations([organisation_id])[organisation_id].region


def _draft(
    line: Line, values: Mapping[str, Any], wrong: Any, defaults: Mapping[str, str], actor: Actor, at: datetime
) -> LineOutcome:
    title = str(values.get("title") or "")
    if wrong:
        return LineOutcome(line.number, title, None, tuple(wrong))
    try:
        with transaction.atomic():
            made = start_draft(actor=actor, need=_need(values, defaults), at=at, source=Source.TABLE)
    except Refusal as refusal:
        return LineOutcome(line.number, title, None, (refusal,))
    return LineOutcome(line.number, title, made)


def _need(values: Mapping[str, Any], defaults: Mapping[str, str]) -> NeedFacts:
    item = catalogue.item_by_code(values["item"])
    floor: Decimal | None = values["floor_price"]
    return NeedFacts(
        title=values["title"],
        item_id=item.id,
        region=values["region"] or defaults["region"],
        fund=FundSource(values["fund"]),
        method=Method(values["method"]),
        content=values["content"],
        service_time=values["service_time"],
        floor_price=floor,
        ceiling_price=values["ceiling_price"],
        requirement=item.facts.requirement,
        contact_name=values["contact_name"] or defaults["name"],
        contact_phone=values["contact_phone"] or defaults["phone"],
        complaint_phone=values["complaint_phone"] or "",
    )
