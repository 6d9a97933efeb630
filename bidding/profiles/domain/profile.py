"""A procedure profile as a value, and as the JSON that is stored, edited and copied into a tender at publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bidding.profiles.domain.refusals import ProfileMalformed
from bidding.profiles.domain.vocabulary import (
    CHOICES,
    FLAG,
    FORMULAS,
    OWNER_LABELS,
    LimitName,
    OwnerKind,
    Sector,
    Switch,
    ThresholdName,
)
from commons.domain.deadlines import Unit
from commons.domain.money import normal_text, parse_decimal
from commons.domain.refusals import Refusal
from commons.domain.regions import region as check_region
from commons.parameters.domain.legality import Method
from commons.parameters.domain.values import Mark

Content = Mapping[str, Any]


MINUTES = {
    Unit.MINUTE: Decimal(1),
    Unit.HOUR: Decimal(60),
    Unit.DAY: Decimal(1440),
    Unit.WORKING_DAY: Decimal(1440),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days, working days or minutes, by which law."""

    count: int
    unit: Unit
    source: str
    mark: str

    @property
    def minutes(self) -> Decimal:
        """Comparable length; a working day counts as a day, since it is never shorter than one."""
        return MINUTES[self.unit] * self.count


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number and its law."""

    value: Decimal
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One part of what a bidder hands in: a form, a volume, the price sheet."""

    code: str
    label: str
    label_zh: str
    stage: str
    """BID or PREQUALIFICATION."""
    required: bool
    blind: bool


@dataclass(frozen=True, slots=True)
class FormulaChoice:
    """A price formula that the owner may choose, with the values its parameters begin with (as text)."""

    formula: str
    parameters: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class ProcedureProfile:
    """Everything that makes a procedure what it is. An empty region means the whole country."""

    code: str
    sector: Sector
    method: Method
    region: str
    label: str
    label_zh: str
    source: str
    switches: Mapping[Switch, str]
    limits: Mapping[LimitName, Limit]
    thresholds: Mapping[ThresholdName, Threshold]
    documents: tuple[DocumentPart, ...]
    formulas: tuple[FormulaChoice, ...]

    def choice(self, switch: Switch) -> str:
        """What is chosen; the first choice (or off) where the profile is silent."""
        return self.switches.get(switch, CHOICES[switch][0] if switch in CHOICES else "false")

    def has(self, switch: Switch) -> bool:
        """Whether a switch is on (or chooses anything but NONE)."""
        return self.choice(switch) not in ("false", "NONE")

    def limit(self, name: LimitName) -> Limit | None:
        return self.limits.get(name)

    def threshold(self, name: ThresholdName) -> Decimal | None:
        found = self.thresholds.get(name)
        return found.value if found else None

    def formula(self, name: str) -> FormulaChoice | None:
        return next((choice for choice in self.formulas if choice.formula == name), None)

    @property
    def price_kinds(self) -> tuple[str, ...]:
        """AMOUNT, DISCOUNT_RATE or both."""
        kinds = self.choice(Switch.PRICE_KINDS)
        return ("AMOUNT", "DISCOUNT_RATE") if kinds == "BOTH" else (kinds,)

    @property
    def minimum_bidders(self) -> int:
        return int(self.threshold(ThresholdName.BIDDERS_MINIMUM) or 1)

    @property
    def applies_first(self) -> bool:
        """Whether something is handed in and judged before bids: a prequalification, or proposals of a first stage."""
        return self.has(Switch.PREQUALIFICATION) or self.has(Switch.TWO_STAGE)

    @property
    def limits_number(self) -> bool:
        """Whether no more than a number of those who qualify are invited, the best of them 有限数量制."""
        return self.choice(Switch.PREQUALIFICATION) == "LIMITED"

    @property
    def is_tender(self) -> bool:
        """Whether it is a tender 招标, rather than another way of buying."""
        return self.method in (Method.OPEN_TENDER, Method.INVITED_TENDER)

    @property
    def owner_kind(self) -> OwnerKind:
        """As what the owner acts: it buys, it grants or transfers a right, or it tenders."""
        if self.sector in (Sector.GOVERNMENT_PROCUREMENT, Sector.SOE_PROCUREMENT):
            return OwnerKind.BUYER
        if self.sector is Sector.LAND:
            return OwnerKind.TRANSFEROR if self.choice(Switch.DISPOSAL) == "TRANSFER" else OwnerKind.GRANTOR
        return OwnerKind.TENDEREE if self.is_tender else OwnerKind.DEVELOPER

    @property
    def owner_label(self) -> str:
        """The owner's word, as a message id: 招标人, 采购人, 出让人 or 转让方."""
        return OWNER_LABELS[self.owner_kind]

    @property
    def is_single_source(self) -> bool:
        """Whether one supplier alone is asked: who, and why, is public with the notice (财政部令第74号 第38条)."""
        return self.method is Method.SINGLE_SOURCE

    def lawful_methods(self) -> tuple[Method, ...]:
        """What the legality table is asked about: the method, and what its switches add to it."""
        added = [method for switch, method in ASKED.items() if self.has(switch)]
        if self.limits_number:
            added.append(Method.LIMITED_PREQUALIFICATION)
        return tuple(dict.fromkeys((self.method, *added)))


ASKED = {
    Switch.TWO_STAGE: Method.TWO_STAGE_TENDER,
    Switch.FRAMEWORK: Method.FRAMEWORK,
    Switch.AWARD_SEPARATION: Method.AWARD_SEPARATION,
    Switch.ROOM: Method.REVERSE_AUCTION,
    Switch.ROUNDS: Method.PRICE_ROUNDS,
}
"""Switches that are lawful in some sectors only."""


def as_content(profile: ProcedureProfile) -> dict[str, Any]:
    """The JSON of a profile; `parse` gives the same profile back."""
    return {
        "code": profile.code,
        "sector": profile.sector.value,
        "method": profile.method.value,
        "region": profile.region,
        "label": profile.label,
        "label_zh": profile.label_zh,
        "source": profile.source,
        "switches": {name.value: value for name, value in profile.switches.items()},
        "limits": {
            name.value: {"count": str(one.count), "unit": one.unit.value, "source": one.source, "mark": one.mark}
            for name, one in profile.limits.items()
        },
        "thresholds": {
            name.value: {"value": normal_text(one.value), "source": one.source, "mark": one.mark}
            for name, one in profile.thresholds.items()
        },
        "documents": [
            {
                "code": part.code,
                "label": part.label,
                "label_zh": part.label_zh,
                "stage": part.stage,
                "required": part.required,
                "blind": part.blind,
            }
            for part in profile.documents
        ],
        "formulas": [
            {"formula": one.formula, "parameters": dict(one.parameters), "source": one.source}
            for one in profile.formulas
        ],
    }


def parse(content: Content) -> ProcedureProfile:
    """The profile that the JSON says. Refuses (`ProfileMalformed`) unknown names, missing sources and odd values."""
    return ProcedureProfile(
        code=_code(content.get("code")),
        sector=_one_of(Sector, content.get("sector"), "sector"),
        method=_one_of(Method, content.get("method"), "method"),
        region=_region(str(content.get("region", ""))),
        label=_text(content, "label"),
        label_zh=_text(content, "label_zh"),
        source=_text(content, "source"),
        switches={
            (switch := _one_of(Switch, name, "switches")): _choice(switch, value)
            for name, value in dict(content.get("switches", {})).items()
        },
        limits={
            _one_of(LimitName, name, "limits"): _limit(name, row)
            for name, row in dict(content.get("limits", {})).items()
        },
        thresholds={
            _one_of(ThresholdName, name, "thresholds"): _threshold(name, row)
            for name, row in dict(content.get("thresholds", {})).items()
        },
        documents=_documents(content.get("documents", ())),
        formulas=tuple(_formula(row) for row in content.get("formulas", ())),
    )


def _code(value: Any) -> str:
    text = str(value or "")
    if not text or len(text) > 40 or not text.replace("_", "").isalnum() or not text.isascii() or text != text.upper():
        raise ProfileMalformed(field="code", value=text)
    return text


def _one_of(kind: Any, value: Any, field: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ProfileMalformed(field=field, value=str(value)) from None


def _region(text: str) -> str:
    try:
        return check_region(text)
    except Refusal:
        raise ProfileMalformed(field="region", value=text) from None


def _text(row: Mapping[str, Any], field: str) -> str:
    text = str(row.get(field, "")).strip()
    if not text:
        raise ProfileMalformed(field=field, value="")
    return text


def _choice(switch: Switch, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text not in CHOICES.get(switch, FLAG):
        raise ProfileMalformed(field=switch.value, value=text)
    return text


def _limit(name: str, row: Mapping[str, Any]) -> Limit:
    count = str(row.get("count", ""))
    if not (count.isascii() and count.isdigit() and 0 < int(count) <= 3_650):
        raise ProfileMalformed(field=name, value=count)
    unit = _one_of(Unit, row.get("unit"), name)
    return Limit(int(count), unit, _text(row, "source"), _one_of(Mark, row.get("mark"), name).value)


def _threshold(name: str, row: Mapping[str, Any]) -> Threshold:
    try:
        value = parse_decimal(str(row.get("value", "")), field=name, places=4)
    except Refusal:
        raise ProfileMalformed(field=name, value=str(row.get("value", ""))) from None
    return Threshold(value, _text(row, "source"), _one_of(Mark, row.get("mark"), name).value)


def _documents(rows: Any) -> tuple[DocumentPart, ...]:
    parts = tuple(
        DocumentPart(
            code=_code(row.get("code")),
            label=_text(row, "label"),
            label_zh=_text(row, "label_zh"),
            stage=row.get("stage", "BID") if row.get("stage", "BID") in ("BID", "PREQUALIFICATION") else "BID",
            required=bool(row.get("required", True)),
            blind=bool(row.get("blind", False)),
        )
        for row in rows
    )
    if len({part.code for part in parts}) != len(parts):
        raise ProfileMalformed(field="documents", value="")
    return parts


def _formula(row: Mapping[str, Any]) -> FormulaChoice:
    name = str(row.get("formula", ""))
    if name not in FORMULAS:
        raise ProfileMalformed(field="formula", value=name)
    return FormulaChoice(
        name, {str(key): str(value) for key, value in dict(row.get("parameters", {})).items()}, _text(row, "source")
    )
