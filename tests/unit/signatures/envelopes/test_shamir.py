"""Shares as npm shamir-secret-sharing makes them: both programs read each other's, and cheating is refused."""

import json
import secrets
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.envelopes.domain import shamir

VECTORS = json.loads(Path(__file__).with_name("shamir_vectors.json").read_text())
"""Made by scripts/shamir_vectors.js with the vendored package."""


@pytest.mark.parametrize("vector", VECTORS["split_by_npm"], ids=lambda vector: f"{vector['k']} of {vector['n']}")
def test_every_quorum_of_shares_made_by_npm_gives_the_secret(vector: dict[str, str]) -> None:
    shares = [bytes.fromhex(share) for share in vector["shares"]]

    for chosen in combinations(shares, int(vector["k"])):
        assert shamir.combine(chosen, k=int(vector["k"])).hex() == vector["secret"]


@pytest.mark.parametrize("vector", VECTORS["combined_by_npm"], ids=lambda vector: f"{vector['k']} of {vector['n']}")
def test_npm_gave_the_secret_of_shares_made_here(vector: dict[str, Any]) -> None:
    random = bytes.fromhex(vector["random"])
    taken = iter(range(0, len(random), int(vector["k"]) - 1))

    def entropy(length: int) -> bytes:
        start = next(taken)
        return random[start : start + length]

    shares = shamir.split(bytes.fromhex(vector["secret"]), n=int(vector["n"]), k=int(vector["k"]), entropy=entropy)

    assert [share.hex() for share in shares] == vector["shares"]
    assert vector["combined"] == vector["secret"]


@given(st.binary(min_size=1, max_size=65), st.integers(2, 5), st.integers(0, 3))
def test_any_quorum_gives_the_secret(secret: bytes, k: int, more: int) -> None:
    shares = shamir.split(secret, n=k + more, k=k, entropy=secrets.token_bytes)

    assert shamir.combine(shares[more:], k=k) == secret


def test_one_officer_twice_is_no_quorum() -> None:
    shares = shamir.split(bytes(32), n=3, k=2, entropy=secrets.token_bytes)

    with pytest.raises(shamir.BadShares, match="same officer"):
        shamir.combine([shares[0], shares[0]], k=2)


def test_one_share_fewer_is_no_quorum() -> None:
    shares = shamir.split(bytes(32), n=5, k=3, entropy=secrets.token_bytes)

    with pytest.raises(shamir.BadShares, match="fewer"):
        shamir.combine(shares[:2], k=3)


def test_shares_of_two_lengths_or_at_zero_are_refused() -> None:
    shares = shamir.split(bytes(32), n=3, k=2, entropy=secrets.token_bytes)

    with pytest.raises(shamir.BadShares, match="one secret"):
        shamir.combine([shares[0], shares[1][1:]], k=2)
    with pytest.raises(shamir.BadShares, match="one secret"):
        shamir.combine([shares[0], shares[1][:-1] + b"\0"], k=2)
