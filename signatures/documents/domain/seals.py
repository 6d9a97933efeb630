"""What a signature looks like on paper: geometry alone, in points from the lower left corner of its box.

The seal of an organisation follows the customary form (国务院关于国家行政机关和企业事业单位社会团体印章管理的规定,
国发〔1999〕25号: round, 42 mm at most, a five-pointed star in the middle, the name around it from left to right). It is
drawn from data: nobody uploads a picture of a seal. It shows, and proves nothing; the signature proves.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from commons.domain.time import SHANGHAI

MILLIMETRE = 72 / 25.4
VERMILION = (0.82, 0.11, 0.09)
INK = (0.11, 0.14, 0.19)
GREY = (0.33, 0.36, 0.40)
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around (x, y)."""

    x: float
    y: float
    radius: float
    width: float


@dataclass(frozen=True, slots=True)
class Star:
    """A filled five-pointed star that stands on two points."""

    x: float
    y: float
    radius: float

    @property
    def corners(self) -> list[tuple[float, float]]:
        inner = self.radius * math.cos(math.radians(72)) / math.cos(math.radians(36))
        turns = [(math.radians(90 + 36 * number), (self.radius, inner)[number % 2]) for number in range(10)]
        return [(self.x + radius * math.cos(turn), self.y + radius * math.sin(turn)) for turn, radius in turns]


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of a line's width."""

    x: float
    y: float
    width: float
    height: float
    line: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text from (x, y) on its base line; `centred`: around x."""

    text: str
    x: float
    y: float
    size: float
    colour: Colour = VERMILION
    centred: bool = False
    widest: float = 0.0
    """The text is set smaller until it is no wider; 0: as it is."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character around (x, y), turned by `turn` radians."""

    character: str
    x: float
    y: float
    size: float
    turn: float
    narrow: float = 1.0
    """Width as a share of the usual."""


Mark = Ring | Star | Frame | Line | Letter


@dataclass(frozen=True, slots=True)
class Appearance:
    """A box of `width` × `height` points and what is drawn in it, in order."""

    width: float
    height: float
    marks: tuple[Mark, ...]


SEAL_MM = 42.0
PERSON_MM = (54.0, 24.0)
FIELD_MM = (54.0, 42.0)
"""What a template keeps free for any signature; each appearance stands in the middle of it."""


def organisation_seal(*, name: str, serial: str, at: datetime) -> Appearance:
    """The red seal of an organisation: its name on the ring, the star, the certificate's serial number and the time."""
    size = SEAL_MM * MILLIMETRE
    middle = size / 2
    outer = middle - 1.6
    marks: list[Mark] = [Ring(middle, middle, outer - 1.2, 2.6), Star(middle, middle + 2.5, outer * 0.31)]
    marks += _around(name, middle, radius=outer - 14.5, size=_name_size(len(name)), span=_name_span(len(name)))
    marks += _below(serial, middle, radius=outer - 8.6, size=5.0)
    marks.append(Line("电子印章", middle, middle - 22.5, 7.2, centred=True))
    marks.append(Line(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", middle, middle - 31.0, 4.6, centred=True))
    return Appearance(size, size, tuple(marks))


def personal_signature(*, name: str, organisation: str, role: str, serial: str, at: datetime) -> Appearance:
    """The signature of a person: the name large, beside it for whom and as what, the certificate and the time."""
    width, height = (side * MILLIMETRE for side in PERSON_MM)
    left = width * 0.38
    lines = [
        text
        for text in (organisation, role, f"证书 {serial}", f"时间 {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} UTC+8")
        if text
    ]
    marks: list[Mark] = [Frame(0.6, 0.6, width - 1.2, height - 1.2, 0.8)]
    marks.append(Line(name, left / 2 + 1, height / 2 - 3, 17, INK, centred=True, widest=left - 10))
    marks.append(Line("电子签名", left / 2 + 1, 7, 5.4, VERMILION, centred=True))
    top = height / 2 + 4.5 * (len(lines) - 1) - 2
    marks += [
        Line(text, left + 3, top - 9 * number, 6, GREY, widest=width - left - 6) for number, text in enumerate(lines)
    ]
    return Appearance(width, height, tuple(marks))


def short_serial(serial: str) -> str:
    """A serial number as it is shown: at most 16 characters, the last ones, in capitals."""
    return serial.upper()[-16:]


def _name_size(count: int) -> float:
    return max(6.5, min(14.5, 190 / max(count, 1)))


def _name_span(count: int) -> float:
    """The angle over which a name is spread, in degrees."""
    return min(244.0, 25.0 * max(count - 1, 0))


def _around(text: str, middle: float, *, radius: float, size: float, span: float) -> list[Letter]:
    """Characters along the upper arc, from left to right, heads outward."""
    step = span / max(len(text) - 1, 1)
    narrow = min(1.0, math.radians(step) * (radius + size * 0.35) / size) if len(text) > 1 else 1.0
    letters = []
    for number, character in enumerate(text):
        angle = math.radians(90 + span / 2 - step * number)
        x, y = middle + radius * math.cos(angle), middle + radius * math.sin(angle)
        letters.append(Letter(character, x, y, size, angle - math.pi / 2, narrow))
    return letters


def _below(text: str, middle: float, *, radius: float, size: float) -> list[Letter]:
    """Characters along the lower arc, from left to right, heads inward."""
    step = math.degrees(size * 0.82 / radius)
    letters = []
    for number, character in enumerate(text):
        angle = math.radians(270 - step * (len(text) - 1) / 2 + step * number)
        x, y = middle + radius * math.cos(angle), middle + radius * math.sin(angle)
        letters.append(Letter(character, x, y, size, angle + math.pi / 2))
    return letters
