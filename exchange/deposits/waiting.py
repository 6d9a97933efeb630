"""What waits for finance and the treasury, by when, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.domain.time import end_of
from exchange.deposits import queries


def of_finance(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Unclear entries of the bank, payments that are due, prices to pass on."""
    entries = queries.entries(actor)
    if entries:
        words = ngettext("%(count)s unclear entry of the bank", "%(count)s unclear entries of the bank", len(entries))
        yield Waiting(words % {"count": len(entries)}, reverse("deposits:statements"), count=len(entries))
    legs = queries.legs(actor)
    if legs:
        words = ngettext("%(count)s payment to order", "%(count)s payments to order", len(legs))
        due = end_of(min(leg.due_on for leg in legs))
        yield Waiting(words % {"count": len(legs)}, reverse("deposits:payouts"), due, count=len(legs))
    prices = queries.to_remit(actor)
    if prices:
        words = ngettext("%(count)s price to pass on", "%(count)s prices to pass on to the treasury", len(prices))
        yield Waiting(words % {"count": len(prices)}, reverse("deposits:payouts"), count=len(prices))


def of_treasury(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Prices that need a voucher."""
    for line in queries.prices_for_treasury(actor):
        if not line.voucher_no:
            yield Waiting(
                _("Record the voucher"),
                reverse("deposits:voucher", args=[line.id]),
                line.due_at,
                line.organisation_name,
            )
