"""What is traded: kinds of trade and the instruments that a lot may hold (Foshan 2018)."""

from dataclasses import dataclass
from enum import StrEnum

from commons.domain.text import gettext_noop


class TradeType(StrEnum):
    """The kind of trade 交易类别; rule parameters, secrecy and legality are keyed by it."""

    EMISSION_RIGHTS = "EMISSION_RIGHTS"
    CARBON_ALLOWANCES = "CARBON_ALLOWANCES"


class Instrument(StrEnum):
    """What a lot holds: a pollutant of the permit registry, or carbon allowances."""

    NH3_N = "NH3-N"
    COD = "COD"
    SO2 = "SO2"
    NOX = "NOx"
    CARBON = "CARBON"


@dataclass(frozen=True, slots=True)
class InstrumentFacts:
    """How an instrument is named and measured."""

    label: str
    unit: str
    trade_type: TradeType


INSTRUMENTS = {
    Instrument.NH3_N: InstrumentFacts(gettext_noop("Ammonia nitrogen (NH3-N)"), "t/a", TradeType.EMISSION_RIGHTS),
    Instrument.COD: InstrumentFacts(gettext_noop("Chemical oxygen demand (COD)"), "t/a", TradeType.EMISSION_RIGHTS),
    Instrument.SO2: InstrumentFacts(gettext_noop("Sulphur dioxide (SO2)"), "t/a", TradeType.EMISSION_RIGHTS),
    Instrument.NOX: InstrumentFacts(gettext_noop("Nitrogen oxides (NOx)"), "t/a", TradeType.EMISSION_RIGHTS),
    Instrument.CARBON: InstrumentFacts(gettext_noop("Carbon allowances"), "t", TradeType.CARBON_ALLOWANCES),
}

TRADE_LABELS = {
    TradeType.EMISSION_RIGHTS: gettext_noop("Emission rights"),
    TradeType.CARBON_ALLOWANCES: gettext_noop("Carbon allowances"),
}

CLASS_CODES = {TradeType.EMISSION_RIGHTS: "F01", TradeType.CARBON_ALLOWANCES: "F02"}
"""The three-character class at the head of a project's code (发改办法规〔2018〕1156号: other trades)."""


def instruments_of(trade_type: TradeType) -> tuple[Instrument, ...]:
    """The instruments that a project of this kind may offer."""
    return tuple(instrument for instrument, facts in INSTRUMENTS.items() if facts.trade_type is trade_type)
