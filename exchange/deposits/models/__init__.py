from exchange.deposits.models.accounts import AccountUse, OwnAccount, PayeeAccount
from exchange.deposits.models.bank import BankEntry, BankFile, EntryName
from exchange.deposits.models.money import MoneyExpectation, TreasuryVoucher
from exchange.deposits.models.payouts import PayoutBatch, PayoutLeg

__all__ = [
    "AccountUse",
    "BankEntry",
    "BankFile",
    "EntryName",
    "MoneyExpectation",
    "OwnAccount",
    "PayeeAccount",
    "PayoutBatch",
    "PayoutLeg",
    "TreasuryVoucher",
]
