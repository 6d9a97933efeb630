"""The days of a newly published year, entered from the notice in one go."""

from dataclasses import dataclass
from datetime import date

from commons.calendar import services
from commons.domain.text import gettext_noop
from commons.imports.domain import columns
from commons.imports.importer import ImportContext, Importer

WORKING = {"上班": "working", "休": "off", "放假": "off", "working": "working", "off": "off"}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the notice."""

    on: date
    working: str
    name: str
    source: str
    region: str | None


def create(row: DayRow, context: ImportContext) -> str:
    """Enter a day of the calendar; refuses what the calendar's own service refuses."""
    return _enter(row, context, "")


def correct(row: DayRow, reference: str, context: ImportContext) -> str:
    """Supersede the day's entry, with the reason of the run."""
    return _enter(row, context, context.reason)


def _enter(row: DayRow, context: ImportContext, reason: str) -> str:
    number = services.enter_day(
        actor=context.actor,
        on=row.on,
        working=row.working == "working",
        name=row.name,
        source=row.source,
        region=row.region or "",
        reason=reason,
        at=context.at,
    )
    return f"calendar:{number}"


IMPORTER = Importer(
    kind="calendar",
    label=gettext_noop("Days of the working calendar"),
    row=DayRow,
    columns=(
        columns.day("on", "日期", "day"),
        columns.choice("working", "上班或休", "working or off", choices=WORKING),
        columns.text("name", "名称", "name", max_length=64),
        columns.text("source", "依据", "source", max_length=200),
        columns.region("region", "行政区划", "region", required=False),
    ),
    key=lambda row: f"{row.region or '-'}/{row.on.isoformat()}",
    create=create,
    correct=correct,
)
