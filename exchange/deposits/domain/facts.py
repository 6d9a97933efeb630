"""What other subjects get to know of money: frozen values, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from commons.domain.deadlines import Unit
from commons.domain.money import Money, as_text
from exchange.deposits.domain.states import COVERING, MoneyState

NOTHING = Money(Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class CollectingAccount:
    """The account to which buyers pay."""

    number: str
    name: str
    bank_name: str
    bank_code: str


@dataclass(frozen=True, slots=True)
class ExpectedMoney:
    """What a payer must do, and how far it has come."""

    id: int
    subject: str
    lot_id: int | None
    organisation_id: int
    amount: Money
    received: Money
    due_at: datetime
    sub_account_no: str
    """The virtual account of this one lot and payer; money on it can mean nothing else."""
    reference: str
    """What to write into the purpose of the payment when the bank knows no virtual accounts."""
    account: CollectingAccount
    state: MoneyState
    covered_at: datetime | None

    @property
    def covered(self) -> bool:
        """Whether the whole amount arrived in time and still stands."""
        return self.state in COVERING

    @property
    def excess(self) -> Money:
        """What was paid too much; it goes back with the refund."""
        return Money(max(self.received - self.amount, NOTHING))


@dataclass(frozen=True, slots=True)
class DepositView(ExpectedMoney):
    """A cash bond for one lot."""

    refund_due_on: date | None = None
    taken_back_at: datetime | None = None
    """When the bank last took money of it back."""
    refund_due_provisional: bool = False
    refunded_at: datetime | None = None
    decision_no: str = ""
    interest: Money = NOTHING
    """Of a security: what goes back, or went back, besides."""


@dataclass(frozen=True, slots=True)
class SecurityTerms:
    """How a security is given back: within so many days, with which interest, by whose calendar."""

    region: str
    refund_count: int
    refund_unit: Unit
    interest_rate: Decimal
    interest_year_days: int

    def as_json(self) -> dict[str, str]:
        return {
            "region": self.region,
            "refund_count": str(self.refund_count),
            "refund_unit": self.refund_unit.value,
            "interest_rate": as_text(self.interest_rate),
            "interest_year_days": str(self.interest_year_days),
        }

    @classmethod
    def parse(cls, stored: Mapping[str, str]) -> "SecurityTerms":
        return cls(
            stored["region"],
            int(stored["refund_count"]),
            Unit(stored["refund_unit"]),
            Decimal(stored["interest_rate"]),
            int(stored["interest_year_days"]),
        )


@dataclass(frozen=True, slots=True)
class PaymentView(ExpectedMoney):
    """A purchase price. Paid means: the bank's entry and the treasury's voucher (财税〔2015〕61号)."""

    applied_deposit: Money = NOTHING
    voucher_no: str = ""
    voucher_document_id: int | None = None
    voucher_at: datetime | None = None

    @property
    def paid(self) -> bool:
        return self.covered and bool(self.voucher_no)
