"""Bidder numbers 竞买号: by lot, in an order that chance fixed before anybody registered, so that they tell nothing.

The centre draws 32 secret bytes for a lot and publishes what they hash to together with the notice. They put the
numbers from 100 to 999 in an order (the draw HS-v1 of `signatures.draws`); the n-th buyer to submit a registration owns
the n-th of them. Who submits when is not the centre's to choose, and the secret was fixed before: so nobody picked
anybody's number. When the numbers may be known, the secret is published, and everybody computes them again
(docs/adr/0019).
"""

from collections.abc import Callable
from functools import lru_cache

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.draws.domain import hs1

Entropy = Callable[[int], bytes]
"""Gives that many random bytes; `secrets.token_bytes` at the edge, a fixed stream in tests."""

POOL = tuple(str(number) for number in range(100, 1000))
"""Three digits."""


def draw_of(lot_id: int) -> str:
    """How the draw of a lot's numbers is called where it is hashed."""
    return f"lot:{lot_id}"


def stream_of(lot_id: int) -> str:
    """The stream of the log that holds the record of a lot's numbers."""
    return f"numbers:{lot_id}"


class NoAliasLeft(Refusal):
    code = "NO_ALIAS_LEFT"
    message = gettext_noop("All bidder numbers of this lot are taken. Tell the exchange.")


@lru_cache(maxsize=32)
def order_of(draw_id: str, secret: bytes) -> tuple[str, ...]:
    """Every number, in the order that the secret of this lot gives them."""
    pool_sha256 = hs1.list_sha256(POOL)
    seed = hs1.seed_of(draw_id=draw_id, roster_sha256=pool_sha256, secrets=[secret], nonces=(), beacon=b"")
    return tuple(hs1.choose(POOL, exclusions=frozenset(), k=len(POOL), seed=seed))


def alias_of(draw_id: str, secret: bytes, place: int) -> str:
    """The number of the `place`-th buyer to submit in a lot, from 1. Refuses (`NoAliasLeft`) when there are no more."""
    if place > len(POOL):
        raise NoAliasLeft()
    return order_of(draw_id, secret)[place - 1]
