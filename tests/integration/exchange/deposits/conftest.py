"""Whatever a test of money does, the books balance afterwards."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import LazySettings

from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book
from tests.integration.exchange.deposits.money import ACCOUNTS, listed


@pytest.fixture
def books_balance(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test does, the books balance afterwards."""
    folder = tmp_path_factory.mktemp("vault")
    settings.STORAGES = {
        **settings.STORAGES,
        "vault": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
    }
    for party in ACCOUNTS:
        listed(party)
    yield
    assert set(ledger.totals(Book.MONEY).values()) <= {Decimal("0.00")}
    assert ledger.wrong_balances(Book.MONEY) == []
