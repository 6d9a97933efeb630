"""The log of a test begins empty: what every database is seeded with leaves no entry here.

`tests/integration/commons/test_seeding.py` sees to it that outside tests there is one.
"""

from collections.abc import Iterator

import pytest

SEEDING = (
    "bidding.profiles.services.seeding",
    "commons.calendar.services.seeding",
    "commons.parameters.services.seeding",
)


@pytest.fixture(scope="session", autouse=True)
def _seeds_leave_no_entry() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in SEEDING:
            patch.setattr(f"{module}.record_seeding", lambda *arguments: None)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, _seeds_leave_no_entry: None) -> None:
    """Before the database is made, which seeds it."""
