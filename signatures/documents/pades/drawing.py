"""An appearance as PDF operators and as SVG. Characters are outlines of the vendored font: nothing is looked up."""

import io
import math
from collections.abc import Iterator
from functools import lru_cache, singledispatch
from threading import Lock
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from commons.pdf import fonts
from signatures.documents.domain.seals import VERMILION, Appearance, Colour, Frame, Letter, Line, Mark, Ring, Star

_CIRCLE = 0.5522847498
"""How far the handles of four Bézier curves stand off to make a circle."""
_MIDDLE_OF_LETTER = 0.38
"""Height of a character's middle above its base line, in its size."""
_GETA = "〓"
"""What printers set for a character that they do not have. Nobody is kept from signing because of his name; the
certificate beside the picture names him exactly."""
_turn = Lock()

Segment = tuple[str, tuple[float, ...]]
"""An operator of PDF (`m`, `l`, `c`, `h`) and its numbers."""


def pdf_operators(appearance: Appearance) -> bytes:
    """The content of a form of the appearance's size."""
    return " ".join(part for mark in appearance.marks for part in _pdf(mark)).encode()


def svg(appearance: Appearance) -> str:
    """The same as a picture for pages."""
    drawn = "".join(part for mark in appearance.marks for part in _svg(mark))
    width, height = _number(appearance.width), _number(appearance.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<g transform="matrix(1 0 0 -1 0 {height})">{drawn}</g></svg>'
    )


def _pdf(mark: Mark) -> Iterator[str]:
    stroke, colour, segments = _drawn(mark)
    paint = f"{_rgb(colour)} {'RG' if stroke else 'rg'}" + (f" {_number(stroke)} w" if stroke else "")
    yield f"q {paint}"
    for operator, numbers in segments:
        yield " ".join([*map(_number, numbers), operator])
    yield "S Q" if stroke else "f Q"


def _svg(mark: Mark) -> Iterator[str]:
    stroke, colour, segments = _drawn(mark)
    names = {"m": "M", "l": "L", "c": "C", "h": "Z"}
    path = "".join(f"{names[operator]}{' '.join(map(_number, numbers))}" for operator, numbers in segments)
    named = "#" + "".join(f"{round(part * 255):02x}" for part in colour)
    paint = f'fill="none" stroke="{named}" stroke-width="{_number(stroke)}"' if stroke else f'fill="{named}"'
    yield f'<path {paint} d="{path}"/>'


Drawn = tuple[float, Colour, list[Segment]]
"""Width of the line (0: filled), colour, outline."""


@singledispatch
def _drawn(mark: Any) -> Drawn:
    raise TypeError(type(mark))


@_drawn.register
def _(mark: Ring) -> Drawn:
    x, y, r, k = mark.x, mark.y, mark.radius, mark.radius * _CIRCLE
    return (
        mark.width,
        VERMILION,
        [
            ("m", (x + r, y)),
            ("c", (x + r, y + k, x + k, y + r, x, y + r)),
            ("c", (x - k, y + r, x - r, y + k, x - r, y)),
            ("c", (x - r, y - k, x - k, y - r, x, y - r)),
            ("c", (x + k, y - r, x + r, y - k, x + r, y)),
            ("h", ()),
        ],
    )


@_drawn.register
def _(mark: Star) -> Drawn:
    first, *others = mark.corners
    return 0.0, VERMILION, [("m", first), *(("l", corner) for corner in others), ("h", ())]


@_drawn.register
def _(mark: Frame) -> Drawn:
    x, y, right, top = mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
    return mark.line, VERMILION, [("m", (x, y)), ("l", (right, y)), ("l", (right, top)), ("l", (x, top)), ("h", ())]


@_drawn.register
def _(mark: Letter) -> Drawn:
    _, advance = _outline(mark.character)
    wide, high = math.cos(mark.turn) * mark.size * mark.narrow, math.sin(mark.turn) * mark.size * mark.narrow
    up, over = math.cos(mark.turn) * mark.size, -math.sin(mark.turn) * mark.size
    x = mark.x - wide * advance / 2 - over * _MIDDLE_OF_LETTER
    y = mark.y - high * advance / 2 - up * _MIDDLE_OF_LETTER
    return 0.0, VERMILION, list(_placed(mark.character, (wide, high, over, up, x, y)))


@_drawn.register
def _(mark: Line) -> Drawn:
    length = sum(_outline(character)[1] for character in mark.text)
    size = min(mark.size, mark.widest / length) if mark.widest and length else mark.size
    x = mark.x - length * size / 2 if mark.centred else mark.x
    segments: list[Segment] = []
    for character in mark.text:
        segments += _placed(character, (size, 0, 0, size, x, mark.y))
        x += _outline(character)[1] * size
    return 0.0, mark.colour, segments


def _placed(character: str, matrix: tuple[float, float, float, float, float, float]) -> Iterator[Segment]:
    a, b, c, d, e, f = matrix
    for operator, numbers in _outline(character)[0]:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        yield operator, tuple(part for x, y in pairs for part in (a * x + c * y + e, b * x + d * y + f))


@lru_cache(maxsize=4096)
def _outline(character: str) -> tuple[tuple[Segment, ...], float]:
    """The outline of a character of size 1 and its advance; that of `_GETA` where the font has none."""
    with _turn:
        font, names, glyphs = _font()
        name = names.get(ord(character), names[ord(_GETA)])
        pen, scale = DecomposingRecordingPen(glyphs), 1 / font["head"].unitsPerEm
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        return tuple(_segments(pen.value)), glyphs[name].width * scale


def _segments(recorded: list[tuple[str, Any]]) -> Iterator[Segment]:
    operators: dict[str, str] = {"moveTo": "m", "lineTo": "l", "curveTo": "c", "closePath": "h", "endPath": "h"}
    for command, points in recorded:
        yield operators[command], tuple(part for point in points for part in point)


@lru_cache(maxsize=1)
def _font() -> tuple[Any, dict[int, str], Any]:
    """The vendored font, opened once a process: a second and some 60 MB."""
    font = TTFont(io.BytesIO(fonts.content()), lazy=True)
    return font, font.getBestCmap(), font.getGlyphSet()


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def _rgb(colour: Colour) -> str:
    return " ".join(map(_number, colour))
