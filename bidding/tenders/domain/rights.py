"""Land and other rights that are granted by tender: how much of what, for how long, from which price on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import ThresholdName
from commons.domain.money import as_text, normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class RightUse(StrEnum):
    """What the land is for, on which the longest term depends (城镇国有土地使用权出让和转让暂行条例 第12条)."""

    RESIDENTIAL = "RESIDENTIAL"
    INDUSTRIAL = "INDUSTRIAL"
    PUBLIC = "PUBLIC"
    """Education, science, culture, health and sports."""
    COMMERCIAL = "COMMERCIAL"
    """Commerce, tourism and entertainment."""
    MIXED = "MIXED"
    OTHER = "OTHER"
    """Another right than that to build on land, with a term by its own law."""


USE_LABELS: Mapping[RightUse, str] = {
    RightUse.RESIDENTIAL: gettext_noop("residential land"),
    RightUse.INDUSTRIAL: gettext_noop("industrial land"),
    RightUse.PUBLIC: gettext_noop("land for education, science, culture, health or sports"),
    RightUse.COMMERCIAL: gettext_noop("land for commerce, tourism or entertainment"),
    RightUse.MIXED: gettext_noop("mixed or other land"),
    RightUse.OTHER: gettext_noop("another right"),
}

LONGEST: Mapping[RightUse, ThresholdName] = {
    RightUse.RESIDENTIAL: ThresholdName.YEARS_RESIDENTIAL,
    RightUse.INDUSTRIAL: ThresholdName.YEARS_INDUSTRIAL,
    RightUse.PUBLIC: ThresholdName.YEARS_PUBLIC,
    RightUse.COMMERCIAL: ThresholdName.YEARS_COMMERCIAL,
    RightUse.MIXED: ThresholdName.YEARS_MIXED,
    RightUse.OTHER: ThresholdName.YEARS_OTHER,
}


class AreaUnit(StrEnum):
    """In what an area is measured."""

    M2 = "M2"
    HECTARE = "HECTARE"
    MU = "MU"


UNIT_LABELS: Mapping[AreaUnit, str] = {
    AreaUnit.M2: gettext_noop("m²"),
    AreaUnit.HECTARE: gettext_noop("hectares"),
    AreaUnit.MU: gettext_noop("mu"),
}
PLACES: Mapping[AreaUnit, int] = {AreaUnit.M2: 2, AreaUnit.HECTARE: 4, AreaUnit.MU: 4}
"""How exactly an area is stated in each unit."""


class RightInvalid(Refusal):
    code = "RIGHT_INVALID"
    message = gettext_noop("The right cannot be granted like this: %(reason)s.")
    status = 400


class TermTooLong(Refusal):
    """城镇国有土地使用权出让和转让暂行条例 第12条: the longest term, by use."""

    code = "RIGHT_TERM_TOO_LONG"
    message = gettext_noop("A term of %(years)s years is longer than the %(longest)s that are allowed (%(source)s).")
    status = 400


class RightBondTooLow(Refusal):
    """国土资发〔2010〕34号: the bond is at least a fifth of the start price."""

    code = "RIGHT_BOND_TOO_LOW"
    message = gettext_noop("The bond is at least %(least)s yuan here (%(source)s). Raise it.")
    status = 400


@dataclass(frozen=True, slots=True)
class Right:
    """What a section grants. `start_price` in yuan: no bid below it counts; beside a ceiling it is below that."""

    use: str
    area: Decimal
    unit: str
    years: int
    start_price: Decimal

    def as_json(self) -> dict[str, str]:
        """As a notice says it."""
        return {
            "use": self.use,
            "area": normal_text(self.area),
            "unit": self.unit,
            "years": str(self.years),
            "start_price": as_text(self.start_price),
        }


def check_right(right: Right, profile: ProcedureProfile, *, ceiling: Decimal | None, bond: Decimal | None) -> None:
    """Refuses (`RightInvalid`, `TermTooLong`, `RightBondTooLow`) what the procedure cannot grant."""
    if right.use not in list(RightUse) or right.unit not in list(AreaUnit):
        raise RightInvalid(reason=gettext_noop("its use or the unit of its area is none of the list"))
    places = Decimal(1).scaleb(-PLACES[AreaUnit(right.unit)])
    if right.area <= 0 or right.area != right.area.quantize(places):
        raise RightInvalid(reason=gettext_noop("its area is above zero, in m² to two places, else to four"))
    if right.years < 1:
        raise RightInvalid(reason=gettext_noop("its term is at least a year"))
    if right.start_price <= 0 or (ceiling is not None and right.start_price > ceiling):
        raise RightInvalid(reason=gettext_noop("its start price is above zero and not above the ceiling"))
    longest = profile.thresholds.get(LONGEST[RightUse(right.use)])
    if longest is not None and right.years > longest.value:
        raise TermTooLong(years=str(right.years), longest=normal_text(longest.value), source=longest.source)
    least = profile.thresholds.get(ThresholdName.BOND_LEAST)
    if least is not None and (bond or Decimal(0)) < (lowest := (least.value * right.start_price)):
        raise RightBondTooLow(least=normal_text(lowest.quantize(Decimal("0.01"))), source=least.source)
