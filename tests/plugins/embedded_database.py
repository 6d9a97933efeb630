"""The embedded test database is a file, as in the product; in memory, threads would share one cache and its locks."""

import pytest
from django.db import connections


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After pytest-django gave each worker its own name: a file of this session."""
    for connection in connections.all():
        if connection.vendor == "sqlite":
            folder = tmp_path_factory.mktemp("database")
            connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
            # Crash tests start servers of their own; these need not wait for the disk.
            connection.settings_dict["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
