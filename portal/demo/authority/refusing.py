"""Where the embedded authority must not run. Without certomancer, which production does not install."""

from django.conf import settings


class ForbiddenInProduction(RuntimeError):
    """The embedded authority vouches for invented people."""


def refuse_in_production() -> None:
    """Raise `ForbiddenInProduction` where the platform runs for real."""
    if settings.PRODUCTION:
        raise ForbiddenInProduction(
            "The embedded authority issues certificates for invented people and is never started in production. "
            "Name the authorities of your city in a trust list: manage.py trust_list FILE (docs/certificates.md)."
        )
