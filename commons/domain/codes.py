"""Codes with check characters, and the numbering of projects.

    unified social credit code 统一社会信用代码     GB 32100, with the organisation code GB 11714 inside
    citizen identity number 公民身份号码            GB 11643
    unified transaction code 统一交易标识码         ISO 7064 MOD 37-2 over class + platform + date + sequence
    project, tender project and section codes       项目 19, 招标项目 22, 标段 25 characters (发改办法规〔2018〕1156号)

A check is strict: upper case, ASCII, nothing around it. What people type goes through `normalise` first. Regular
expressions are used with `fullmatch`, because `$` would let a line break through.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import NewType

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

Uscc = NewType("Uscc", str)
CitizenId = NewType("CitizenId", str)
DealCode = NewType("DealCode", str)


class InvalidCode(Refusal):
    """A code is not what its standard asks for. The value itself is not carried: it may be a citizen's number."""

    code = "INVALID_CODE"
    message = gettext_noop(
        "The %(kind)s is not valid: %(reason)s. Compare it with the document, character by character."
    )
    status = 400


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """The verdict on one code: `expected_check` is the check character that belongs to its body, if it has a body."""

    valid: bool
    expected_check: str | None = None
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reason: str = ""


_SHAPE = gettext_noop("it does not have the right length or characters")
_CHECK = gettext_noop("its check character does not match")
_ORGANISATION_CHECK = gettext_noop("the check character of the organisation code inside does not match")
_DATE = gettext_noop("the date in it does not exist")
_FUTURE = gettext_noop("the date in it lies in the future")


def normalise(text: str) -> str:
    """What a person typed, as the code it means: half-width, upper case, without blanks around or inside."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


# --- unified social credit code -------------------------------------------------------------------------------------

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: digits and capital letters without I, O, S, V and Z (GB 32100-2015, 4.2)."""

_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_SHAPE = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(first8: str) -> str:
    """The check character of an organisation code: (11 − Σ mod 11), 10 as X, 11 as 0 (GB 11714)."""
    total = sum(int(character, 36) * weight for character, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(first17: str) -> str:
    """The check character of a unified social credit code: (31 − Σ cᵢ·3^(i−1) mod 31) mod 31 (GB 32100)."""
    total = sum(_USCC_VALUE[character] * weight for character, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def check_uscc(text: str) -> CodeCheck:
    """Whether `text` is a unified social credit code, its organisation code included."""
    if not _USCC_SHAPE.fullmatch(text):
        return CodeCheck(valid=False, reason=_SHAPE)
    expected = uscc_check(text[:17])
    parts = {
        "authority": text[0],
        "category": text[1],
        "region": text[2:8],
        "organisation_code": text[8:17],
        "organisation_expected_check": organisation_check(text[8:16]),
        "check": text[17],
    }
    reason = "" if text[17] == expected else _CHECK
    if text[16] != parts["organisation_expected_check"]:
        reason = _ORGANISATION_CHECK
    return CodeCheck(valid=not reason, expected_check=expected, parts=parts, reason=reason)


def make_uscc(*, authority: str, category: str, region: str, organisation8: str) -> Uscc:
    """The code with both check characters set; for tests, demo data and stand-ins."""
    first17 = authority + category + region + organisation8 + organisation_check(organisation8)
    text = first17 + uscc_check(first17)
    assert check_uscc(text).valid, f"{text} is not a code"
    return Uscc(text)


def uscc(text: str) -> Uscc:
    """The unified social credit code that `text` is. Refuses (`InvalidCode`) anything else."""
    return Uscc(_require(text, check_uscc, gettext_noop("unified social credit code")))


# --- citizen identity number ----------------------------------------------------------------------------------------

_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")


def citizen_id_check(first17: str) -> str:
    """The check character of a citizen identity number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def check_citizen_id(text: str, *, on: date | None = None) -> CodeCheck:
    """Whether `text` is a citizen identity number of 18 characters; with `on`, of somebody born by that day."""
    if not _CITIZEN_SHAPE.fullmatch(text):
        return CodeCheck(valid=False, reason=_SHAPE)
    born = _day(text[6:14])
    parts = {
        "region": text[:6],
        "born_on": born.isoformat() if born else "",
        "sequence": text[14:17],
        "sex": "male" if int(text[16]) % 2 else "female",
        "check": text[17],
    }
    expected = citizen_id_check(text[:17])
    reason = "" if text[17] == expected else _CHECK
    if born is None:
        reason = _DATE
    elif on is not None and born > on:
        reason = _FUTURE
    return CodeCheck(valid=not reason, expected_check=expected, parts=parts, reason=reason)


def citizen_id(text: str, *, on: date | None = None) -> CitizenId:
    """The citizen identity number that `text` is. Refuses (`InvalidCode`) anything else."""
    return CitizenId(_require(text, lambda value: check_citizen_id(value, on=on), gettext_noop("identity number")))


# --- unified transaction code ---------------------------------------------------------------------------------------

MOD_37_2_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"

_DEAL_SHAPE = re.compile(
    rf"(?P<trade_class>[A-Z0-9]{{1,3}})(?P<dash>-?)(?P<platform>[{USCC_ALPHABET}]{{18}})(?P=dash)(?P<date>[0-9]{{8}})"
    r"(?P=dash)(?P<sequence>[0-9]{6})(?P=dash)(?P<check>[0-9A-Z*])"
)


def mod_37_2_check(body: str) -> str:
    """The check character of ISO 7064 MOD 37-2 (pure system): 0–9, A–Z, or `*` for 36."""
    remainder = 0
    for character in body:
        remainder = (remainder + int(character, 36)) * 2 % 37
    return MOD_37_2_ALPHABET[(1 - remainder) % 37]


def check_deal_code(text: str) -> CodeCheck:
    """Whether `text` is a unified transaction code with its class in front, written with all hyphens or with none.

    The class takes part in the check character, so that a code without it cannot be checked and is not valid. The
    platform's own code inside must be valid too, and the date must exist.
    """
    match = _DEAL_SHAPE.fullmatch(text)
    if match is None:
        return CodeCheck(valid=False, reason=_SHAPE)
    parts = {name: match[name] for name in ("trade_class", "platform", "date", "sequence", "check")}
    expected = mod_37_2_check("".join((parts["trade_class"], parts["platform"], parts["date"], parts["sequence"])))
    reason = "" if parts["check"] == expected else _CHECK
    platform = check_uscc(parts["platform"])
    if not platform.valid:
        reason = gettext_noop("the platform code inside is not a unified social credit code")
    elif _day(parts["date"]) is None:
        reason = _DATE
    return CodeCheck(valid=not reason, expected_check=expected, parts=parts, reason=reason)


def make_deal_code(*, trade_class: str, platform: str, on: date, sequence: int, dashes: bool = True) -> DealCode:
    """The unified transaction code of the `sequence`-th transaction of a day on a platform."""
    assert 0 <= sequence <= 999_999, "six digits of sequence"
    pieces = [trade_class, platform, on.strftime("%Y%m%d"), f"{sequence:06d}"]
    pieces.append(mod_37_2_check("".join(pieces)))
    text = ("-" if dashes else "").join(pieces)
    assert _DEAL_SHAPE.fullmatch(text), f"{text} has not the shape of a transaction code"
    return DealCode(text)


# --- project, tender project and section ----------------------------------------------------------------------------

_PROJECT_SHAPE = re.compile(
    r"(?P<trade_class>[A-Z][A-Z0-9]{2})(?P<region>[0-9]{6})(?P<date>[0-9]{6})(?P<sequence>[0-9]{4})"
    r"(?:(?P<tender>[0-9]{3})(?P<section>[0-9]{3})?)?"
)
PROJECT_LENGTH, TENDER_PROJECT_LENGTH, SECTION_LENGTH = 19, 22, 25


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A project (19), tender project (22) or section (25) code, taken apart (发改办法规〔2018〕1156号)."""

    trade_class: str
    region: str
    on: date
    sequence: int
    tender: int | None = None
    section: int | None = None

    def __post_init__(self) -> None:
        assert self.section is None or self.tender is not None, "a section belongs to a tender project"

    def __str__(self) -> str:
        text = f"{self.trade_class}{self.region}{self.on:%y%m%d}{self.sequence:04d}"
        text += "" if self.tender is None else f"{self.tender:03d}"
        return text + ("" if self.section is None else f"{self.section:03d}")


def parse_project_code(text: str) -> ProjectCode:
    """The parts of a project, tender project or section code. Refuses (`InvalidCode`) what is none.

    The two digits of the year mean 2000–2099: the numbering began with the platforms' data rules of 2016.
    """
    match = _PROJECT_SHAPE.fullmatch(text)
    if match is None:
        raise InvalidCode(kind=gettext_noop("project code"), reason=_SHAPE)
    on = _day("20" + match["date"])
    if on is None:
        raise InvalidCode(kind=gettext_noop("project code"), reason=_DATE)
    tender, section = match["tender"], match["section"]
    return ProjectCode(
        trade_class=match["trade_class"],
        region=match["region"],
        on=on,
        sequence=int(match["sequence"]),
        tender=int(tender) if tender else None,
        section=int(section) if section else None,
    )


def _check_project(text: str, length: int) -> CodeCheck:
    if len(text) != length:
        return CodeCheck(valid=False, reason=_SHAPE)
    try:
        parts = parse_project_code(text)
    except InvalidCode as refusal:
        return CodeCheck(valid=False, reason=str(refusal.fields["reason"]))
    named = {
        "trade_class": parts.trade_class,
        "region": parts.region,
        "date": parts.on.isoformat(),
        "sequence": text[15:19],
    }
    if length >= TENDER_PROJECT_LENGTH:
        named["tender"] = text[19:22]
    if length == SECTION_LENGTH:
        named["section"] = text[22:25]
    return CodeCheck(valid=True, parts=named)


# --- all of them by name --------------------------------------------------------------------------------------------

KINDS: Mapping[str, Callable[[str, date], CodeCheck]] = MappingProxyType(
    {
        "uscc": lambda text, on: check_uscc(text),
        "citizen_id": lambda text, on: check_citizen_id(text, on=on),
        "deal_code": lambda text, on: check_deal_code(text),
        "project_code": lambda text, on: _check_project(text, PROJECT_LENGTH),
        "tender_project_code": lambda text, on: _check_project(text, TENDER_PROJECT_LENGTH),
        "section_code": lambda text, on: _check_project(text, SECTION_LENGTH),
    }
)
"""What the command `codes` can check; the day is the one by which a person must have been born."""


def _require(text: str, check: Callable[[str], CodeCheck], kind: str) -> str:
    verdict = check(text)
    if not verdict.valid:
        raise InvalidCode(kind=kind, reason=verdict.reason)
    return text


def _day(digits: str) -> date | None:
    """The day that eight digits YYYYMMDD spell, or None where there is no such day."""
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007  # a calendar day has no time zone
    except ValueError:
        return None
