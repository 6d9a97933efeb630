"""Bidder numbers 竞买号, drawn at random, so that they tell nothing about the order of registration."""

from collections.abc import Callable, Collection

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

Entropy = Callable[[int], bytes]
"""Gives that many random bytes; `secrets.token_bytes` at the edge, a fixed stream in tests."""

LOWEST, COUNT = 100, 900
"""Three digits, 100 to 999."""


class NoAliasLeft(Refusal):
    code = "NO_ALIAS_LEFT"
    message = gettext_noop("All bidder numbers of this lot are taken. Tell the exchange.")


def draw_alias(taken: Collection[str], entropy: Entropy) -> str:
    """A number of three digits that nobody of the lot has, each free one equally likely. Refuses (`NoAliasLeft`)."""
    free = [str(number) for number in range(LOWEST, LOWEST + COUNT) if str(number) not in taken]
    if not free:
        raise NoAliasLeft()
    return free[_below(len(free), entropy)]


def _below(limit: int, entropy: Entropy) -> int:
    """A uniform number below `limit`: 64-bit words, those above the largest multiple rejected."""
    ceiling = 2**64 - 2**64 % limit
    while (word := int.from_bytes(entropy(8), "big")) >= ceiling:
        continue
    return word % limit
