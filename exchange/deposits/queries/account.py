"""The account to which buyers pay."""

from django.conf import settings

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.deposits.domain.facts import CollectingAccount
from exchange.deposits.models import (
    OwnAccount,
)

DEMONSTRATION = CollectingAccount(
    "4401660010100012345", "佛山市公共资源交易中心保证金专户", "佛山农村商业银行季华支行", "314588000016"
)
"""Stands in until finance enters an account, but never in production."""


class NoCollectingAccount(Refusal):
    code = "NO_COLLECTING_ACCOUNT"
    message = gettext_noop("The exchange has no collecting account yet. Finance enters it on the finance desk.")


def collecting_account() -> CollectingAccount:
    """The account to which buyers pay. Refuses (`NoCollectingAccount`) in production until one is entered."""
    row = OwnAccount.objects.order_by("-id").first()
    if row is not None:
        return CollectingAccount(row.number, row.name, row.bank_name, row.bank_code)
    if settings.PRODUCTION:
        raise NoCollectingAccount()
    return DEMONSTRATION
