"""Receipts: one Ed25519 signature for a whole batch of decisions.

A receipt's body is canonical JSON (for a bid: `bid_id, room, seq, received_at, amount, hash, prev_hash`). The bodies
of a batch are the leaves of an RFC 6962 tree; the platform signs

    "luochui/receipts/v1\\n" ‖ size as 8 bytes, big-endian ‖ root ‖ size of the log's head, the same ‖ its root

once. A receipt is the body with its path to that root, and can be checked offline by anyone with the platform's key.
The head is the checkpoint last published when the batch was signed: so whoever holds a receipt holds a view of the log,
and a log that was forked, rewound or shown differently to different people disagrees with somebody's receipt.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commons.evidence.domain import canonical, chain, merkle
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.notes import BadNote, SigningKey, VerifierKey
from commons.evidence.domain.trust import Keyring

CONTEXT = b"luochui/receipts/v1\n"


class BadReceipt(ValueError):
    """The receipt is malformed, its path leads nowhere, or the signature is not the platform's."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stood: so many entries with this root (32 bytes), as a checkpoint published it."""

    size: int
    root: bytes


NO_HEAD = Head(0, merkle.EMPTY_ROOT)
"""Before the first checkpoint."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The signed root of a batch; kept once for all its receipts."""

    size: int
    root: bytes
    key: str
    """The verifier key, in its text form."""
    signature: bytes
    head: Head


@dataclass(frozen=True, slots=True)
class Receipt:
    """A body with everything that a stranger needs to check it."""

    body: bytes
    index: int
    path: tuple[bytes, ...]
    batch: Batch

    def as_bytes(self) -> bytes:
        """The receipt as canonical JSON: the form in which it is sent, stored and verified. About 3 µs."""
        batch, head = self.batch, self.batch.head
        path = ",".join([f'"{_text(hashed)}"' for hashed in self.path])
        rest = (
            f',"head":{{"root":"{_text(head.root)}","size":"{head.size}"}}'
            f',"index":"{self.index}","key":"{batch.key}","path":[{path}],'
            f'"signature":"{_text(batch.signature)}","size":"{batch.size}"}}'
        )
        return b'{"body":' + self.body + rest.encode("ascii")

    def as_json(self) -> JSON:
        """The same, as a value."""
        return canonical.decode(self.as_bytes())


def issue(bodies: Sequence[bytes], key: SigningKey, *, head: Head) -> list[Receipt]:
    """A receipt for each body, under one signature that names the log's `head`. About 10 µs a body."""
    if not bodies:
        return []
    levels = _levels([chain.leaf_hash(body) for body in bodies])
    root = levels[-1][0]
    batch = Batch(len(bodies), root, str(key.verifier), key.sign(_signed(len(bodies), root, head)), head)
    paths = _paths(levels)
    return [Receipt(body, index, paths[index], batch) for index, body in enumerate(bodies)]


def verify(receipt: Receipt, key: VerifierKey) -> None:
    """Raises `BadReceipt` unless `key` signed the batch and the body stands in it at its index."""
    leaf_hash = chain.leaf_hash(receipt.body)
    root = merkle.root_from_inclusion(leaf_hash, receipt.index, receipt.batch.size, receipt.path)
    if root is None or root != receipt.batch.root:
        raise BadReceipt("the path does not lead from the body to a root of that size")
    if not key.holds(_signed(receipt.batch.size, root, receipt.batch.head), receipt.batch.signature):
        raise BadReceipt("the signature is not the platform's")


def faults(receipt: Receipt, trusted: Keyring | None) -> Iterator[str]:
    """What is wrong with a receipt, in words; with no trusted keys, the one that it names itself is believed."""
    known = trusted.find(receipt.batch.key) if trusted else None
    if trusted and known is None:
        yield "it is signed by a key that the platform did not publish"
        return
    try:
        verify(receipt, known.key if known else VerifierKey.parse(receipt.batch.key))
    except (BadReceipt, BadNote) as error:
        yield str(error)
        return
    body = canonical.decode(receipt.body)
    at = body.get("received_at") if isinstance(body, Mapping) else None
    if known and isinstance(at, str) and not known.was_valid(at):
        yield f"its key was not in use at {at}"


def from_json(value: object) -> Receipt:
    """The receipt that `as_json` wrote; raises `BadReceipt`. The root is the one the path leads to."""
    if not isinstance(value, Mapping) or not isinstance(value.get("body"), Mapping):
        raise BadReceipt("a receipt is an object that holds a body")
    try:
        body = canonical.encode(value["body"])
        index, size = _count(value["index"]), _count(value["size"])
        path = tuple(_bytes(item) for item in value["path"])
        key, signature = str(value["key"]), _bytes(value["signature"])
        head = Head(_count(value["head"]["size"]), _bytes(value["head"]["root"]))
    except (KeyError, TypeError, canonical.NotCanonical) as error:
        raise BadReceipt(f"the receipt is malformed: {error}") from None
    root = merkle.root_from_inclusion(chain.leaf_hash(body), index, size, path)
    if root is None:
        raise BadReceipt("the path does not fit index and size")
    if len(head.root) != 32:
        raise BadReceipt("the head names no root")
    return Receipt(body, index, path, Batch(size, root, key, signature, head))


def head_fault(head: Head, at_same_size: bytes | None) -> str:
    """What speaks against a receipt's head, empty when nothing does.

    `at_same_size` is the root that the log had at that size, by whoever is asked; None where it never was so long.
    """
    if at_same_size is None:
        return f"it names a head of {head.size} entries, the log is shorter: it was rewound, or forked"
    if at_same_size != head.root:
        return f"it names a head of {head.size} entries with another root: the log was forked, or shown differently"
    return ""


def split_views(shown: Sequence[Receipt]) -> Iterator[str]:
    """Receipts that were shown heads of one size with different roots, in words: no log can be both."""
    roots: dict[int, bytes] = {}
    for number, receipt in enumerate(shown, start=1):
        head = receipt.batch.head
        if roots.setdefault(head.size, head.root) != head.root:
            yield f"receipt {number}: {head_fault(head, roots[head.size])}"


def _signed(size: int, root: bytes, head: Head) -> bytes:
    return CONTEXT + size.to_bytes(8, "big") + root + head.size.to_bytes(8, "big") + head.root


def _levels(hashes: list[bytes]) -> list[list[bytes]]:
    """The rows of the tree from the leaves to the root; a lone last node rises unchanged, which is RFC 6962's tree."""
    levels = [hashes]
    while len(hashes) > 1:
        paired = [merkle.node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = paired + hashes[len(hashes) & ~1 :]
        levels.append(hashes)
    return levels


def _paths(levels: list[list[bytes]]) -> list[tuple[bytes, ...]]:
    """The audit path of every leaf, from the root down: a node's path is its sibling and its parent's path."""
    paths: list[tuple[bytes, ...]] = [()]
    for row in reversed(levels[:-1]):
        size = len(row)
        above, paths = paths, []
        for place in range(size):
            sibling, upwards = place ^ 1, above[place >> 1]
            paths.append((row[sibling], *upwards) if sibling < size else upwards)
    return paths


@lru_cache(maxsize=4_096)
def _text(data: bytes) -> str:
    """Remembered, because the nodes of a batch stand in the paths of many receipts."""
    return binascii.b2a_base64(data, newline=False).decode()


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise BadReceipt(f"{text!r} is no base64") from None


def _count(text: object) -> int:
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadReceipt(f"{text!r} is no count")
    return int(text)
