"""Tags for templates of PDFs: `{% load pdf %}`."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from commons.pdf.services import qr_code

register = template.Library()

_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path d="M4 44H35C46 44 47 24 43 10L28 18.5 22.5 9 7 '
    '18 17.5 36 33 27 28 18.5" fill="none" stroke="#B3261E" stroke-width="3.5" stroke-linecap="round" '
    'stroke-linejoin="round"/></svg>'
)
"""The mark of portal/static/portal/mark.svg; commons stands below portal and cannot read it there."""


@register.simple_tag
def mark() -> SafeString:
    """The mark, inline."""
    return mark_safe(_MARK)  # noqa: S308  # a constant


@register.simple_tag
def qr(text: str, millimetres: int = 26) -> SafeString:
    """A QR code of `text`, inline."""
    return qr_code(text, millimetres=millimetres)
