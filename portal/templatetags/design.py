"""The design language as template tags and filters: `{% load design %}`. The living page is `/design/`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from commons.domain.actor import ANONYMOUS, Role
from commons.domain.money import capital_yuan, normal_text
from commons.domain.tasks import TaskState
from commons.domain.time import SHANGHAI
from commons.people.labels import role_label
from commons.people.queries import organisations
from portal.context import address
from portal.events import EVENTS
from portal.views.workspace import is_way

register = template.Library()

ICONS = {
    "neutral": "M3 8h10",
    "info": "M8 7v6M8 3v.01",
    "done": "M3 8.5 6.5 12 13 4.5",
    "waiting": "M8 3v5l3 2M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13",
    "stop": "M4 4l8 8M12 4l-8 8",
}
"""One stroke each, on a 16 × 16 field."""

TASK_TAGS = {
    TaskState.NOT_STARTED: ("neutral", gettext_lazy("Not started")),
    TaskState.IN_PROGRESS: ("info", gettext_lazy("In progress")),
    TaskState.INCOMPLETE: ("waiting", gettext_lazy("Incomplete")),
    TaskState.DONE: ("done", gettext_lazy("Done")),
    TaskState.CANNOT_START: ("neutral", gettext_lazy("Cannot start yet")),
}


UNITS = {"t": gettext_lazy("t"), "t/a": gettext_lazy("t per year")}
"""Units of quantities in the reader's language, by the code that the registry writes."""


@register.filter
def unit_name(code: str) -> str:
    """The unit in the reader's language."""
    return str(UNITS.get(code, code))


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing that stands before a worded status."""
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def tag(label: object, tone: str = "neutral") -> SafeString:
    """A worded status with its icon. Tones: neutral, info, done (jade), waiting (amber), stop (vermilion)."""
    return format_html('<span class="tag {}">{}{}</span>', tone, icon(tone), label)


@register.simple_tag
def task_tag(state: TaskState | str) -> SafeString:
    """The tag of one of the five task states."""
    tone, label = TASK_TAGS[TaskState(state)]
    return tag(label, tone)


FACTS = {
    "key": gettext_lazy("Rule parameter"),
    "value": gettext_lazy("Value"),
    "source": gettext_lazy("Source"),
    "article": gettext_lazy("Article or reform basis"),
    "method": gettext_lazy("Method"),
    "sector": gettext_lazy("Trade"),
    "trade_type": gettext_lazy("Trade"),
    "verdict": gettext_lazy("The method is"),
    "region": gettext_lazy("Region"),
    "valid_from": gettext_lazy("Holds from"),
    "mark": gettext_lazy("How sure is the source"),
    "reason": gettext_lazy("Reason"),
    "amount": gettext_lazy("Amount"),
    "stays": gettext_lazy("Published since then: keeps its rules"),
}
"""Names of facts in a request for approval, as people read them."""


@register.simple_tag
def fact_name(name: str) -> str:
    """The name of a fact in the reader's language; a name that nobody worded stays as it is."""
    return str(FACTS.get(name, name))


@register.simple_tag
def event_name(kind: str) -> str:
    """What the log calls this type of entry, in the reader's language; a type without words stays as it is."""
    return str(EVENTS.get(kind, kind))


@register.simple_tag(takes_context=True)
def acted_for(context: Context, actor: str) -> str:
    """For whom somebody acted who stands in the log as `person:7@3`: the organisation. Persons are not named."""
    number = actor.rpartition("@")[2] if actor.startswith("person:") else ""
    if not number.isdigit():
        return gettext("the platform") if actor.startswith("system:") else gettext("a person")
    shared: Any = context.render_context
    known: dict[str, str] = shared.setdefault("acted_for", {})
    if number not in known:
        known[number] = next((one.name for one in organisations([int(number)]).values()), "")
    return known[number] or gettext("a person")


@register.filter
def grouped(value: Decimal | int | None) -> str:
    """A number with its thousands grouped and its decimal places kept: 1680.50 → 1,680.50."""
    return "" if value is None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


@register.simple_tag
def money(amount: Decimal | None, *, capital: bool = False, large: bool = False) -> SafeString | str:
    """An amount in yuan, grouped; with `capital` the Chinese capital figures 大写 below, with `large` as a price."""
    if amount is None:
        return "—"
    figures = format_html(
        '<data class="{}" value="{}">¥ {}</data>', "price" if large else "money", format(amount, "f"), f"{amount:,.2f}"
    )
    return (
        format_html('{}<span class="capital" lang="zh-Hans">{}</span>', figures, capital_yuan(amount))
        if capital
        else figures
    )


@register.simple_tag
def quantity(amount: Decimal | None, unit: str = "") -> SafeString | str:
    """A quantity in its shortest spelling, with its unit."""
    if amount is None:
        return "—"
    return format_html(
        '<data value="{}">{}</data> {}',
        format(amount, "f"),
        grouped(Decimal(normal_text(amount))),
        UNITS.get(unit, unit),
    )


@register.simple_tag
def unit_price(amount: Decimal | None, unit: str) -> SafeString | str:
    """A price for one unit: ¥ 21,000.00 per t per year."""
    return format_html(gettext("{price} per {unit}"), price=money(amount), unit=UNITS.get(unit, unit))


@register.simple_tag
def instant(at: datetime | None, *, milliseconds: bool = False) -> SafeString | str:
    """An instant as local time of Shanghai with seconds and its offset, readable by machines."""
    if at is None:
        return "—"
    local = at.astimezone(SHANGHAI)
    text = f"{local:%Y-%m-%d %H:%M:%S}" + (f".{local.microsecond // 1000:03d}" if milliseconds else "")
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}">{} UTC+8</time>', stamp, text)


@register.simple_tag
def time_left(until: datetime | None, now: datetime) -> str:
    """How long until `until`, in the largest unit that says enough: days, hours, minutes or seconds."""
    if until is None or until <= now:
        return gettext("over")
    seconds = int((until - now).total_seconds())
    if seconds >= 172_800:
        return ngettext("%(count)d day left", "%(count)d days left", seconds // 86_400) % {"count": seconds // 86_400}
    if seconds >= 7_200:
        return ngettext("%(count)d hour left", "%(count)d hours left", seconds // 3_600) % {"count": seconds // 3_600}
    if seconds >= 120:
        return ngettext("%(count)d minute left", "%(count)d minutes left", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)d second left", "%(count)d seconds left", seconds) % {"count": seconds}


@register.simple_tag
def receipt_hash(value: str | bytes | None) -> SafeString | str:
    """A hash in groups of eight, so that two people can compare it aloud; copied, it has no blanks."""
    if not value:
        return "—"
    digits = value.hex() if isinstance(value, bytes | memoryview) else value
    groups = format_html_join("", "{}<wbr>", ((digits[start : start + 8],) for start in range(0, len(digits), 8)))
    return format_html('<code class="hash">{}</code>', groups)


@register.simple_tag(takes_context=True)
def with_query(context: Mapping[str, object], **changes: object) -> str:
    """The present address with some query parameters changed; None removes one. For filters, sorting and pages."""
    request = context["request"]
    assert isinstance(request, HttpRequest)
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def page_address(context: Mapping[str, object], page: object, number: int) -> str:
    """The present address with another page of the list that `page` is a page of."""
    return with_query(context, **{str(getattr(page, "name", "page")): number})


@register.inclusion_tag("portal/fragments/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, object]:
    """What is wrong in a form, on top of it, each line leading to its field (GOV.UK error summary)."""
    if form is None or not form.errors:
        return {"lines": []}
    lines: list[tuple[str, str]] = [("", str(error)) for error in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name in form.fields:
            told = gettext("%(label)s: %(error)s")
            lines += [(form[name].id_for_label, told % {"label": form[name].label, "error": error}) for error in errors]
    return {"lines": lines}


@register.inclusion_tag("portal/fragments/data_table.html", takes_context=True)
def data_table(
    context: Mapping[str, object],
    caption: str,
    columns: Sequence[tuple[str, bool]],
    rows: Iterable[Sequence[object]],
    *,
    csv: bool = False,
) -> dict[str, object]:
    """A table with its caption; `columns` are (label, is a number); `csv` when the view answers `?format=csv`."""
    numbers = [number for _, number in columns]
    cells = [list(zip(row, numbers, strict=True)) for row in rows]
    return {"caption": caption, "columns": columns, "rows": cells, "csv": csv, "request": context["request"]}


@register.inclusion_tag("portal/fragments/trail.html", takes_context=True)
def trail(context: Mapping[str, object]) -> dict[str, str]:
    """What stands above a page without a trail of its own: the workspace that leads to it, else the front page."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    at_work = match is not None and is_way(getattr(request, "actor", ANONYMOUS), match.view_name)
    return {"url": address("workspace") if at_work else "/", "title": gettext("Workspace" if at_work else "Home")}


@register.simple_tag
def role_name(role: Role) -> str:
    """The role in the reader's language."""
    return role_label(role)
