"""The account on which the exchange collects. Whoever changed it alone could send every buyer's deposit elsewhere."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from commons.approvals import queries as approval_queries
from commons.approvals import services as approvals
from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound, NotPermitted
from commons.domain.text import gettext_noop
from exchange.deposits.domain.facts import CollectingAccount
from exchange.deposits.models import OwnAccount
from exchange.deposits.policies import COLLECTING, can_handle_money
from exchange.deposits.queries.account import COLLECTING_SUBJECT
from exchange.deposits.services.accounts import check_account, record_step


@transaction.atomic
def set_collecting_account(
    *, actor: Actor, number: str, name: str, bank_name: str, bank_code: str, at: datetime
) -> None:
    """Take over the account that was used before Luochui. Only the platform's own imports may; persons are two."""
    if not actor.system:
        raise NotPermitted()
    _enter(_checked(CollectingAccount(number, name, bank_name, bank_code)), actor=actor, at=at)


@transaction.atomic
def propose_collecting_account(*, actor: Actor, account: CollectingAccount, reason: str, at: datetime) -> int:
    """Name the account; gives the request to a second person. Refuses (`Malformed`) what is no number."""
    can_handle_money(actor).require()
    facts = asdict(_checked(account))
    return approvals.request(
        actor=actor, kind=COLLECTING, subject=COLLECTING_SUBJECT, reason=reason, payload=facts, at=at
    )


@transaction.atomic
def agree_collecting_account(*, actor: Actor, approval_id: int, at: datetime) -> None:
    """Agree as the second person: from now on buyers are told this account. Refuses the one who proposed it."""
    can_handle_money(actor).require()
    found = approval_queries.one(actor, approval_id)
    if found.kind != COLLECTING:
        raise NotFound()
    approvals.agree(actor=actor, approval_id=approval_id, kind=COLLECTING, subject=COLLECTING_SUBJECT, at=at)
    account = CollectingAccount(**{name: str(found.payload[name]) for name in CollectingAccount.__slots__})
    _enter(account, actor=actor, at=at)


@transaction.atomic
def reject_collecting_account(*, actor: Actor, approval_id: int, reason: str, at: datetime) -> None:
    """Say no to it, or take one's own proposal back."""
    can_handle_money(actor).require()
    if approval_queries.one(actor, approval_id).kind != COLLECTING:
        raise NotFound()
    approvals.give_up(actor=actor, approval_id=approval_id, at=at, reason=reason)


def _checked(account: CollectingAccount) -> CollectingAccount:
    check_account(account.number, account.bank_code)
    if not (account.number.isascii() and account.number.isdecimal()) or len(account.number) > 19:
        raise Malformed(field="number", reason=gettext_noop("an account of the exchange has at most 19 digits"))
    return account


def _enter(account: CollectingAccount, *, actor: Actor, at: datetime) -> None:
    row = OwnAccount.objects.create(
        number=account.number,
        name=account.name.strip(),
        bank_name=account.bank_name.strip(),
        bank_code=account.bank_code,
        recorded_by=actor.ref,
        recorded_at=at,
    )
    record_step("own", row.pk, "account.collecting", actor=actor, at=at)
