"""The status chain of a guarantee: what became of it, each entry signed by the platform and naming the one before.

An entry's body is canonical JSON:

    format    luochui-guarantee-status/v1
    platform  the name under which the platform signs
    anchor    SHA-256 of the guarantee's first version: its name towards strangers
    seq       1, 2, 3 …
    status    ISSUED, EXTENDED, OPENED, RELEASED, CLAIMED, PAID, REFUSED, CANCELLED, EXPIRED
    version   the anchor of the version that stands from now on
    at        RFC 3339 in UTC
    prev      SHA-256 of the body before, empty in the first

The platform signs `"luochui-guarantee-status/v1\\n" ‖ body` with Ed25519. No entry names a person, an organisation or a
procedure. Whoever holds the platform's public keys checks a chain offline. Standard library and `cryptography` only.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.notes import BadNote, SigningKey
from commons.evidence.domain.trust import Keyring

FORMAT = "luochui-guarantee-status/v1"


class Status(StrEnum):
    ISSUED = "ISSUED"
    EXTENDED = "EXTENDED"
    OPENED = "OPENED"
    RELEASED = "RELEASED"
    CLAIMED = "CLAIMED"
    PAID = "PAID"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.ISSUED: frozenset({Status.OPENED, Status.RELEASED, Status.CANCELLED, Status.EXPIRED}),
    Status.OPENED: frozenset({Status.RELEASED, Status.CLAIMED, Status.EXPIRED}),
    Status.CLAIMED: frozenset({Status.PAID, Status.REFUSED}),
    Status.REFUSED: frozenset({Status.RELEASED, Status.CLAIMED, Status.EXPIRED}),
}
"""What may come after what; a chain that goes another way was not written by the state machine."""

EXTENDABLE = frozenset({Status.ISSUED, Status.OPENED, Status.REFUSED})
"""An extension may come after these and leaves the status what it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A signed entry."""

    body: bytes
    key: str
    """The verifier key in its text form."""
    signature: bytes

    @property
    def hash(self) -> str:
        return canonical.digest(self.body)

    def as_json(self) -> dict[str, JSON]:
        signature = base64.b64encode(self.signature).decode()
        return {"body": canonical.decode(self.body), "key": self.key, "signature": signature}

    @classmethod
    def parse(cls, value: object) -> "Entry":
        """The entry that `as_json` wrote; raises `ValueError`."""
        if not isinstance(value, Mapping) or not isinstance(value.get("body"), Mapping):
            raise ValueError("an entry is an object that holds a body")
        try:
            signature = base64.b64decode(str(value.get("signature")), validate=True)
        except binascii.Error:
            raise ValueError("the signature is no base64") from None
        return cls(canonical.encode(value["body"]), str(value.get("key")), signature)


def append(entries: Sequence[Entry], *, anchor: str, status: Status, version: str, at: str, key: SigningKey) -> Entry:
    """The next entry of a chain."""
    body = canonical.encode(
        {
            "format": FORMAT,
            "platform": key.verifier.name,
            "anchor": anchor,
            "seq": str(len(entries) + 1),
            "status": status.value,
            "version": version,
            "at": at,
            "prev": entries[-1].hash if entries else "",
        }
    )
    return Entry(body, str(key.verifier), key.sign(_signed(body)))


def faults(entries: Sequence[Entry], *, anchor: str, trusted: Keyring | None) -> Iterator[str]:
    """What is wrong with the chain of a guarantee, in words. Without trusted keys nothing is believed."""
    previous, last = "", None
    if not entries:
        yield "there is no entry"
    for number, entry in enumerate(entries, start=1):
        where = f"entry {number}"
        body = canonical.decode(entry.body)
        assert isinstance(body, Mapping), "parsed as an object"
        if body.get("format") != FORMAT or body.get("seq") != str(number):
            yield f"{where} is not entry {number} of a chain of the form {FORMAT}"
        if body.get("anchor") != anchor:
            yield f"{where} belongs to another guarantee"
        if body.get("prev") != previous:
            yield f"{where} does not follow the one before"
        yield from (f"{where} {fault}" for fault in _order_faults(last, body.get("status")))
        yield from (f"{where} {fault}" for fault in _signature_faults(entry, body, trusted))
        previous, last = entry.hash, last if body.get("status") == Status.EXTENDED else body.get("status")


def _order_faults(last: object, status: object) -> Iterator[str]:
    if status not in set(Status):
        yield f"has no known status: {status}"
        return
    if last is None:
        if status != Status.ISSUED:
            yield f"begins a chain with {status}"
        return
    known = Status(str(last)) if last in set(Status) else None
    allowed = EXTENDABLE if status == Status.EXTENDED else {one for one, next_ in FOLLOWS.items() if status in next_}
    if known not in allowed:
        yield f"says {status} after {last}"


def _signature_faults(entry: Entry, body: Mapping[str, JSON], trusted: Keyring | None) -> Iterator[str]:
    if trusted is None:
        return
    try:
        known = trusted.find(entry.key)
    except BadNote as error:
        yield str(error)
        return
    if known is None:
        yield "is signed by a key that the platform did not publish"
    elif known.key.name != body.get("platform"):
        yield f"is signed by {known.key.name} for another platform"
    elif not known.key.holds(_signed(entry.body), entry.signature):
        yield "has a signature that is not the platform's"
    elif not known.was_valid(str(body.get("at"))):
        yield f"is signed by a key that was not in use at {body.get('at')}"


def _signed(body: bytes) -> bytes:
    return FORMAT.encode() + b"\n" + body
