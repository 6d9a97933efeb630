"""What a payment that came in is for, and whether its payer may pay it (条例26: from the bidder's basic account)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from commons.domain.text import gettext_noop
from exchange.deposits.domain.camt import Payment
from exchange.deposits.domain.numbers import same_account, same_name, tokens


class Trouble(StrEnum):
    """Why a payment waits for a person."""

    NAMES_NOTHING = "NAMES_NOTHING"
    NAMES_SEVERAL = "NAMES_SEVERAL"
    NO_LONGER_EXPECTED = "NO_LONGER_EXPECTED"
    PAYER_NAME_DIFFERS = "PAYER_NAME_DIFFERS"
    PAYER_ACCOUNT_UNKNOWN = "PAYER_ACCOUNT_UNKNOWN"
    PAYER_ACCOUNT_DIFFERS = "PAYER_ACCOUNT_DIFFERS"
    UNKNOWN_DEBIT = "UNKNOWN_DEBIT"
    REVERSAL_UNCLEAR = "REVERSAL_UNCLEAR"
    TOLD_BEFORE = "TOLD_BEFORE"
    PAID_TWICE = "PAID_TWICE"


TROUBLE_TEXTS = {
    Trouble.NAMES_NOTHING: gettext_noop("It names no virtual account and no reference of ours."),
    Trouble.NAMES_SEVERAL: gettext_noop("It names several payments; one payment can stand for one lot only."),
    Trouble.NO_LONGER_EXPECTED: gettext_noop("This payment is no longer expected."),
    Trouble.PAYER_NAME_DIFFERS: gettext_noop("The payer's name is not that of the registered organisation."),
    Trouble.PAYER_ACCOUNT_UNKNOWN: gettext_noop("No basic account of the organisation is on record."),
    Trouble.PAYER_ACCOUNT_DIFFERS: gettext_noop("It does not come from the organisation's basic account."),
    Trouble.UNKNOWN_DEBIT: gettext_noop("Money left the account without an order of ours."),
    Trouble.REVERSAL_UNCLEAR: gettext_noop(
        "The bank undid a movement that cannot be found or whose money has moved on."
    ),
    Trouble.PAID_TWICE: gettext_noop(
        "The bank carried out a payment that was called refused and ordered again: it is paid twice, or will be."
    ),
    Trouble.TOLD_BEFORE: gettext_noop(
        "The bank told of this money before, as part of a sum that a person has dealt with. Look for that entry before "
        "you book anything."
    ),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What money may be for: an expectation with its payer."""

    id: int
    sub_account_no: str
    reference: str
    open: bool
    payer_name: str
    basic_accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The expectation that a payment names, if it is one, and what is in the way of booking it there."""

    candidate_id: int | None = None
    trouble: Trouble | None = None


def named(payment: Payment) -> tuple[str, ...]:
    """The virtual accounts and references that a payment names: as credited account, as reference, in its purpose."""
    return tokens((payment.creditor.account, *payment.references, *payment.remittance, payment.end_to_end_id))


def match(payment: Payment, candidates: Iterable[Candidate]) -> Match:
    """Which of the candidates the payment is for.

    Several named ones, a payer of another name, or another account than the registrant's basic account are not decided
    here: they wait for a person of finance and a second one.
    """
    said = set(named(payment))
    found = [one for one in candidates if one.sub_account_no in said or one.reference in said]
    if not found:
        return Match(trouble=Trouble.NAMES_NOTHING)
    if len(found) > 1:
        return Match(trouble=Trouble.NAMES_SEVERAL)
    [only] = found
    return Match(only.id, _against(payment, only))


def _against(payment: Payment, candidate: Candidate) -> Trouble | None:
    if not candidate.open:
        return Trouble.NO_LONGER_EXPECTED
    if not same_name(payment.debtor.name, candidate.payer_name):
        return Trouble.PAYER_NAME_DIFFERS
    if not candidate.basic_accounts:
        return Trouble.PAYER_ACCOUNT_UNKNOWN
    if not any(same_account(payment.debtor.account, account) for account in candidate.basic_accounts):
        return Trouble.PAYER_ACCOUNT_DIFFERS
    return None
