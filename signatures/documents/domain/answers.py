"""What is said about a signed document: separate answers to separate questions, nothing lumped together."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from commons.domain.text import gettext_noop
from commons.domain.time import from_text, to_text


class Covers(StrEnum):
    """What the last signature or archive stamp covers."""

    WHOLE = "WHOLE"
    PROOF_FOLLOWS = "PROOF_FOLLOWS"
    """All but proof of certificates and time stamps that were added after it."""
    LESS = "LESS"


class Level(StrEnum):
    """How long a document proves itself: the levels of ETSI EN 319 142-1."""

    NONE = "NONE"
    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class Fault(StrEnum):
    """Something that speaks against a document."""

    NO_SIGNATURE = "NO_SIGNATURE"
    NOT_INTACT = "NOT_INTACT"
    CONTAINER = "CONTAINER"
    SIGNATURE_WRONG = "SIGNATURE_WRONG"
    CHAIN = "CHAIN"
    VALIDITY = "VALIDITY"
    USAGE = "USAGE"
    REVOKED = "REVOKED"
    REVOCATION_UNKNOWN = "REVOCATION_UNKNOWN"
    TIME = "TIME"
    CHANGED = "CHANGED"
    NOT_COVERED = "NOT_COVERED"
    TRAILING = "TRAILING"
    NOT_REGISTERED = "NOT_REGISTERED"
    STATEMENT_MISSING = "STATEMENT_MISSING"


FAULT_WORDS: Mapping[Fault, str] = {
    Fault.NO_SIGNATURE: gettext_noop("The file carries no signature."),
    Fault.NOT_INTACT: gettext_noop("What was signed was changed afterwards."),
    Fault.CONTAINER: gettext_noop("A signature does not lie in the file as the standard wants it."),
    Fault.SIGNATURE_WRONG: gettext_noop("A signature does not fit its certificate."),
    Fault.CHAIN: gettext_noop("A certificate was not issued by an authority that is trusted here."),
    Fault.VALIDITY: gettext_noop("A certificate was not valid when it signed."),
    Fault.USAGE: gettext_noop("A certificate was issued for another use."),
    Fault.REVOKED: gettext_noop("A certificate was revoked when it signed."),
    Fault.REVOCATION_UNKNOWN: gettext_noop(
        "Nothing proves that a certificate was not revoked; that counts as revoked."
    ),
    Fault.TIME: gettext_noop("A time stamp does not hold."),
    Fault.CHANGED: gettext_noop("The file was changed after a signature in a way that the signature does not allow."),
    Fault.NOT_COVERED: gettext_noop("The last signature does not cover the whole file."),
    Fault.TRAILING: gettext_noop("Something was appended to the file."),
    Fault.STATEMENT_MISSING: gettext_noop("A signature travels in the file without what it is over."),
    Fault.NOT_REGISTERED: gettext_noop("The evidence log knows no file with this SHA-256."),
}


@dataclass(frozen=True, slots=True)
class SignatureAnswer:
    """The answers about one signature or archive stamp."""

    field_name: str
    stamp: bool
    """An archive stamp: by a time-stamp authority, over the whole document."""
    certifies: bool
    """The platform's signature that fixes what may still be filled in."""
    intact: bool = False
    right: bool = False
    chain: str = ""
    validity: str = ""
    usage: str = ""
    revocation: str = ""
    revoked_at: str = ""
    signer: str = ""
    organisation: str = ""
    serial: str = ""
    fingerprint: str = ""
    authority: str = ""
    time: str = ""
    """Proven by a time stamp; else empty."""
    time_by: str = ""
    claimed: str = ""
    """The time that the signer's program wrote in; it proves nothing."""
    unchanged: bool = False
    """Nothing but what it allows was added after it."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """The answers about a file. `registered` None: nobody asked the log."""

    sha256: str
    size: int
    signatures: tuple[SignatureAnswer, ...] = ()
    covers: Covers = Covers.LESS
    level: Level = Level.NONE
    faults: tuple[Fault, ...] = ()
    """Of the file as a whole; each signature has its own."""
    registered: bool | None = None
    registration: Mapping[str, str] = field(default_factory=dict)
    statements: tuple[SignatureAnswer, ...] = ()
    """Signatures beside the PDF that travel inside it, each over a statement of its own; named by their files."""

    @property
    def all_faults(self) -> list[Fault]:
        """Every fault once, the file's first."""
        missing = (Fault.NOT_REGISTERED,) if self.registered is False else ()
        per_signature = (fault for one in (*self.signatures, *self.statements) for fault in one.faults)
        return list(dict.fromkeys((*self.faults, *per_signature, *missing)))

    @property
    def holds(self) -> bool:
        """Nothing speaks against the document, and the log, where asked, knows it."""
        return not self.all_faults

    def _signed(self) -> list[SignatureAnswer]:
        return [one for one in self.signatures if not one.stamp]

    @property
    def intact(self) -> bool:
        changed = {Fault.CHANGED, Fault.TRAILING, Fault.NOT_INTACT, Fault.CONTAINER}
        return bool(self.signatures) and changed.isdisjoint(self.all_faults)

    @property
    def signature(self) -> bool:
        return bool(self._signed()) and all(one.intact and one.right for one in (*self.signatures, *self.statements))

    @property
    def chain(self) -> bool:
        answers = ((one.chain, one.validity, one.usage) for one in (*self.signatures, *self.statements))
        return bool(self._signed()) and all(answer == ("TRUSTED", "CURRENT", "ALLOWED") for answer in answers)

    @property
    def revocation(self) -> bool:
        return bool(self._signed()) and all(one.revocation == "GOOD" for one in (*self.signatures, *self.statements))

    @property
    def time(self) -> bool:
        return bool(self._signed()) and all(one.time for one in self.signatures)

    @property
    def coverage(self) -> bool:
        return self.covers != Covers.LESS and Fault.TRAILING not in self.faults

    def as_json(self) -> dict[str, Any]:
        """For commands and for the way out of the child process."""
        answers = ("intact", "signature", "chain", "revocation", "time", "coverage", "registered")
        told = {"holds": self.holds, **{name: getattr(self, name) for name in answers}}
        return {**told, **asdict(self), "faults": [str(fault) for fault in self.all_faults]}


def from_json(value: Mapping[str, Any]) -> DocumentAnswer:
    """The answer that `as_json` told."""
    signatures, statements = (_signatures(value[name]) for name in ("signatures", "statements"))
    own = {fault for one in (*signatures, *statements) for fault in one.faults} | {Fault.NOT_REGISTERED}
    return DocumentAnswer(
        sha256=value["sha256"],
        size=value["size"],
        signatures=signatures,
        covers=Covers(value["covers"]),
        level=Level(value["level"]),
        faults=tuple(Fault(fault) for fault in value["faults"] if fault not in own),
        registered=value["registered"],
        registration=value["registration"],
        statements=statements,
    )


def _signatures(values: Iterable[Mapping[str, Any]]) -> tuple[SignatureAnswer, ...]:
    return tuple(SignatureAnswer(**{**one, "faults": tuple(Fault(fault) for fault in one["faults"])}) for one in values)


def instant(text: str) -> datetime | None:
    """An instant of an answer; None for an empty one."""
    return from_text(text) if text else None


def worded(at: datetime | None) -> str:
    """An instant for an answer."""
    return to_text(at) if at is not None else ""
