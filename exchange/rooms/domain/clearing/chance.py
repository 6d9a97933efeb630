"""Chance that anyone can compute again: an HMAC-SHA256 counter stream with 64-bit rejection sampling (draw HS-v1)."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator


def stream(seed: str, label: str) -> Iterator[int]:
    """64-bit numbers: the first 8 bytes of HMAC-SHA256(seed, label ‖ 0x00 ‖ counter); the counter has 8 bytes."""
    key, prefix = seed.encode(), label.encode() + b"\x00"
    counter = 0
    while True:
        block = hmac.new(key, prefix + counter.to_bytes(8, "big"), hashlib.sha256).digest()
        yield int.from_bytes(block[:8], "big")
        counter += 1


def below(numbers: Iterator[int], bound: int) -> int:
    """The next number of the stream below `bound`, without bias: the incomplete last stretch is thrown away."""
    limit = 2**64 - 2**64 % bound
    for number in numbers:
        if number < limit:
            return number % bound
    raise AssertionError("the stream does not end")


def shuffled(names: Iterable[str], *, seed: str, label: str) -> list[str]:
    """The names in the order of the draw: sorted by UTF-8 bytes first, then taken out one by one."""
    roster = sorted(names, key=str.encode)
    numbers = stream(seed, label)
    return [roster.pop(below(numbers, len(roster))) for _ in range(len(roster))]
