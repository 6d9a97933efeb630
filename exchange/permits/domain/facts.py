"""What other subjects get to know of permits and holdings: frozen values, never rows."""

from dataclasses import dataclass
from datetime import date, datetime

from commons.domain.money import Quantity
from commons.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether an enterprise may buy, and everything that speaks against it."""

    reasons: tuple[Refusal, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.reasons

    def require(self) -> None:
        """Raise the first reason, if there is one."""
        if self.reasons:
            raise self.reasons[0]


@dataclass(frozen=True, slots=True)
class HoldingView:
    """What an organisation holds of one instrument, in the instrument's unit."""

    organisation_id: int
    instrument: str
    unit: str
    initial: Quantity
    purchased: Quantity
    reserve: Quantity
    frozen: Quantity
    cancelled: Quantity

    @property
    def free(self) -> Quantity:
        """What may be sold, frozen or cancelled."""
        return Quantity(self.initial + self.purchased + self.reserve)


@dataclass(frozen=True, slots=True)
class MovementView:
    """One movement of rights with its document."""

    id: int
    kind: str
    instrument: str
    unit: str
    quantity: Quantity
    source_id: int | None
    target_id: int | None
    lot_id: int | None
    document_ref: str
    document_id: int | None
    valid_from: date | None
    valid_until: date | None
    reason: str
    at: datetime
    corrects_id: int | None = None
