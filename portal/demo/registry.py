"""The demo city's registry: basins, emission permits of the enterprises, and what the reserve holds."""

from datetime import date, datetime
from decimal import Decimal

from commons.domain.money import Quantity
from exchange.permits import services as permits
from exchange.permits.domain.permits import Industry, Limit, PermitFacts
from exchange.permits.domain.rights import Held
from exchange.permits.services import Paper
from portal.demo.cast import CLERK, ORGANISATIONS, REGION, organisation_id, uscc
from portal.demo.issuers import ISSUERS

BASIN = "珠江三角洲"
POLLUTANTS = ("NH3-N", "COD", "SO2", "NOx")
DECISION = "佛环函〔2026〕18号"


def build_registry(*, at: datetime) -> None:
    """Record the basin, a permit for every enterprise, and the government's reserve of each instrument."""
    permits.set_basin(actor=CLERK, region=REGION, basin=BASIN, document_ref=DECISION, at=at)
    for number, key in enumerate(enterprises(), start=1):
        permits.record_permit(actor=CLERK, facts=permit_of(key, number), at=at)
        for pollutant in POLLUTANTS:
            allot(key, pollutant, Held.INITIAL, Decimal(8 + number), at=at)
    for instrument, quantity in [*((name, Decimal(60)) for name in POLLUTANTS), ("CARBON", Decimal(500_000))]:
        allot("ecology", instrument, Held.RESERVE, quantity, at=at)


def enterprises() -> list[str]:
    return [key for key, body in ORGANISATIONS.items() if body.kind == "ENTERPRISE" and key not in ISSUERS]


def permit_of(key: str, number: int) -> PermitFacts:
    return PermitFacts(
        number=f"{uscc(key)}001P",
        organisation_id=organisation_id(key),
        region=REGION,
        basin=BASIN,
        industry=Industry.OTHER,
        valid_from=date(2025, 3, 1),
        valid_until=date(2030, 2, 28),
        limits=tuple(Limit(name, Decimal(10 + number), Decimal("6.000")) for name in POLLUTANTS),
        document_ref=f"粤佛排许{number:04d}",
    )


def allot(key: str, instrument: str, held_as: Held, quantity: Decimal, *, at: datetime) -> None:
    permits.allocate(
        actor=CLERK,
        organisation_id=organisation_id(key),
        instrument=instrument,
        held_as=held_as,
        quantity=Quantity(quantity),
        region=REGION,
        paper=Paper(DECISION),
        idempotency_key=f"demo:{key}:{instrument}",
        at=at,
    )
