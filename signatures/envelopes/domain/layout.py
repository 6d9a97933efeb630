"""An envelope as a file, and its commitment, reckoned while the bytes come in.

    magic (8) ‖ length of header (4) ‖ header ‖ length of manifest (4) ‖ manifest
    ‖ chunks, each with its 16-byte tag ‖ attestation (16,400)

    leaf   = H(ciphertext of a chunk, tag included)
    commit = H("env1" ‖ H(header) ‖ leaves)

H is the digest of the suite that the header names: SHA-256 or SM3. Lengths are big-endian. Nothing may follow, nothing
may be missing: the length of the file follows from the header.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from commons.domain.text import gettext_noop
from signatures.envelopes.domain import header as headers
from signatures.envelopes.domain import manifest as manifests
from signatures.envelopes.domain.header import EnvelopeBroken, Header
from signatures.envelopes.domain.manifest import Manifest
from signatures.envelopes.domain.suites import Digest

MAGIC = b"SBE1\r\n\x1a\n"
TAG = 16
ATTESTATION = 16 * 1024
"""Bytes that certificate and signature are padded to, before their tag."""
LARGEST_HEADER, LARGEST_MANIFEST = 4096, 64 * 1024
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the first chunk."""

    header: Header
    manifest: Manifest

    def encode(self) -> bytes:
        header, manifest = self.header.encode(), self.manifest.encode()
        return MAGIC + len(header).to_bytes(4, "big") + header + len(manifest).to_bytes(4, "big") + manifest

    @property
    def size(self) -> int:
        """The length of the whole file."""
        return len(self.encode()) + sealed_length(self.header) + ATTESTATION + TAG


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A whole envelope: what it says, what it commits to, how long it is."""

    prefix: Prefix
    leaves: tuple[bytes, ...]
    commit: str
    size: int


class Buffer:
    """Memory for one chunk at a time, used again for the chunks of the next envelope; for one thread."""

    def __init__(self) -> None:
        self._held = bytearray()

    def of(self, size: int) -> memoryview:
        """That many bytes, which hold whatever was there."""
        if len(self._held) < size:
            self._held = bytearray(size)
        return memoryview(self._held)[:size]


def chunk_count(header: Header) -> int:
    return -(-header.padded_len // header.chunk)


def chunk_length(header: Header, index: int) -> int:
    """The plaintext bytes of a chunk; only the last may be shorter."""
    return min(header.chunk, header.padded_len - index * header.chunk)


def sealed_length(header: Header) -> int:
    return header.padded_len + chunk_count(header) * TAG


def commitment(header: Header, leaves: Iterable[bytes]) -> str:
    """The one value that stands for the envelope: the bidder signs it, the receipt names it."""
    digest = header.sealing.digest(b"env1" + header.digest())
    for leaf in leaves:
        digest.update(leaf)
    return digest.hexdigest()


class Reckoner:
    """Reads an envelope piece by piece, in constant memory, and knows at the end what it commits to."""

    def __init__(self) -> None:
        self.prefix: Prefix | None = None
        self.leaves: list[bytes] = []
        self.size = 0
        self._leaf: Digest | None = None
        self._head, self._wanted = bytearray(), 0
        self._begins, self._ends = 0, 0  # of the chunks; of the envelope
        self.partial = False

    @classmethod
    def resumed(cls, prefix: Prefix, size: int) -> "Reckoner":
        """One that knows no leaf of the first `size` bytes: it tells the leaves of what follows, and no commitment.

        Raises `EnvelopeBroken` unless a chunk begins there.
        """
        found = cls()
        found._enter(prefix, len(prefix.encode()))
        index = found._chunks_before(size)
        if index is None:
            raise EnvelopeBroken(reason=gettext_noop("no chunk begins there"))
        found.partial, found.size, found.leaves = True, size, [b""] * index
        found._wanted = found._next()
        return found

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises `EnvelopeBroken` as soon as they cannot be an envelope."""
        self.size += len(data)
        rest = memoryview(data)
        if self.prefix is None:
            self._head += rest
            self.prefix, used = read_prefix(bytes(self._head))
            if self.prefix is None:
                return
            self._enter(self.prefix, used)
            rest = memoryview(bytes(self._head[used:]))
            self._head.clear()
        if self.size > self._ends:
            raise EnvelopeBroken(reason=gettext_noop("something follows after its end"))
        self._take(rest)

    def digest_since(self, start: int) -> bytes | None:
        """The digest over the leaves from byte `start` to here; none unless these are whole chunks."""
        if self.prefix is None:
            return None
        first, end = self._chunks_before(start), self._chunks_before(self.size)
        if first is None or end is None or end != len(self.leaves):
            return None
        digest = self.prefix.header.sealing.digest()
        for leaf in self.leaves[first:end]:
            digest.update(leaf)
        return digest.digest()

    def _chunks_before(self, place: int) -> int | None:
        """How many chunks end up to that byte of the envelope, if none is cut there."""
        assert self.prefix is not None, "lengths follow from the header"
        header = self.prefix.header
        whole, rest = divmod(place - self._begins, header.chunk + TAG)
        if place == self._begins + sealed_length(header):
            return chunk_count(header)
        return whole if rest == 0 and 0 <= whole < chunk_count(header) else None

    def _enter(self, prefix: Prefix, length: int) -> None:
        """Everything before the chunks is known. Its size is reckoned once: it is the whole of it, encoded."""
        self.prefix, self._begins, self._ends = prefix, length, prefix.size
        self._wanted = self._next()

    def _take(self, rest: memoryview) -> None:
        assert self.prefix is not None, "chunks follow the prefix"
        while len(rest) and self._wanted:
            piece, rest = rest[: self._wanted], rest[self._wanted :]
            self._leaf = self._leaf or self.prefix.header.sealing.digest()
            self._leaf.update(piece)
            self._wanted -= len(piece)
            if not self._wanted:
                self.leaves.append(self._leaf.digest())
                self._leaf, self._wanted = None, self._next()

    def _next(self) -> int:
        assert self.prefix is not None, "lengths follow from the header"
        index = len(self.leaves)
        return chunk_length(self.prefix.header, index) + TAG if index < chunk_count(self.prefix.header) else 0

    def finish(self) -> Reckoned:
        """What came in. Raises `EnvelopeBroken` when it is not a whole envelope."""
        if self.prefix is None or self.size != self._ends or self.partial:
            raise EnvelopeBroken(reason=gettext_noop("it is not complete"))
        commit = commitment(self.prefix.header, self.leaves)
        return Reckoned(self.prefix, tuple(self.leaves), commit, self.size)


def reckon(pieces: Iterable[bytes]) -> Reckoned:
    """Read a whole envelope. Raises `EnvelopeBroken`."""
    reckoner = Reckoner()
    for piece in pieces:
        reckoner.feed(piece)
    return reckoner.finish()


def read_prefix(data: bytes) -> tuple[Prefix | None, int]:
    """The prefix at the beginning of `data` and its length; none while it is incomplete. Raises `EnvelopeBroken`."""
    if data[:8] != MAGIC[: len(data)]:
        raise EnvelopeBroken(reason=gettext_noop("it is no envelope SBE-1"))
    header_data, after_header = _block(data, 8, LARGEST_HEADER)
    if header_data is None:
        return None, 0
    header = headers.parse(header_data)
    manifest_data, used = _block(data, after_header, LARGEST_MANIFEST)
    if manifest_data is None:
        return None, 0
    return Prefix(header, manifests.parse(manifest_data, header)), used


def _block(data: bytes, start: int, limit: int) -> tuple[bytes | None, int]:
    if len(data) < start + 4:
        return None, 0
    end = start + 4 + int.from_bytes(data[start : start + 4], "big")
    if end - start - 4 > limit:
        raise EnvelopeBroken(reason=gettext_noop("its header or its wrapped keys are too long"))
    return (data[start + 4 : end], end) if len(data) >= end else (None, 0)


def chunks(file: BinaryIO, header: Header, held: Buffer | None = None) -> Iterator[memoryview]:
    """The sealed chunks of a file that stands behind its prefix. Raises `EnvelopeBroken` at the first short one.

    All are views of one buffer: each is good until the next is asked for. Fresh memory for every chunk would take
    longer than decrypting it; who opens many envelopes brings its own.
    """
    buffer = (held or Buffer()).of(min(header.chunk, header.padded_len) + TAG)
    for index in range(chunk_count(header)):
        chunk = buffer[: chunk_length(header, index) + TAG]
        _fill(file, chunk)
        yield chunk


def _fill(file: BinaryIO, target: memoryview) -> None:
    filled = 0
    while filled < len(target) and (count := file.readinto(target[filled:])):  # type: ignore[attr-defined]  # as every file
        filled += count
    if filled < len(target):
        raise EnvelopeBroken(reason=gettext_noop("it is not complete"))


def read_exactly(file: BinaryIO, length: int) -> bytes:
    """That many bytes. Raises `EnvelopeBroken`."""
    parts, missing = [], length
    while missing and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    if missing:
        raise EnvelopeBroken(reason=gettext_noop("it is not complete"))
    return b"".join(parts)


def open_prefix(file: BinaryIO) -> Prefix:
    """The prefix of a file; the file then stands at the first chunk. Raises `EnvelopeBroken`."""
    head = file.read(LARGEST_HEADER + LARGEST_MANIFEST + 16)
    prefix, used = read_prefix(head)
    if prefix is None:
        raise EnvelopeBroken(reason=gettext_noop("it is not complete"))
    file.seek(used)
    return prefix
