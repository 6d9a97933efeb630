"""The log as a file that a stranger can check: `luochui-log/v1`, one line of canonical JSON each.

    header   {"checkpoint":<note>|null,"format":"luochui-log/v1","keys":{…},"origin":…,"streams":[…]}
    entry    {"actor":…,"hash":…,"index":…|null,"key":…|null,"path":[…]|null,"payload":{…},"prev":…,"seq":…,
              "stream":…,"ts":…,"type":…}
    trailer  {"entries":<count>,"note":<seal>}

The seal is a note in the form of a checkpoint, signed by the same key: origin `<origin>/export`, the count of entries
as size, SHA-256 of all bytes before the trailer as root. So nobody can cut off the last entries of a stream.

Each stream is whole from seq 1, its entries in order. `index` and `path` (base64) prove an entry in the tree of the
checkpoint; entries younger than the checkpoint have null. Standard library and `cryptography` only.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commons.evidence.domain import blinding, canonical, chain, merkle, notes
from commons.evidence.domain.canonical import JSON, NotCanonical
from commons.evidence.domain.chain import START, Head, Link
from commons.evidence.domain.notes import BadNote, Checkpoint, SigningKey
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring

FORMAT = "luochui-log/v1"
SEAL = "/export"


class NoExport(ValueError):
    """The file is no exported log at all: bad input, not a broken log."""


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry with its place in the tree of the checkpoint, if it is there already."""

    link: Link
    index: int | None = None
    path: tuple[bytes, ...] = ()


def write(
    *,
    key: SigningKey,
    at: str,
    checkpoint: str | None,
    keys: Keyring,
    streams: Sequence[str],
    entries: Iterable[Proven],
) -> Iterator[bytes]:
    """The lines of an export of the log whose origin is the name of `key`, sealed by it."""
    header: dict[str, JSON] = {
        "format": FORMAT,
        "origin": key.name,
        "checkpoint": checkpoint,
        "keys": keys.as_json(),
        "streams": list(streams),
    }
    line = canonical.encode(header) + b"\n"
    written, digest = 0, hashlib.sha256(line)
    yield line
    for entry in entries:
        line = canonical.encode(entry_json(entry)) + b"\n"
        written += 1
        digest.update(line)
        yield line
    seal = Checkpoint(key.name + SEAL, written, digest.digest(), at)
    yield canonical.encode({"entries": str(written), "note": notes.sign(seal.text(), key)}) + b"\n"


def check(lines: Iterable[bytes], *, trusted: Keyring | None = None) -> Report:
    """Read an export once, from top to bottom. Raises `NoExport` when its first line is no header.

    With `trusted` keys the checkpoint must be signed by one of them; without, by a key that the file itself names,
    which shows that the file is consistent but not who made it.
    """
    rest = iter(lines)
    first = next(rest, b"")
    header = _header(first)
    try:
        believed = trusted or Keyring.parse(header["keys"])
    except BadNote as error:
        raise NoExport(str(error)) from None
    reading = _Reading(Report(), str(header["origin"]), _names(header), believed, hashlib.sha256(first))
    if header["checkpoint"] is not None:
        reading.believe(str(header["checkpoint"]))
    for line in rest:
        reading.take(line)
    reading.finish()
    reading.report.facts |= {
        "origin": reading.origin,
        "keys_trusted": trusted is not None,
        "checkpoint": _checkpoint_json(reading.checkpoint),
        "signed_by": reading.signed_by,
    }
    return reading.report


@dataclass(slots=True)
class _Reading:
    report: Report
    origin: str
    streams: list[str]
    keys: Keyring
    digest: "hashlib._Hash"
    checkpoint: Checkpoint | None = None
    signed_by: str | None = None
    heads: dict[str, Head] = field(default_factory=dict)
    stream: str = ""
    entries: int = 0
    proven: int = 0
    indexes: set[int] = field(default_factory=set)
    young: bool = False
    """Whether the present stream has passed into entries younger than the checkpoint."""
    trailer: bool = False

    def believe(self, note: str) -> None:
        """The checkpoint of the header, or the fault that keeps it from being believed."""
        try:
            checkpoint, signer = self.keys.open(note)
        except BadNote as error:
            self.report.fault(f"the checkpoint cannot be believed: {error}")
            return
        if checkpoint.origin != self.origin:
            self.report.fault("the checkpoint is of another log")
            return
        self.checkpoint, self.signed_by = checkpoint, str(signer)

    def take(self, line: bytes) -> None:
        """One line after the header."""
        try:
            value = canonical.decode(line.removesuffix(b"\n"))
        except NotCanonical as error:
            self.report.fault(f"line {self.entries + 2} is not canonical JSON: {error}")
            return
        if self.trailer:
            self.report.fault("there are lines after the trailer")
        elif isinstance(value, Mapping) and set(value) == {"entries", "note"}:
            self._end(value)
        else:
            self.digest.update(line)
            self._entry(value)

    def finish(self) -> None:
        """After the last line."""
        if not self.trailer:
            self.report.fault("the file is cut off: its trailer is missing")
        self.report.fault(*(f"{name}: its entries are missing" for name in self.streams if name not in self.heads))
        self.report.facts |= {
            "streams": str(len(self.heads)),
            "entries": str(self.entries),
            "in_checkpoint": str(self.proven),
            "heads": {name: {"seq": str(head.seq), "hash": head.hash.hex()} for name, head in self.heads.items()},
        }

    def _end(self, value: Mapping[str, JSON]) -> None:
        self.trailer = True
        try:
            seal, signer = self.keys.open(str(value["note"]), suffix=SEAL)
        except BadNote as error:
            self.report.fault(f"the seal cannot be believed: {error}")
            return
        self.signed_by = self.signed_by or str(signer)
        told = (seal.origin, str(seal.size), value["entries"], seal.root)
        if told != (self.origin + SEAL, str(self.entries), str(self.entries), self.digest.digest()):
            self.report.fault("the seal is of another file: lines were changed, added or taken away")

    def _entry(self, value: JSON) -> None:
        self.entries += 1
        try:
            entry = entry_from(value)
        except (KeyError, TypeError, ValueError) as error:
            self.report.fault(f"line {self.entries + 1} is no entry: {error}")
            return
        link = entry.link
        if link.stream != self.stream:
            self._begin(link.stream)
        before = self.heads.get(link.stream, START)
        self.report.add(chain.check_links([link], stream=link.stream, head=before))
        self.heads[link.stream] = link.head
        self.report.add(self._place_faults(entry))
        if link.type == blinding.REVEALED:
            self.report.add(blinding.revelation_faults(link.stream, link.payload))

    def _begin(self, stream: str) -> None:
        if stream not in self.streams or stream in self.heads:
            self.report.fault(f"{stream}: the header does not name it here")
        self.stream, self.young = stream, False

    def _place_faults(self, entry: Proven) -> Iterator[str]:
        where = f"{entry.link.stream} seq {entry.link.seq}"
        if entry.index is None:
            self.young = True
            return
        if self.young:
            yield f"{where}: is in the tree although an earlier entry of the stream is not"
        if entry.index in self.indexes:
            yield f"{where}: shares its place in the tree with another entry"
        self.indexes.add(entry.index)
        self.proven += 1
        if self.checkpoint is None:
            yield f"{where}: claims a place in a tree without a checkpoint"
            return
        found = merkle.root_from_inclusion(entry.link.hash, entry.index, self.checkpoint.size, entry.path)
        if found != self.checkpoint.root:
            yield f"{where}: its proof does not lead to the root of the checkpoint"


def _header(line: bytes) -> Mapping[str, JSON]:
    try:
        header = canonical.decode(line.removesuffix(b"\n"))
    except NotCanonical:
        header = None
    if not isinstance(header, Mapping) or header.get("format") != FORMAT:
        raise NoExport(f"the file does not begin with a header of the form {FORMAT}")
    if set(header) != {"format", "origin", "checkpoint", "keys", "streams"}:
        raise NoExport("the header has other fields than it should")
    return header


def _names(header: Mapping[str, JSON]) -> list[str]:
    streams = header["streams"]
    if not isinstance(streams, list) or not all(isinstance(name, str) for name in streams):
        raise NoExport("the header does not list streams")
    return [str(name) for name in streams]


def _checkpoint_json(checkpoint: Checkpoint | None) -> JSON:
    if checkpoint is None:
        return None
    root = base64.b64encode(checkpoint.root).decode()
    return {"size": str(checkpoint.size), "root": root, "at": checkpoint.at}


def entry_json(entry: Proven) -> dict[str, JSON]:
    """An entry with its proof, as a line of an export and as part of other records."""
    link = entry.link
    placed = entry.index is not None
    return {
        "stream": link.stream,
        "seq": str(link.seq),
        "type": link.type,
        "actor": link.actor,
        "payload": canonical.decode(link.payload),
        "ts": link.ts,
        "key": link.key,
        "prev": link.prev.hex(),
        "hash": link.hash.hex(),
        "index": str(entry.index) if placed else None,
        "path": [base64.b64encode(hashed).decode() for hashed in entry.path] if placed else None,
    }


_FIELDS = {"stream", "seq", "type", "actor", "payload", "ts", "key", "prev", "hash", "index", "path"}


def entry_from(value: JSON) -> Proven:
    """The entry that `entry_json` wrote; raises `KeyError`, `TypeError`, `ValueError`."""
    if not isinstance(value, Mapping) or set(value) != _FIELDS:
        raise ValueError("its fields are not those of an entry")
    key = None if value["key"] is None else str(value["key"])
    stream, type_, actor, ts = (str(value[name]) for name in ("stream", "type", "actor", "ts"))
    chain.check_names(stream, type_, actor, key)
    chain.check_ts(ts)
    prev, hashed = bytes.fromhex(str(value["prev"])), bytes.fromhex(str(value["hash"]))
    payload = canonical.encode(value["payload"])
    link = Link(stream, count(value["seq"]), type_, actor, payload, ts, key, prev, hashed)
    if value["index"] is None and value["path"] is None:
        return Proven(link)
    return Proven(link, count(value["index"]), path_from(value["path"]))


def count(text: object) -> int:
    """The number that canonical text spells; raises `ValueError`."""
    if (
        not isinstance(text, str)
        or not text.isascii()
        or not text.isdecimal()
        or len(text) > 18
        or str(int(text)) != text
    ):
        raise ValueError(f"{text!r} is no count")
    return int(text)


def path_from(items: object) -> tuple[bytes, ...]:
    """The hashes of a proof from their base64; raises `ValueError`."""
    if not isinstance(items, list):
        raise ValueError("a path is a list")
    try:
        return tuple(base64.b64decode(str(item), validate=True) for item in items)
    except binascii.Error:
        raise ValueError("a path holds base64") from None
