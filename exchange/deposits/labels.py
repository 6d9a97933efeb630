"""Words and tones for states of money, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.deposits.domain.entries import EntryState, Explanation
from exchange.deposits.domain.payouts import BatchState, LegState, PayoutKind
from exchange.deposits.domain.states import MoneyState, Purpose
from exchange.deposits.models import AccountUse

Label = tuple[str | Promise, str]

MONEY: dict[str, Label] = {
    MoneyState.EXPECTED: (_("Waiting for payment"), "waiting"),
    MoneyState.PART_RECEIVED: (_("Received in part"), "waiting"),
    MoneyState.LATE: (_("Came too late"), "stop"),
    MoneyState.COVERED: (_("Has arrived"), "done"),
    MoneyState.RETAINED: (_("Retained"), "info"),
    MoneyState.APPLIED: (_("Counted towards the price"), "done"),
    MoneyState.RELEASED: (_("Being refunded"), "waiting"),
    MoneyState.REFUNDED: (_("Refunded"), "done"),
    MoneyState.FORFEITED: (_("Forfeited"), "stop"),
    MoneyState.CANCELLED: (_("No longer needed"), "neutral"),
}

PURPOSES: dict[str, str | Promise] = {
    Purpose.DEPOSIT: _("Deposit"),
    Purpose.PRICE: _("Purchase price"),
    Purpose.BOND: _("Tender bond"),
    Purpose.PERFORMANCE: _("Performance security"),
}

ENTRIES: dict[str, Label] = {
    EntryState.WAITING: (_("Unclear"), "waiting"),
    EntryState.CLAIMING: (_("Waits for a second person"), "info"),
    EntryState.BOOKED: (_("Booked"), "done"),
    EntryState.RETURNING: (_("Goes back to the payer"), "waiting"),
    EntryState.RETURNED: (_("Sent back"), "neutral"),
    EntryState.REVERSED: (_("Undone by the bank"), "neutral"),
    EntryState.EXPLAINED: (_("Settled"), "neutral"),
}

EXPLANATIONS: dict[str, str | Promise] = {
    Explanation.TOLD_TWICE: _("The bank told of the same money twice; nothing more came"),
    Explanation.OWN: _("The bank’s own: its fee, its interest, or a correction"),
}

LEGS: dict[str, Label] = {
    LegState.DUE: (_("To be paid out"), "waiting"),
    LegState.BATCHED: (_("In a batch"), "info"),
    LegState.ORDERED: (_("Ordered"), "info"),
    LegState.PAID: (_("Paid"), "done"),
    LegState.CANCELLED: (_("No longer paid out"), "neutral"),
}

KINDS: dict[str, str | Promise] = {
    PayoutKind.REFUND: _("Refund"),
    PayoutKind.FORFEIT: _("Forfeit"),
    PayoutKind.RETURN: _("Return of an unclear payment"),
    PayoutKind.PROCEEDS: _("Proceeds to the treasury"),
}

REASONS: dict[str, str | Promise] = {
    "not the buyer": _("not the buyer"),
    "price paid in full": _("price paid in full"),
    "lot closed": _("lot closed"),
    "lot failed": _("lot failed"),
    "lot terminated": _("lot terminated"),
    "registration withdrawn": _("registration withdrawn"),
}
"""Why money goes back, where a rule says so; what a person wrote stays as it is."""

BATCHES: dict[str, Label] = {
    BatchState.PROPOSED: (_("Waits for a second person"), "waiting"),
    BatchState.ORDERED: (_("Ordered"), "done"),
    BatchState.REJECTED: (_("Rejected"), "stop"),
}

USES: dict[str, str | Promise] = {AccountUse.BASIC: _("Basic account"), AccountUse.TREASURY: _("Treasury")}
