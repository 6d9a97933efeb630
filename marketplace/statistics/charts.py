"""Bar charts as SVG made on the server: no script, no style of their own, a table beside each."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, FOOT, GAP = 640, 220, 28, 4
MOST_LABELS = 16
WIDEST = 56.0


def bars(points: Sequence[tuple[str, Decimal | int]], *, title: str) -> SafeString:
    """One bar per point, from zero; labels below where there is room."""
    if not points:
        return SafeString("")
    most = max((Decimal(value) for _, value in points), default=Decimal(0)) or Decimal(1)
    slot = WIDTH / len(points)
    drawn = format_html_join(
        "", "{}", ((_bar(place, one, slot, most, len(points)),) for place, one in enumerate(points))
    )
    return format_html(
        '<svg class="w-100" viewBox="0 0 {} {}" role="img" aria-label="{}" fill="currentColor">{}'
        '<line x1="0" y1="{}" x2="{}" y2="{}" stroke="currentColor" stroke-width="1"/></svg>',
        WIDTH, HEIGHT, title, drawn, HEIGHT - FOOT, WIDTH, HEIGHT - FOOT,
    )  # fmt: skip


def _bar(place: int, point: tuple[str, Decimal | int], slot: float, most: Decimal, count: int) -> SafeString:
    label, value = point
    height = float(Decimal(value) / most) * (HEIGHT - FOOT - 18)
    left, top = place * slot + GAP / 2, HEIGHT - FOOT - height
    wide = min(WIDEST, max(1.0, slot - GAP))
    left += (slot - GAP - wide) / 2
    bar = format_html(
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}: {}</title></rect>',
        f"{left:.1f}", f"{top:.1f}", f"{wide:.1f}", f"{height:.1f}", label, value,
    )  # fmt: skip
    if count > MOST_LABELS:
        return bar
    middle = left + wide / 2
    return format_html(
        '{}<text x="{}" y="{}" font-size="11" text-anchor="middle">{}</text>'
        '<text x="{}" y="{}" font-size="11" text-anchor="middle">{}</text>',
        bar, f"{middle:.1f}", HEIGHT - 10, label[-8:], f"{middle:.1f}", f"{top - 4:.1f}", value,
    )  # fmt: skip
