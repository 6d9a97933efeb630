"""Templates to PDF: Chinese on a plain install, and the same bytes for the same facts."""

import atexit
import hashlib
import threading
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from commons.pdf import fonts

FONT_ADDRESS = "font:vendored"

_SHEET = f"""
@font-face {{ font-family: "{fonts.record()["family"]}"; src: url("{FONT_ADDRESS}"); }}
* {{ font-family: "{fonts.record()["family"]}" !important; }}
"""
"""Whatever font a template names: only the vendored one is the same on every machine."""

_turn = threading.Lock()
"""Fontconfig and the shared font configuration are used by one thread at a time."""


class MissingGlyphs(Exception):
    """The text has characters that the font cannot print. They are named; no box is ever printed for them."""

    def __init__(self, characters: list[str]) -> None:
        self.characters = characters
        super().__init__(", ".join(f"{character} (U+{ord(character):04X})" for character in characters))


class ForeignAddress(ValueError):
    """A template refers to something outside itself. A PDF fetches nothing."""


def render(template: str, context: Mapping[str, Any], language: str = "zh-hans") -> bytes:
    """The PDF of a template. The same context gives the same bytes: times are in the context, never read here.

    Raises `MissingGlyphs`.
    """
    with override(language):
        markup = render_to_string(template, dict(context))
    if missing := fonts.missing(text_of(markup)):
        raise MissingGlyphs(missing)
    return _print(markup)


def qr_code(text: str, *, millimetres: int = 30) -> SafeString:
    """A QR code as inline SVG, for templates of PDFs."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=1, border=2, omitsize=True, svgclass=None, lineclass=None
    )
    sized = drawn.replace("<svg", f'<svg style="width:{millimetres}mm;height:{millimetres}mm"', 1)
    return mark_safe(sized)  # noqa: S308  # made of path data by the library, not of the text


def text_of(markup: str) -> str:
    """What of the markup is printed: its text, and no style, script or attribute."""
    reader = _TextReader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


def _print(markup: str) -> bytes:
    # WeasyPrint takes half a second to import and loads Pango: only who prints pays.
    from weasyprint import CSS, HTML

    identifier = hashlib.sha256(markup.encode()).digest()[:16]
    with _turn:
        configuration, fetcher = _machinery()
        sheet = CSS(string=_SHEET, font_config=configuration, url_fetcher=fetcher)
        document = HTML(string=markup, url_fetcher=fetcher)
        printed = document.write_pdf(stylesheets=[sheet], font_config=configuration, pdf_identifier=identifier)
    assert isinstance(printed, bytes), "without a target WeasyPrint returns bytes"
    return printed


@cache
def _machinery() -> tuple[Any, Any]:
    """The font configuration, which unpacks the font once a process, and the fetcher that fetches nothing else."""
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class VendoredOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url == FONT_ADDRESS:
                return URLFetcherResponse(url, fonts.content(), {"Content-Type": "font/woff2"})
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise ForeignAddress(url)

    # Its folder goes while there still is an interpreter to remove it.
    atexit.register(_machinery.cache_clear)
    return FontConfiguration(), VendoredOnly()


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
