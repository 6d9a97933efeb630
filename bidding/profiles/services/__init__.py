"""Entering versions of procedure profiles."""

from bidding.profiles.services.editing import enter_version
from bidding.profiles.services.seeding import seed

__all__ = ["enter_version", "seed"]
