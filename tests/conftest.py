"""Shared by every test. The cast (owner, bidders, staff …) lives in `tests.cast`."""

pytest_plugins = [
    "tests.plugins.append_only",
    "tests.plugins.embedded_database",
    "tests.plugins.empty_log",
    "tests.plugins.fast_passwords",
    "tests.plugins.interpreter",
    "tests.plugins.offline_authority",
    "tests.plugins.seeded_database",
]
