"""What is sealed: a list of the files, then the files one after the other, then zeros up to the padded length.

    length of the list (4) ‖ {"bidder":…,"files":[{"name":…,"size":…}],"salt":…} ‖ bytes of the files ‖ zeros

Names, sizes and the bidder stand nowhere else. Beside the payload an envelope holds the attestation:
`{"certificates":[DER in base64, the bidder's first],"signature":CMS over the commitment in base64}`, empty where the
rules of the intake ask for no signature.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commons.evidence.domain import canonical
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.header import EnvelopeBroken, Header, bidder_ref

LARGEST_LIST = 512 * 1024
MOST_FILES = 1000
_ZEROS = bytes(64 * 1024)


class PayloadBroken(Exception):
    """The content came out as it went in, but is not what an envelope holds: the bidder's program was wrong."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file inside; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of what is inside."""

    bidder: str
    salt: bytes
    files: tuple[SealedFile, ...]

    def encode(self) -> bytes:
        body = canonical.encode(
            {
                "bidder": self.bidder,
                "files": [{"name": file.name, "size": str(file.size)} for file in self.files],
                "salt": self.salt.hex(),
            }
        )
        return len(body).to_bytes(4, "big") + body

    @property
    def length(self) -> int:
        """Bytes before padding."""
        return len(self.encode()) + sum(file.size for file in self.files)

    def belongs_to(self, header: Header) -> bool:
        """Whether the blinded reference in the header is this bidder's: an envelope cannot be relabelled."""
        return header.bidder_ref == bidder_ref(self.bidder, self.salt, header.suite)


@dataclass(frozen=True, slots=True)
class Attestation:
    """Certificates (DER) and the CMS signature over the commitment; both empty when nothing was signed."""

    certificates: tuple[bytes, ...] = ()
    signature: bytes = b""

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "certificates": [to_base64(certificate) for certificate in self.certificates],
                "signature": to_base64(self.signature),
            }
        )


def parse_attestation(data: bytes) -> Attestation:
    """Raises `PayloadBroken`."""
    try:
        value = canonical.decode(data)
        if not isinstance(value, Mapping) or not isinstance(value["certificates"], list):
            raise PayloadBroken("attestation")
        certificates = tuple(from_base64(str(item)) for item in value["certificates"])
        return Attestation(certificates, from_base64(str(value["signature"])))
    except (KeyError, ValueError, EnvelopeBroken):
        raise PayloadBroken("attestation") from None


def parse_contents(data: bytes, *, padded_len: int) -> Contents:
    """The list. Raises `PayloadBroken`."""
    try:
        value = canonical.decode(data)
        if not isinstance(value, Mapping) or not isinstance(value["files"], list):
            raise PayloadBroken("list")
        files = tuple(_file(item) for item in value["files"])
        contents = Contents(str(value["bidder"]), bytes.fromhex(str(value["salt"])), files)
    except (KeyError, ValueError, TypeError):
        raise PayloadBroken("list") from None
    if not 1 <= len(files) <= MOST_FILES or contents.length > padded_len:
        raise PayloadBroken("list")
    return contents


def _file(item: object) -> SealedFile:
    if not isinstance(item, Mapping) or not str(item["size"]).isdecimal():
        raise PayloadBroken("list")
    return SealedFile(str(item["name"]), int(str(item["size"])))


class Unpacker:
    """Takes the plaintext apart while it comes out of the chunks: first the list, then pieces of the files."""

    def __init__(self, padded_len: int) -> None:
        self._padded_len, self._held = padded_len, bytearray()
        self._place, self._left, self._total = 0, 0, 0
        self.contents: Contents | None = None

    def feed(self, data: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
        """Pieces as (number of the file, bytes). Raises `PayloadBroken`, also when the padding is not zeros.

        Pieces are views of `data`: nothing but the list is copied.
        """
        self._total += len(data)
        rest = memoryview(data)
        if self.contents is None:
            before = len(self._held)
            self._held += rest[: 4 + LARGEST_LIST - before]
            rest = rest[max(self._list() - before, 0) :]
        if self.contents is not None:
            yield from self._files(rest)

    def size_of(self, place: int) -> int:
        """The bytes of a file of the list, as soon as pieces of it come."""
        assert self.contents is not None, "files follow the list"
        return self.contents.files[place].size

    def finish(self) -> Contents:
        """Raises `PayloadBroken` when a file was cut."""
        if self.contents is None or self._place < len(self.contents.files) or self._total != self._padded_len:
            raise PayloadBroken("files")
        return self.contents

    def _list(self) -> int:
        """Read the list once it is whole; how long it is."""
        length = int.from_bytes(self._held[:4], "big")
        if length > LARGEST_LIST:
            raise PayloadBroken("list")
        if len(self._held) < 4 + length:
            return len(self._held)
        self.contents = parse_contents(bytes(self._held[4 : 4 + length]), padded_len=self._padded_len)
        self._held.clear()
        self._left = self.contents.files[0].size
        return 4 + length

    def _files(self, data: memoryview) -> Iterator[tuple[int, memoryview]]:
        assert self.contents is not None, "files follow the list"
        files = self.contents.files
        while self._place < len(files) and (data or not self._left):
            piece, data = data[: self._left], data[self._left :]
            self._left -= len(piece)
            if piece:
                yield self._place, piece
            if not self._left:
                self._place += 1
                self._left = files[self._place].size if self._place < len(files) else 0
        if self._place == len(files) and not _is_zero(data):
            raise PayloadBroken("padding")


def _is_zero(data: memoryview) -> bool:
    """In small pieces: fresh memory for a whole chunk would take longer than looking through it."""
    pieces = (bytes(data[start : start + len(_ZEROS)]) for start in range(0, len(data), len(_ZEROS)))
    return all(piece == _ZEROS[: len(piece)] for piece in pieces)


def plaintext(contents: Contents, files: Iterable[Iterable[bytes]], *, padded_len: int) -> Iterator[bytes]:
    """Everything that is sealed, in pieces; the files' bytes come in the order of the list."""
    sent = 0
    for piece in _pieces(contents, files):
        sent += len(piece)
        yield piece
    if sent != contents.length:
        raise PayloadBroken("a file changed while it was read")
    missing = padded_len - sent
    while missing:
        zeros = bytes(min(missing, 1024 * 1024))
        missing -= len(zeros)
        yield zeros


def _pieces(contents: Contents, files: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    yield contents.encode()
    for file in files:
        yield from file
