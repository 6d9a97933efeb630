"""Shamir's secret sharing over GF(256), byte by byte, in the form of npm `shamir-secret-sharing` 0.0.4.

A share is the value of each byte's polynomial, followed by the one byte x at which they were taken (1–255, none twice).
The field's polynomial is x⁸ + x⁴ + x³ + x + 1. Combining too few or altered shares gives *some* bytes without a word:
callers check every share against its commitment, and the key they make against its own.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import xor

Entropy = Callable[[int], bytes]
"""Random bytes of that number."""


class BadShares(ValueError):
    """The shares cannot belong to one secret; the sentence says why."""


def split(secret: bytes, *, n: int, k: int, entropy: Entropy) -> list[bytes]:
    """`n` shares, any `k` of which give `secret` again, at x = 1 … n."""
    assert 2 <= k <= n <= 255, "no share is the secret itself"
    polynomials = [bytes([byte]) + entropy(k - 1) for byte in secret]
    return [bytes(_evaluate(coefficients, x) for coefficients in polynomials) + bytes([x]) for x in range(1, n + 1)]


def combine(shares: Sequence[bytes], *, k: int) -> bytes:
    """The secret of exactly `k` shares. Raises `BadShares` for too few, for two of one x, and for unequal lengths."""
    points = {share[-1]: share[:-1] for share in shares if share}
    if len(points) != len(shares):
        raise BadShares("two shares are the same officer's")
    if len(shares) < k:
        raise BadShares(f"{len(shares)} shares are fewer than {k}")
    if 0 in points or len({len(values) for values in points.values()}) != 1:
        raise BadShares("the shares are not of one secret")
    chosen = sorted(points)[:k]
    weights = [_weight(x, chosen) for x in chosen]
    columns = zip(*(points[x] for x in chosen), strict=True)
    return bytes(_sum(_multiply(y, weight) for y, weight in zip(column, weights, strict=True)) for column in columns)


def _weight(x: int, chosen: Sequence[int]) -> int:
    """Lagrange's weight of the point at `x` for the value at 0; minus is plus in this field."""
    weight = 1
    for other in chosen:
        if other != x:
            weight = _multiply(weight, _multiply(other, _inverse(other ^ x)))
    return weight


def _evaluate(coefficients: bytes, x: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = _multiply(value, x) ^ coefficient
    return value


def _multiply(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a²⁵⁴, for the field has 255 numbers besides zero."""
    result, power = 1, 254
    while power:
        if power & 1:
            result = _multiply(result, a)
        a = _multiply(a, a)
        power >>= 1
    return result


def _sum(values: Iterable[int]) -> int:
    return reduce(xor, values, 0)
