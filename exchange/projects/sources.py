"""The port by which a draft asks under which of its permits a seller offers; `exchange.permits` stands behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class Sources(Protocol):
    """What the registry of permits knows of a seller."""

    def choices(self, seller_id: int, on: date) -> Sequence[tuple[str, str]]:
        """The seller's permits in force: number, and words for a choice."""

    def require(self, *, seller_id: int, instrument: str, permit_no: str, on: date) -> None:
        """Refuse a permit that is not the seller's, and none where it must be chosen."""


class _NoRegistry:
    def choices(self, seller_id: int, on: date) -> Sequence[tuple[str, str]]:
        return ()

    def require(self, *, seller_id: int, instrument: str, permit_no: str, on: date) -> None:
        return None


_registry: list[Sources] = [_NoRegistry()]


def register(sources: Sources) -> None:
    """Let the registry answer, once at start."""
    _registry[0] = sources


def sources() -> Sources:
    return _registry[0]
