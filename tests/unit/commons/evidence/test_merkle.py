"""pymerkle is the second opinion: same roots, and its proofs are ours."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from commons.evidence.domain import chain, merkle
from commons.evidence.domain.merkle import Place

SIZES = st.integers(1, 70)


def leaves(count):
    return [chain.leaf_hash(str(number).encode()) for number in range(count)]


def nodes_of(count, at_a_time=7):
    nodes: dict[Place, bytes] = {}
    for start in range(0, count, at_a_time):
        fresh = leaves(count)[start : start + at_a_time]
        nodes.update(dict(merkle.grow(start, fresh, nodes.__getitem__)))
    return nodes


def oracle(count):
    tree = InmemoryTree(algorithm="sha256")
    for number in range(count):
        tree.append_entry(str(number).encode())
    return tree


@given(SIZES, st.integers(1, 9))
def test_roots_agree_with_the_oracle_however_the_tree_grew(size, at_a_time):
    stored = nodes_of(size, at_a_time)

    assert merkle.hashes_of([(0, size)], stored)[0] == merkle.root(leaves(size)) == oracle(size).get_root()


def test_the_empty_tree_has_the_root_of_rfc_6962():
    assert merkle.root([]) == merkle.fold([]) == hashlib.sha256(b"").digest()


@given(SIZES, st.data())
def test_inclusion_proofs_lead_to_the_root(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.hashes_of(merkle.inclusion_ranges(index, size), nodes_of(70))

    found = merkle.root_from_inclusion(leaves(size)[index], index, size, proof)

    assert found == merkle.root(leaves(size))
    assert len(proof) <= 7


@given(SIZES, st.data())
def test_inclusion_proofs_are_those_of_the_oracle(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.hashes_of(merkle.inclusion_ranges(index, size), nodes_of(size))

    theirs = oracle(size).prove_inclusion(index + 1, size)

    assert [bytes.fromhex(item) for item in theirs.serialize()["path"]][1:] == proof


@given(SIZES, st.data())
def test_a_proof_for_another_leaf_place_or_size_leads_elsewhere(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.hashes_of(merkle.inclusion_ranges(index, size), nodes_of(size))
    root = merkle.root(leaves(size))

    assert merkle.root_from_inclusion(chain.leaf_hash(b"forged"), index, size, proof) != root
    assert merkle.root_from_inclusion(leaves(size)[index], size, size, proof) is None
    if size > 1:
        assert merkle.root_from_inclusion(leaves(size)[index], (index + 1) % size, size, proof) != root
        assert merkle.root_from_inclusion(leaves(size)[index], index, size, proof[:-1]) != root
    assert merkle.root_from_inclusion(leaves(size)[index], index, size, [*proof, bytes(32)]) is None


@given(SIZES, st.data())
def test_consistency_proofs_hold_and_no_fork_passes(size, data):
    old = data.draw(st.integers(1, size))
    proof = merkle.hashes_of(merkle.consistency_ranges(old, size), nodes_of(size)) if old < size else []
    old_root, new_root = merkle.root(leaves(old)), merkle.root(leaves(size))

    assert merkle.is_consistent(old, old_root, size, new_root, proof)
    assert not merkle.is_consistent(old, bytes(32), size, new_root, proof)
    assert not merkle.is_consistent(old, old_root, size, bytes(32), proof)
    forked = merkle.root([*leaves(old)[:-1], chain.leaf_hash(b"forged")])
    assert not merkle.is_consistent(old, forked, size, new_root, proof)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (3, 2), (-1, 1)])
def test_a_log_that_shrank_is_not_consistent(old, new):
    assert not merkle.is_consistent(old, merkle.EMPTY_ROOT, new, merkle.root(leaves(max(new, 0))), [bytes(32)])


def test_cover_names_perfect_subtrees_from_left_to_right():
    assert merkle.cover((0, 7)) == [Place(2, 0), Place(1, 2), Place(0, 6)]
    assert merkle.cover((4, 6)) == [Place(1, 2)]
