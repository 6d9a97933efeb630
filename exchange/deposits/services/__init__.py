"""The public face of deposits and payments."""

from exchange.deposits.services.accounts import (
    AccountFacts,
    end_account,
    list_account,
    propose_account,
    record_account,
    vet_account,
)
from exchange.deposits.services.amending import expect_deposit_anew
from exchange.deposits.services.batches import (
    note_download,
    order_batch,
    propose_batch,
    refused_by_bank,
    reject_batch,
)
from exchange.deposits.services.collecting import (
    agree_collecting_account,
    propose_collecting_account,
    reject_collecting_account,
    set_collecting_account,
)
from exchange.deposits.services.expecting import (
    cancel_expectation,
    expect_deposit,
    expect_payment,
    forfeit,
    give_up_price,
    release,
    release_payment,
    remit,
    retain,
)
from exchange.deposits.services.queue import (
    agree_claim,
    agree_explanation,
    claim_entry,
    drop_claim,
    explain_entry,
    send_back,
)
from exchange.deposits.services.securities import (
    expect_security,
    forfeit_security,
    move_due,
    open_security,
    release_security,
)
from exchange.deposits.services.statements import ImportReport, Tally, import_file
from exchange.deposits.services.vouchers import VoucherAmountDiffers, VoucherKnown, record_voucher

__all__ = [
    "AccountFacts",
    "ImportReport",
    "Tally",
    "VoucherAmountDiffers",
    "VoucherKnown",
    "agree_claim",
    "agree_collecting_account",
    "agree_explanation",
    "cancel_expectation",
    "claim_entry",
    "drop_claim",
    "end_account",
    "expect_deposit",
    "expect_deposit_anew",
    "expect_payment",
    "expect_security",
    "explain_entry",
    "forfeit",
    "forfeit_security",
    "give_up_price",
    "import_file",
    "list_account",
    "move_due",
    "note_download",
    "open_security",
    "order_batch",
    "propose_account",
    "propose_batch",
    "propose_collecting_account",
    "record_account",
    "record_voucher",
    "refused_by_bank",
    "reject_batch",
    "reject_collecting_account",
    "release",
    "release_payment",
    "release_security",
    "remit",
    "retain",
    "send_back",
    "set_collecting_account",
    "vet_account",
]
