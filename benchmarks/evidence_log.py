"""The evidence log at a million entries: what an append costs, and what proofs cost, against SHA-256 itself."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.figures import Line, Rounds, spread
from commons.evidence.domain import chain, merkle
from commons.evidence.domain.chain import Draft
from commons.evidence.domain.merkle import Place

ENTRIES = 1_000_000
PROOFS = 2_000
DRAFT = Draft("bid.accepted", "alias:4317", b'{"price":"1680.00","quantity":"1.680"}', "2026-01-05T02:00:00.123Z")


def log(rounds: Rounds) -> Iterator[Line]:
    """Chain and tree in memory, one million entries (--quick: a tenth): µs an entry, µs a proof, hashes in a proof."""
    count = ENTRIES if rounds.count > 1 else ENTRIES // 10
    base_us = _microseconds(lambda: hashlib.sha256(b"\x01" + bytes(64)).digest(), 200_000)
    yield Line(f"yardstick, one SHA-256 of 65 bytes: {base_us:.2f} µs")
    hashes, chain_us = _chained(count)
    yield Line(f"chain link: {chain_us:.1f} µs an entry, {chain_us / base_us:.0f} × the yardstick")
    nodes, tree_us = _grown(hashes)
    yield Line(f"tree: {tree_us:.1f} µs an entry, {tree_us / base_us:.0f} × the yardstick")
    yield from _proofs(hashes, nodes, base_us)


def _microseconds(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1e6


def _chained(count: int) -> tuple[list[bytes], float]:
    head, hashes = chain.START, []
    began = time.perf_counter()
    for _ in range(count):
        made = chain.link("room:1", head, DRAFT)
        head = made.head
        hashes.append(made.hash)
    return hashes, (time.perf_counter() - began) / count * 1e6


def _grown(hashes: list[bytes]) -> tuple[dict[Place, bytes], float]:
    nodes: dict[Place, bytes] = {}
    began = time.perf_counter()
    for start in range(0, len(hashes), 1_000):
        nodes.update(merkle.grow(start, hashes[start : start + 1_000], nodes.__getitem__))
    return nodes, (time.perf_counter() - began) / len(hashes) * 1e6


def _proofs(hashes: list[bytes], nodes: dict[Place, bytes], base_us: float) -> Iterator[Line]:
    size, dice = len(hashes), random.Random(1)
    root = merkle.hashes_of([(0, size)], nodes)[0]
    places = [dice.randrange(size) for _ in range(PROOFS)]
    made, checked, lengths = [], [], []
    for index in places:
        began = time.perf_counter()
        proof = merkle.hashes_of(merkle.inclusion_ranges(index, size), nodes)
        middle = time.perf_counter()
        assert merkle.root_from_inclusion(hashes[index], index, size, proof) == root
        made.append((middle - began) * 1e6)
        checked.append((time.perf_counter() - middle) * 1e6)
        lengths.append(len(proof))
    yield Line(
        f"inclusion proof: made in {median(made):.0f} µs, checked in {median(checked):.0f} µs "
        f"({median(checked) / base_us:.0f} × the yardstick), {spread(lengths)} hashes"
    )
    olds = [dice.randrange(1, size) for _ in range(PROOFS)]
    took, sizes = [], []
    for old in olds:
        began = time.perf_counter()
        proof = merkle.hashes_of(merkle.consistency_ranges(old, size), nodes)
        took.append((time.perf_counter() - began) * 1e6)
        sizes.append(len(proof))
    yield Line(f"consistency proof: made in {median(took):.0f} µs, {spread(sizes)} hashes")


BENCHMARKS = {"log": log}
