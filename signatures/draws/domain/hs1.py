"""The draw HS-v1: chance that nobody could foresee and anybody can compute again.

    seed      SHA-256(draw_id ‖ roster_sha256 ‖ secret ‖ nonces in ascending order ‖ beacon)
    numbers   the first 8 bytes of HMAC-SHA256(seed, "HS-v1" ‖ 0x00 ‖ counter), big-endian; the counter has 8 bytes
    choice    the candidates in the order of their UTF-8 bytes; number modulo how many are left names the next one,
              which is taken out; numbers of the incomplete last stretch of 2^64 are thrown away: none is favoured

`draw_id` is the text of a UUID (36 bytes), `roster_sha256` 32 bytes, `secret` the secrets of the custodians (32 bytes
each) in the order of the announcement, a nonce 32 bytes, `beacon` the bytes that the beacon published or nothing. How
many secrets and nonces there are stands in the announcement, so the text that is hashed can be read in one way only.
Standard library only.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from commons.evidence.domain import canonical

ALGORITHM = "HS-v1"
SECRET_BYTES = 32
MOST_BEACON_BYTES = 1024

_LABEL = ALGORITHM.encode() + b"\x00"


def in_order(entries: Iterable[str]) -> list[str]:
    """The entries of a roster in the order in which they are hashed and drawn: by their UTF-8 bytes."""
    return sorted(entries, key=str.encode)


def list_sha256(entries: Iterable[str]) -> str:
    """The hash of a roster or of its exclusions: of the canonical JSON of the ordered list."""
    return canonical.digest(canonical.encode(in_order(entries)))


def commitment_to(secret: bytes) -> str:
    """What a custodian or a party publishes beforehand: SHA-256 of its 32 random bytes."""
    return hashlib.sha256(secret).hexdigest()


def salted(entry: str, salt: bytes) -> str:
    """How an entry stands on a roster whose names are secret."""
    return hashlib.sha256(salt + entry.encode()).hexdigest()


def seed_of(
    *, draw_id: str, roster_sha256: str, secrets: Sequence[bytes], nonces: Iterable[bytes], beacon: bytes
) -> bytes:
    """The seed, from everything that is known only at the end."""
    parts = [draw_id.encode(), bytes.fromhex(roster_sha256), *secrets, *sorted(nonces), beacon]
    return hashlib.sha256(b"".join(parts)).digest()


def numbers(seed: bytes) -> Iterator[int]:
    """The 64-bit numbers of the seed, without end."""
    counter = 0
    while True:
        block = hmac.new(seed, _LABEL + counter.to_bytes(8, "big"), hashlib.sha256).digest()
        yield int.from_bytes(block[:8], "big")
        counter += 1


def below(stream: Iterator[int], bound: int) -> int:
    """The next number below `bound`, each as likely as any other."""
    limit = 2**64 - 2**64 % bound
    return next(number for number in stream if number < limit) % bound


def choose(roster: Iterable[str], *, exclusions: Collection[str], k: int, seed: bytes) -> list[str]:
    """The `k` that are drawn, in the order of the draw."""
    left = [entry for entry in in_order(roster) if entry not in exclusions]
    stream = numbers(seed)
    return [left.pop(below(stream, len(left))) for _ in range(k)]


def number_roster(start: Decimal, end: Decimal, step: Decimal) -> list[str]:
    """The roster for drawing a single number, a floating point for example: `start`, `start + step` … up to `end`."""
    assert step > 0, "the numbers of a range ascend"
    count = int((end - start) / step) + 1
    return [format(start + step * place, "f") for place in range(count)]
