"""One entry told twice: as a bare sum in one message, with its payments in another. ISO 20022: camt.053 and camt.054.

A bank books a batch in one entry. The statement of the day often tells only its sum, the notice its payments; either
may come first. They are the same entry where the whole amount and one of these agree:

AcctSvcrRef      the bank's reference of the entry
Btch             message and payment that the batch was made of (MsgId, PmtInfId)
NtryRef          the entry's reference with its day, between a statement and a notice, where one of them gives no
                 AcctSvcrRef; a short one is a running number and names nothing
"""

import hashlib
from dataclasses import dataclass

from exchange.deposits.domain.camt import Payment

SHORTEST_NAME = 6
"""Below it an NtryRef is the running number of a file."""


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names an entry is kept, and by which an earlier telling of it is looked for."""

    kept: tuple[str, ...]
    sought: tuple[str, ...]


def names_of(account: str, kind: str, payment: Payment) -> Names:
    """The names of the entry that `payment` belongs to, told in a message of that kind. None where it has no name."""
    entry = payment.entry
    common = [account, entry.direction.value, str(payment.reversal), f"{entry.total:.2f}"]
    both = []
    if entry.bank_ref:
        both.append(["ref", entry.bank_ref])
    if entry.batch_id:
        both.append(["batch", entry.batch_id])
    kept, sought = list(both), list(both)
    if len(payment.entry_ref) >= SHORTEST_NAME:
        named = [payment.booked_on.isoformat(), payment.entry_ref]
        with_ref = "ref" if entry.bank_ref else "bare"
        kept.append(["entry", kind, with_ref, *named])
        other = "camt.054" if kind == "camt.053" else "camt.053"
        sought.append(["entry", other, "bare", *named])
        if not entry.bank_ref:
            sought.append(["entry", other, "ref", *named])
    return Names(*(tuple(_digest([*common, *parts]) for parts in found) for found in (kept, sought)))


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
