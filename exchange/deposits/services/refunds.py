"""The limit of a refund, reckoned anew when the holidays of its year are published: it binds the exchange both ways."""

from datetime import date, datetime

from commons.calendar import reckoning
from commons.domain.actor import system_actor
from commons.domain.text import gettext_noop
from commons.inbox import services as inbox
from exchange.deposits.domain.payouts import LegState
from exchange.deposits.domain.states import MoneyState
from exchange.deposits.models import MoneyExpectation
from exchange.deposits.services.common import REFUND, locked_money, record

TIMEKEEPER = system_actor("timekeeper")
OPEN_LEGS = [LegState.DUE.value, LegState.BATCHED.value, LegState.ORDERED.value]


def _moved(ref: str, was: date, now: date, at: datetime) -> None:
    row = locked_money(int(ref))
    if row.state != MoneyState.RELEASED or row.refund_due_on != was:
        return
    MoneyExpectation.objects.filter(pk=row.pk).update(refund_due_on=now, refund_due_provisional=False)
    row.payouts.filter(state__in=OPEN_LEGS, due_on=was).update(due_on=now)
    record(row, "RefundReckonedAnew", actor=TIMEKEEPER, at=at, due_on=now.isoformat())
    inbox.deliver(
        organisation_id=row.organisation_id,
        subject_msgid=gettext_noop("Your refund is due by %(due_on)s, by the published holidays"),
        fields={"due_on": now.isoformat()},
        link=f"/deposits/{row.pk}/",
        at=at,
        key=f"money:{row.pk}:refund:{now.isoformat()}",
    )


def register_all() -> None:
    """Take part in the reckoning anew, once at start."""
    reckoning.register(REFUND, _moved)
