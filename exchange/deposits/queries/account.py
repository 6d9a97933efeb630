"""The account to which buyers pay."""

from typing import TypedDict

from django.conf import settings
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.deposits.domain.facts import CollectingAccount
from exchange.deposits.models import OwnAccount

DEMONSTRATION = CollectingAccount(
    "4401660010100012345", "佛山市公共资源交易中心保证金专户", "佛山农村商业银行季华支行", "314588000016"
)
"""Stands in until finance enters an account, but never in production."""


COLLECTING_SUBJECT = "collecting-account"
"""What a request to change the account is about."""


class AccountRow(TypedDict):
    """The columns of an account that queries fetch."""

    number: str
    name: str
    bank_name: str
    bank_code: str


class NoCollectingAccount(Refusal):
    code = "NO_COLLECTING_ACCOUNT"
    message = gettext_noop("The exchange has no collecting account yet. Two persons of finance enter it on their desk.")


NEWEST = Subquery(
    OwnAccount.objects.order_by("-id").values(
        found=JSONObject(number="number", name="name", bank_name="bank_name", bank_code="bank_code")
    )[:1]
)
"""The account last entered, for a query that fetches it beside its own rows; `account_in` reads it."""


def collecting_account() -> CollectingAccount:
    """The account to which buyers pay. Refuses (`NoCollectingAccount`) in production until one is entered."""
    return account_in(OwnAccount.objects.order_by("-id").values("number", "name", "bank_name", "bank_code").first())


def entered_account() -> CollectingAccount | None:
    """The account that finance entered; nothing where it did not yet."""
    found = OwnAccount.objects.order_by("-id").values("number", "name", "bank_name", "bank_code").first()
    return CollectingAccount(**found) if found else None


def own_accounts() -> frozenset[str]:
    """The numbers of every account that is or was the collecting one: money told on an old page still comes to it."""
    known = frozenset(OwnAccount.objects.values_list("number", flat=True))
    return known or frozenset({collecting_account().number})


def account_in(found: AccountRow | None) -> CollectingAccount:
    """The account that a query found. Refuses like `collecting_account`."""
    if found is not None:
        return CollectingAccount(**found)
    if settings.PRODUCTION:
        raise NoCollectingAccount()
    return DEMONSTRATION
