"""Double entry: a transfer takes from some accounts what it gives to others, and nothing comes from nowhere."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.ledger.domain.units import Unit

LEGS = 200
"""The most legs of one transfer; each is a row lock."""


class NotEnough(Refusal):
    """No account goes below zero, under any race, unless it was opened as a source."""

    code = "LEDGER_NOT_ENOUGH"
    message = gettext_noop("There is not enough: %(available)s %(unit)s available, %(needed)s needed.")


class Unbalanced(AssertionError):
    """The legs of a transfer do not cancel out: a mistake in the code, not of the user."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account by what it is: whose, of which kind, for which subject, in which unit.

    Amounts are what the account *holds* (money: what is owed to its owner). Sources, from which rights are issued or
    money comes in, may go below zero; with them every unit sums to zero over all accounts.
    """

    owner: str
    kind: str
    unit: Unit = field(compare=False)
    subject: str = ""
    may_go_negative: bool = False
    unit_code: str = field(init=False)

    def __post_init__(self) -> None:
        assert self.owner, "an account has an owner"
        assert self.kind, "an account has a kind"
        object.__setattr__(self, "unit_code", self.unit.code)


@dataclass(frozen=True, slots=True)
class Leg:
    """What one account gains (or, below zero, loses)."""

    account: Account
    delta: Decimal

    @property
    def steps(self) -> int:
        return self.account.unit.steps(self.delta)


def balanced(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs, checked: two or more, none empty, one per account, zero in sum per unit. Raises `Unbalanced`."""
    checked = tuple(legs)
    if not 2 <= len(checked) <= LEGS:
        raise Unbalanced(f"a transfer has 2 to {LEGS} legs, not {len(checked)}")
    if any(leg.steps == 0 for leg in checked):
        raise Unbalanced("a leg moves nothing")
    if len({leg.account for leg in checked}) != len(checked):
        raise Unbalanced("an account has two legs")
    if len({leg.account.unit.book for leg in checked}) != 1:
        raise Unbalanced("a transfer crosses books")
    sums: Counter[str] = Counter()
    for leg in checked:
        sums[leg.account.unit_code] += leg.steps
    if wrong := {unit: total for unit, total in sums.items() if total}:
        raise Unbalanced(f"the legs do not cancel out: {wrong}")
    return checked


def move(source: Account, target: Account, amount: Decimal) -> tuple[Leg, ...]:
    """The two legs that take `amount` from `source` to `target`."""
    return balanced((Leg(source, -amount), Leg(target, amount)))


def reversed_legs(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs that undo `legs`."""
    return balanced(Leg(leg.account, -leg.delta) for leg in legs)


def digest(*, kind: str, legs: Iterable[Leg], document_ref: str, corrects: str) -> str:
    """What the idempotency key stands for: the same key with another digest is a conflict."""
    lines = [kind, document_ref, corrects]
    for leg in sorted(legs, key=lambda item: item.account):
        account = leg.account
        lines.append("\t".join((account.owner, account.kind, account.subject, account.unit_code, str(leg.steps))))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def take(available: Iterable[tuple[Account, Decimal]], amount: Decimal) -> list[tuple[Account, Decimal]]:
    """Take `amount` from the accounts in their order, each as far as it reaches. Refuses (`NotEnough`)."""
    parts: list[tuple[Account, Decimal]] = []
    missing = amount
    unit, total = "", Decimal(0)
    for account, balance in available:
        unit, total = account.unit_code, total + balance
        part = min(balance, missing)
        if part > 0:
            parts.append((account, part))
            missing -= part
    if missing > 0:
        raise NotEnough(available=f"{total:f}", needed=f"{amount:f}", unit=unit)
    return parts
