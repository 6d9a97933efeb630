"""Entries that must stay secret for a time: committed now, opened later, and the opening checked by anybody.

A *blinded* entry stands in the log with its stream, type, actor and key replaced and its instant coarsened to the hour;
its payload is `{"commitment":…}`. What it hides is its *opening*, canonical JSON:

    {"actor":…,"key":…|null,"payload":{…},"stream":…,"ts":…,"type":…}

    commitment   SHA-256("luochui/opening/v1\\n" ‖ salt ‖ opening)
    stream       "blind:" ‖ first 32 hex digits of SHA-256("luochui/blind-stream/v1\\n" ‖ stream salt ‖ stream)
    actor        "blind:" ‖ first 32 hex digits of SHA-256("luochui/blind-actor/v1\\n" ‖ salt ‖ actor)
    key          "blind:" ‖ first 32 hex digits of SHA-256("luochui/blind-key/v1\\n" ‖ stream salt ‖ key)

Where only the payload is secret, the other columns stay as they are. An opening is published as an ordinary entry
`evidence.revealed` of the stream that was hidden:

    {"blinded":{"actor":…,"hash":…,"key":…,"payload":{"commitment":…},"prev":…,"seq":…,"stream":…,"ts":…,"type":…},
     "opening":{…},"salt":…,"stream_salt":…|null}

Standard library only.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commons.evidence.domain import canonical, chain
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import Draft, Link

BLIND = "blind:"
BLINDED = "evidence.blinded"
REVEALED = "evidence.revealed"
SALT_BYTES = 32

_COMMITTED = re.compile(rb'\{"commitment":"[0-9a-f]{64}"\}')


@dataclass(frozen=True, slots=True)
class Opening:
    """What a blinded entry hides, with the salts that show it. No stream salt: only the payload was hidden."""

    stream: str
    draft: Draft
    salt: bytes
    stream_salt: bytes | None

    @property
    def as_bytes(self) -> bytes:
        """What the commitment covers."""
        type_, actor, payload, ts, key = self.draft
        value = canonical.decode(payload)
        return canonical.encode(
            {"stream": self.stream, "type": type_, "actor": actor, "payload": value, "ts": ts, "key": key}
        )

    @property
    def commitment(self) -> str:
        return hashlib.sha256(b"luochui/opening/v1\n" + self.salt + self.as_bytes).hexdigest()

    @property
    def shown_stream(self) -> str:
        """The stream in which the entry stands while it is secret."""
        return self.stream if self.stream_salt is None else blind_stream(self.stream, self.stream_salt)

    @property
    def shown(self) -> Draft:
        """The entry as it stands in the log while it is secret."""
        type_, actor, _, ts, key = self.draft
        payload = canonical.encode({"commitment": self.commitment})
        if self.stream_salt is None:
            return Draft(type_, actor, payload, ts, key)
        blind_actor = _blind("actor", self.salt, actor)
        return Draft(BLINDED, blind_actor, payload, coarse(ts), key and blind_key(key, self.stream_salt))


def blind_stream(stream: str, stream_salt: bytes) -> str:
    """The name under which a secret stream stands in the log."""
    return _blind("stream", stream_salt, stream)


def blind_key(key: str, stream_salt: bytes) -> str:
    """The idempotency key of a secret entry: the same key is still found again."""
    return _blind("key", stream_salt, key)


def coarse(ts: str) -> str:
    """The hour in which something happened."""
    return f"{ts[:13]}:00:00.000Z"


def is_committed(payload: bytes) -> bool:
    """Whether a payload is the commitment to a secret one."""
    return _COMMITTED.fullmatch(payload) is not None


def revelation(blinded: Link, opening: Opening) -> dict[str, JSON]:
    """The payload of the entry that publishes `opening`."""
    shown = blinded._asdict()
    return {
        "blinded": {
            **{name: shown[name] for name in ("stream", "type", "actor", "ts", "key")},
            "seq": str(blinded.seq),
            "payload": canonical.decode(blinded.payload),
            "prev": blinded.prev.hex(),
            "hash": blinded.hash.hex(),
        },
        "opening": canonical.decode(opening.as_bytes),
        "salt": opening.salt.hex(),
        "stream_salt": None if opening.stream_salt is None else opening.stream_salt.hex(),
    }


def opened(payload: bytes) -> tuple[Link, Opening]:
    """The blinded entry and its opening, from the payload of a revelation. Raises `ValueError`."""
    try:
        value = canonical.decode(payload)
        if not isinstance(value, Mapping) or set(value) != {"blinded", "opening", "salt", "stream_salt"}:
            raise ValueError("its fields are not those of a revelation")
        stream_salt = value["stream_salt"]
        return _link(value["blinded"]), Opening(
            *_draft(value["opening"]),
            bytes.fromhex(str(value["salt"])),
            None if stream_salt is None else bytes.fromhex(str(stream_salt)),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a revelation is malformed: {error}") from None


def revelation_faults(stream: str, payload: bytes) -> Iterator[str]:
    """Whether a revelation in `stream` opens an entry that has the hash it names, in words."""
    try:
        blinded, opening = opened(payload)
    except ValueError as error:
        yield str(error)
        return
    where = f"the opening of {blinded.stream} seq {blinded.seq}"
    if chain.recompute(blinded) != blinded.hash:
        yield f"{where}: the entry does not have its hash"
    if opening.stream != stream:
        yield f"{where}: belongs to {opening.stream}"
    yield from opening_faults(blinded, opening)


def opening_faults(blinded: Link, opening: Opening) -> Iterator[str]:
    """Whether `opening` is what the blinded entry committed to."""
    shown = (blinded.type, blinded.actor, blinded.payload, blinded.ts, blinded.key)
    if len(opening.salt) != SALT_BYTES or opening.shown_stream != blinded.stream or opening.shown != shown:
        yield f"the opening of {blinded.stream} seq {blinded.seq}: is not what was committed to"


def _blind(kind: str, salt: bytes, text: str) -> str:
    return BLIND + hashlib.sha256(f"luochui/blind-{kind}/v1\n".encode() + salt + text.encode()).hexdigest()[:32]


def _link(value: JSON) -> Link:
    if not isinstance(value, Mapping):
        raise TypeError("the blinded entry is no object")
    key = value["key"]
    return Link(
        str(value["stream"]),
        int(str(value["seq"])),
        str(value["type"]),
        str(value["actor"]),
        canonical.encode(value["payload"]),
        str(value["ts"]),
        None if key is None else str(key),
        bytes.fromhex(str(value["prev"])),
        bytes.fromhex(str(value["hash"])),
    )


def _draft(value: JSON) -> tuple[str, Draft]:
    if not isinstance(value, Mapping):
        raise TypeError("the opening is no object")
    key, payload = value["key"], canonical.encode(value["payload"])
    draft = Draft(str(value["type"]), str(value["actor"]), payload, str(value["ts"]), None if key is None else str(key))
    return str(value["stream"]), draft
