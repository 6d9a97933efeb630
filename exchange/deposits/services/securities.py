"""Securities of a subject above, as tender bonds 投标保证金: expected sealed, opened, given back or forfeited.

The caller names a place of its own (a section, an award) and hands the terms down; it has asked who may. Until it opens
a security nothing in the table tells for which procedure it stands.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Money
from commons.secrecy.fields import Party
from exchange.deposits.domain.facts import DepositView, SecurityTerms
from exchange.deposits.domain.states import MACHINE, OPEN, DecisionNeeded, MoneyCommand, MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation
from exchange.deposits.policies import can_order_for_lot
from exchange.deposits.queries import deposit_view
from exchange.deposits.services.common import locked_money, step, unnamed
from exchange.deposits.services.expecting import adjust, create, forfeit_row, release_row, standing, why
from exchange.projects.services import next_number


@transaction.atomic
def expect_security(
    *, actor: Actor, purpose: Purpose, party: Party, amount: Money, due_at: datetime, terms: SecurityTerms, title: str,
    at: datetime,
) -> DepositView:  # fmt: skip
    """Expect a security of one organisation; asked again it gives the same virtual account.

    Refuses (`AmountDiffers`) another amount once money has come.
    """
    can_order_for_lot(actor).require()
    next_number("virtual-account")
    actor = unnamed(actor, party.organisation_id)
    row = standing(purpose=purpose.value, party=party)
    if row is None:
        facts = {"terms": terms.as_json(), "title": title}
        row = create(purpose, "", party, amount, due_at, actor, at, **facts)
    else:
        adjust(row, amount, due_at, actor=actor, at=at)
    return deposit_view(row)


@transaction.atomic
def move_due(*, actor: Actor, purpose: Purpose, places: Collection[int], due_at: datetime, at: datetime) -> None:
    """The time for the sealed securities of some places is another now. Each reference is opened and looked at."""
    can_order_for_lot(actor).require()
    rows = MoneyExpectation.objects.filter(purpose=purpose.value, state__in=[state.value for state in OPEN])
    for row in rows.order_by("pk"):
        if row.party.place in places:
            adjust(locked_money(row.pk), Money(row.amount), due_at, actor=actor, at=at)


@transaction.atomic
def open_security(*, actor: Actor, purpose: Purpose, party: Party, subject: str, at: datetime) -> DepositView | None:
    """From now on it may be known for what it stands. Nothing where none is expected; harmless to repeat."""
    can_order_for_lot(actor).require()
    row = standing(purpose=purpose.value, party=party)
    if row is None or row.state == MoneyState.EXPECTED:
        return None
    if row.opened_at is None:
        MoneyExpectation.objects.filter(pk=row.pk).update(opened_at=at, subject=subject)
        row.opened_at, row.subject = at, subject
    return deposit_view(row)


@transaction.atomic
def release_security(*, actor: Actor, purpose: Purpose, party: Party, reason: str, at: datetime) -> bool:
    """Give back what came, with interest, or expect it no longer; True when there was one. Harmless to repeat."""
    can_order_for_lot(actor).require()
    found = standing(purpose=purpose.value, party=party)
    if found is None:
        return False
    actor, row = unnamed(actor, party.organisation_id), locked_money(found.pk)
    if row.state == MoneyState.EXPECTED:
        step(row, MoneyCommand.CANCEL, actor=actor, at=at, reason=why(reason))
    elif MACHINE.allows(MoneyState(row.state), MoneyCommand.RELEASE):
        release_row(row, reason, actor=actor, at=at)
    else:
        return False
    return True


@transaction.atomic
def forfeit_security(
    *, actor: Actor, purpose: Purpose, party: Party, keeper_id: int | None, decision_no: str, document_id: int | None,
    reason: str, at: datetime,
) -> bool:  # fmt: skip
    """Forfeit by a numbered decision to `keeper_id` (nobody: the treasury); True when there was one to forfeit.

    Refuses (`DecisionNeeded`) without the decision's number.
    """
    can_order_for_lot(actor).require()
    number = decision_no.strip()
    if not number:
        raise DecisionNeeded()
    found = standing(purpose=purpose.value, party=party)
    if found is None:
        return False
    row = locked_money(found.pk)
    if not MACHINE.allows(MoneyState(row.state), MoneyCommand.FORFEIT):
        return False
    forfeit_row(
        row, decision_no=number, document_id=document_id, reason=reason, actor=actor, at=at, forfeit_to_id=keeper_id
    )
    return True
