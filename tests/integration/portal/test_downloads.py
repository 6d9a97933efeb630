"""Every download of the house, as every party gets it, is data to a spreadsheet and never a formula.

Who gets in where is proved by test_permissions.py; here the parties ask for what its table opens to them.
"""

import csv
import io
import re
from typing import Any

import pytest

from commons.domain.actor import Assurance
from tests.integration.portal.test_permissions import PARTIES, browser, city, filled, table

pytestmark = pytest.mark.django_db
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(autouse=True)
def strong_sign_in(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value


def pages(party: str) -> list[str]:
    """The addresses of pages that open to the party: what programs read is left out."""
    column = PARTIES.index(party)
    open_to = [address for (method, address), letters in table().items() if method == "GET" and letters[column] == "o"]
    return [one for one in sorted(open_to) if not one.startswith("api/") and "metrics" not in one]


def test_no_cell_of_a_download_is_a_formula() -> None:
    facts, downloads = city(), 0
    for party in PARTIES:
        client = browser(party)
        for address in pages(party):
            answer = client.get(filled(address, facts) + "?format=csv")
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/csv"):
                continue
            downloads += 1
            for row in csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))):
                assert [cell for cell in row if cell.startswith(FORMULA) and not number(cell)] == [], address

    assert downloads > len(PARTIES)


def number(cell: str) -> bool:
    """A negative amount is no formula."""
    return re.fullmatch(r"-[0-9.,]+", cell) is not None
