"""Certificates are checked against the authority in memory: no test asks anybody over a network unless it says so."""

from django.conf import settings


def pytest_configure() -> None:
    settings.HOOKS = {
        **settings.HOOKS,
        "revocation": "tests.pki.Revocation",
        "time_stamps": "tests.pki.Stamps",
        "platform_seal": "tests.papers.PlatformSeal",
    }
