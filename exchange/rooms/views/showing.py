"""How a live screen shows amounts, instants, phases and events: as its scripts do a moment later."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commons.domain.time import SHANGHAI, from_text
from exchange.rooms.domain.phases import BIDDABLE, OVER, Phase
from exchange.rooms.views import texts

ICONS = {
    "done": "M2.5 8.5l3.5 3.5 7.5-8",
    "waiting": "M8 3.5v5l3 2",
    "stop": "M4 4l8 8M12 4l-8 8",
    "info": "M8 7v5M8 4v.5",
    "": "M4 8h8",
}


def tag(tone: str, words: object) -> SafeString:
    """A worded status with its icon, as the scripts draw it."""
    return format_html(
        '<span class="tag {}"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{}" '
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>{}</span>',
        tone,
        ICONS[tone],
        words,
    )


def phase_tone(phase: Phase) -> str:
    if phase is Phase.PAUSED or phase is Phase.VOIDED:
        return "stop"
    if phase in OVER:
        return ""
    return "done" if phase in BIDDABLE else "waiting"


def grouped(amount: str | None) -> str:
    """An amount for the eye: 20500.00 → 20,500.00."""
    return "—" if amount is None else f"{Decimal(amount):,f}"


def shown(value: object) -> str:
    return "–" if value is None else str(value)


def time_of_day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M:%S}"


def remaining(left: timedelta) -> str:
    """1:02:03 or 04:05; the scripts add tenths at the end."""
    seconds = max(0, -(-left // timedelta(seconds=1)))
    hours, rest = divmod(seconds, 3600)
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{clock}" if hours else clock


def describe(event: Mapping[str, Any], *, divisible: bool, own_alias: str | None) -> str:
    """An event in words, as the tape shows it."""
    catalogue = texts.catalogue()
    base = f"event-{event['type']}"
    own = "-you" if own_alias and event.get("alias") == own_alias else ""
    some = "-quantity" if divisible and event.get("quantity") else ""
    key = next((key for key in (base + own + some, base + own, base + some, base) if key in catalogue), "")
    phase, closes_at = event.get("phase"), event.get("closes_at")
    return catalogue.get(key, str(event["type"])) % {
        "alias": event.get("alias") or "",
        "price": grouped(event.get("price")),
        "quantity": event.get("quantity") or "",
        "phase": texts.PHASES.get(phase, phase) if phase else "",
        "closes_at": time_of_day(from_text(closes_at)) if closes_at else "",
        "reason": catalogue.get(f"reason-{event.get('reason')}", event.get("reason") or ""),
    }


def clock_label(phase: Phase) -> str:
    if phase in OVER:
        return _("Ended")
    labels = {Phase.PAUSED: _("The clock stands"), Phase.SCHEDULED: _("Opens in"), Phase.WAITING: _("Timed bidding in")}
    return labels.get(phase, _("Closes in"))
