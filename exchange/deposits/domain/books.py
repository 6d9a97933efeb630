"""The accounts of money. An account holds what is owed to its owner; what lies at the bank stands below zero in CASH.

receipt            CASH        → virtual account, or SUSPENSE while nobody knows what it is for
refund, forfeit    virtual account → PAYABLE → CASH once the bank confirms
interest           INTEREST    → PAYABLE
"""

from exchange.deposits.domain.states import Purpose
from exchange.ledger.domain.postings import Account
from exchange.ledger.domain.units import CNY

CASH = Account("bank", "CASH", CNY, may_go_negative=True)
INTEREST = Account("bank", "INTEREST", CNY, may_go_negative=True)
"""What the exchange has paid in interest, below zero."""
UNEXPLAINED = Account("bank", "UNEXPLAINED", CNY, may_go_negative=True)
"""Debits of the bank without an order of ours: below zero until somebody explains them to the bank."""


def virtual(purpose: Purpose, expectation_id: int) -> Account:
    """The virtual account of one payer for one lot or price: money on it can back nothing else. It names no payer."""
    return Account("payer", purpose.value, CNY, f"money:{expectation_id}")


def suspense(entry_id: int) -> Account:
    """Money of an entry that nobody has claimed yet."""
    return Account("bank", "SUSPENSE", CNY, f"entry:{entry_id}")


def payable(leg_key: str) -> Account:
    """Money that is to leave in one payment."""
    return Account("payee", "PAYABLE", CNY, leg_key)
