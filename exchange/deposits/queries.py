"""Questions about deposits and payments."""

from exchange.deposits.domain.facts import DepositView, PaymentView


def deposit_of(lot_id: int, organisation_id: int) -> DepositView | None:
    """The deposit of one organisation for one lot, for the flow of the exchange itself; pages ask with their viewer."""
    raise NotImplementedError


def payment_of(subject: str) -> PaymentView | None:
    """The purchase price expected under `subject` (for example `deal:7`)."""
    raise NotImplementedError
