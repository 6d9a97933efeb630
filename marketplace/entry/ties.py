"""What keeps an entrant in the supermarket: needs and services under way, counted by the subjects above.

Each registers its question when the app is loaded; whoever wants to leave is asked all of them.
"""

from collections.abc import Callable

from marketplace.entry.domain.entrants import EntrantKind

Count = Callable[[int, EntrantKind], int]
"""How many there are of an organisation, in the capacity that it wants to give up."""
_COUNTS: dict[str, Count] = {}


def register_tie(name: str, count: Count) -> None:
    """Let `count` have its say. Registering again replaces it."""
    _COUNTS[name] = count


def ties_of(organisation_id: int, kind: EntrantKind) -> int:
    """How much is under way."""
    return sum(count(organisation_id, kind) for count in _COUNTS.values())
