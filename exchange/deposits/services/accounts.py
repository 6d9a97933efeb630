"""The allow-list of accounts that money comes from and goes to."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.approvals import services as approvals
from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound, NotPermitted
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.deposits.domain.numbers import plain_account
from exchange.deposits.models import AccountUse, PayeeAccount
from exchange.deposits.policies import ACCOUNT, can_handle_money, can_propose_account


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as its bank calls it."""

    number: str
    name: str
    bank_name: str
    bank_code: str
    document_ref: str
    use: str = AccountUse.BASIC.value


@transaction.atomic
def propose_account(*, actor: Actor, organisation_id: int, facts: AccountFacts, at: datetime) -> int:
    """Name an account of an organisation. It counts only after two persons of finance stood for it."""
    can_propose_account(actor, organisation_id).require()
    check_account(facts.number, facts.bank_code)
    row = PayeeAccount.objects.create(
        organisation_id=organisation_id,
        use=AccountUse(facts.use),
        number=plain_account(facts.number),
        name=facts.name.strip(),
        bank_name=facts.bank_name.strip(),
        bank_code=facts.bank_code,
        document_ref=facts.document_ref.strip(),
        proposed_by=actor.ref,
        proposed_at=at,
    )
    record_step("payee", row.pk, "account.proposed", actor=actor, at=at)
    return row.pk


@transaction.atomic
def vet_account(*, actor: Actor, account_id: int, reason: str, at: datetime) -> int:
    """The first person of finance has seen the papers and asks a second one; gives the number of the request."""
    can_handle_money(actor).require()
    row = _waiting(account_id)
    approval_id = approvals.request(
        actor=actor,
        kind=ACCOUNT,
        subject=f"account:{row.pk}",
        reason=reason,
        payload={"number": row.number, "name": row.name, "use": row.use},
        at=at,
    )
    PayeeAccount.objects.filter(pk=row.pk).update(approval_id=approval_id)
    return approval_id


@transaction.atomic
def list_account(*, actor: Actor, account_id: int, at: datetime) -> None:
    """The second person agrees: the account is on the list, an earlier one of the same use ends."""
    can_handle_money(actor).require()
    row = _waiting(account_id)
    if row.approval_id is None:
        raise NotFound()
    approvals.agree(actor=actor, approval_id=row.approval_id, kind=ACCOUNT, subject=f"account:{row.pk}", at=at)
    _list(row, actor=actor, at=at)


@transaction.atomic
def record_account(*, actor: Actor, organisation_id: int, facts: AccountFacts, at: datetime) -> int:
    """Take over an account that was on the list before Luochui. Only the platform's own imports may."""
    if not actor.system:
        raise NotPermitted()
    row = PayeeAccount.objects.get(pk=propose_account(actor=actor, organisation_id=organisation_id, facts=facts, at=at))
    _list(row, actor=actor, at=at)
    return row.pk


@transaction.atomic
def end_account(*, actor: Actor, account_id: int, reason: str, at: datetime) -> None:
    """Take an account off the list; one person is enough to stop payments. Refuses (`Malformed`) no reason."""
    can_handle_money(actor).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the account goes off the list"))
    changed = PayeeAccount.objects.filter(pk=account_id, ended_at__isnull=True).update(
        ended_at=at, end_reason=reason.strip()[:200]
    )
    if changed != 1:
        raise NotFound()
    record_step("payee", account_id, "account.ended", actor=actor, at=at)


def _waiting(account_id: int) -> PayeeAccount:
    rows = PayeeAccount.objects.select_for_update(of=("self",))
    row = rows.filter(pk=account_id, approved_at__isnull=True, ended_at__isnull=True).first()
    if row is None:
        raise NotFound()
    return row


def _list(row: PayeeAccount, *, actor: Actor, at: datetime) -> None:
    earlier = PayeeAccount.objects.filter(
        organisation_id=row.organisation_id, use=row.use, approved_at__isnull=False, ended_at__isnull=True
    )
    earlier.update(ended_at=at, end_reason=f"replaced by account {row.pk}")
    PayeeAccount.objects.filter(pk=row.pk).update(approved_at=at)
    record_step("payee", row.pk, "account.listed", actor=actor, at=at)


def check_account(number: str, bank_code: str) -> None:
    """Refuses (`Malformed`) what no bank calls an account."""
    if not 6 <= len(plain_account(number)) <= 34:
        raise Malformed(field="number", reason=gettext_noop("6 to 34 digits or letters are needed"))
    if not (bank_code.isdecimal() and bank_code.isascii() and len(bank_code) == 12):
        raise Malformed(field="bank_code", reason=gettext_noop("the bank's number 联行号 has 12 digits"))


def record_step(kind: str, number: int, event: str, *, actor: Actor, at: datetime) -> None:
    """One row of evidence; the account itself is told by number."""
    evidence.append(
        stream=f"{kind}-account:{number}", type=event, actor=actor, payload={"account": str(number)}, decided_at=at
    )
