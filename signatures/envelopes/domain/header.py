"""The header of an envelope SBE-1: what everybody may read of a sealed bid, and what all its keys are bound to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import from_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.crypto.suites import Suite, UnknownSuite
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.suites import SealingSuite

VERSION = "SBE-1"
MEBIBYTE = 1024 * 1024
SMALLEST_CHUNK, LARGEST_CHUNK = MEBIBYTE // 2, 8 * MEBIBYTE
SMALLEST_PAYLOAD = 64 * 1024
"""Below this every payload is padded to the same length."""
MOST_OFFICERS = 15
_HEX32 = re.compile(r"[0-9a-f]{64}")
_NAMES = frozenset(
    {
        "v",
        "tender",
        "lot",
        "bidder_ref",
        "alg",
        "chunk",
        "policy",
        "salt",
        "created",
        "roster_id",
        "padded_len",
    }
)


class EnvelopeBroken(Refusal):
    """The bytes are no envelope SBE-1, or one that was cut, reordered or altered. `reason` says where."""

    code = "ENVELOPE_BROKEN"
    message = gettext_noop("The sealed file is damaged: %(reason)s. Seal and upload it again.")
    status = 400


class Mode(StrEnum):
    """Who must take part in an opening; fixed and published with the tender."""

    AND = "AND"
    """The bidder and k of n officers."""
    OFFICERS = "OFFICERS"
    """k of n officers, also without the bidder."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How an envelope is opened: by whom, and by how many of how many officers."""

    mode: Mode
    k: int
    n: int

    def __post_init__(self) -> None:
        assert 2 <= self.k <= self.n <= MOST_OFFICERS, "no officer opens alone, and n of them hold shares"

    def as_json(self) -> dict[str, JSON]:
        return {"k": str(self.k), "mode": self.mode.value, "n": str(self.n)}


@dataclass(frozen=True, slots=True)
class Header:
    """The public part of an envelope. `chunk` and `padded_len` in bytes; `salt`, `manifest_digest` in hexadecimal."""

    tender: str
    lot: str
    bidder_ref: str
    chunk: int
    policy: Policy
    salt: str
    created: str
    roster_id: str
    padded_len: int
    manifest_digest: str
    """By the suite's digest, which names the field: `manifest_sha256`, `manifest_sm3`."""
    suite: Suite = Suite.INTERNATIONAL

    @property
    def sealing(self) -> SealingSuite:
        """The algorithms of this envelope."""
        return suites.of_suite(self.suite)

    def as_json(self) -> dict[str, JSON]:
        return {**self._context(), manifest_field(self.sealing): self.manifest_digest}

    def encode(self) -> bytes:
        """The canonical bytes that are hashed, stored and signed."""
        return canonical.encode(self.as_json())

    def digest(self) -> bytes:
        """The suite's digest of the canonical bytes: the additional data of every chunk."""
        return self.sealing.digest(self.encode()).digest()

    def ctx(self) -> bytes:
        """What the keys are bound to: the digest of every field but the manifest, which holds the keys itself."""
        return self.sealing.digest(canonical.encode(self._context())).digest()

    def _context(self) -> dict[str, JSON]:
        return {
            "alg": self.sealing.algorithm,
            "bidder_ref": self.bidder_ref,
            "chunk": str(self.chunk),
            "created": self.created,
            "lot": self.lot,
            "padded_len": str(self.padded_len),
            "policy": self.policy.as_json(),
            "roster_id": self.roster_id,
            "salt": self.salt,
            "tender": self.tender,
            "v": VERSION,
        }


def parse(data: bytes) -> Header:
    """The header that the canonical bytes spell. Raises `EnvelopeBroken`."""
    try:
        value = canonical.decode(data)
        if not isinstance(value, Mapping) or not set(value) >= _NAMES:
            raise EnvelopeBroken(reason=gettext_noop("the header has other fields than SBE-1 names"))
        sealing = suites.of_algorithm(_text(value["alg"]))
        if value["v"] != VERSION:
            raise EnvelopeBroken(reason=gettext_noop("its version or algorithm is unknown"))
        if set(value) != {*_NAMES, manifest_field(sealing)}:
            raise EnvelopeBroken(reason=gettext_noop("the header has other fields than SBE-1 names"))
        return _header(value, sealing)
    except UnknownSuite as error:
        raise EnvelopeBroken(reason=str(error.args[0])) from None
    except (ValueError, TypeError, KeyError, AssertionError):
        raise EnvelopeBroken(reason=gettext_noop("its header cannot be read")) from None


def manifest_field(sealing: SealingSuite) -> str:
    """The name of the field that holds the manifest's digest."""
    return f"manifest_{sealing.digest_name}"


def _header(value: Mapping[str, JSON], sealing: SealingSuite) -> Header:
    policy = value["policy"]
    if not isinstance(policy, Mapping) or set(policy) != {"mode", "k", "n"}:
        raise EnvelopeBroken(reason=gettext_noop("the policy has other fields than SBE-1 names"))
    from_text(_text(value["created"]))
    header = Header(
        tender=_text(value["tender"]),
        lot=_text(value["lot"]),
        bidder_ref=_hex(value["bidder_ref"]),
        chunk=_count(value["chunk"]),
        policy=Policy(Mode(_text(policy["mode"])), _count(policy["k"]), _count(policy["n"])),
        salt=_hex(value["salt"]),
        created=_text(value["created"]),
        roster_id=_text(value["roster_id"]),
        padded_len=_count(value["padded_len"]),
        manifest_digest=_hex(value[manifest_field(sealing)]),
        suite=sealing.suite,
    )
    if not SMALLEST_CHUNK <= header.chunk <= LARGEST_CHUNK or header.chunk % SMALLEST_CHUNK:
        raise EnvelopeBroken(reason=gettext_noop("chunks are of half a MiB to 8 MiB, in steps of half a MiB"))
    if header.padded_len != padded(header.padded_len):
        raise EnvelopeBroken(reason=gettext_noop("its length is not one of the padded lengths"))
    return header


def padded(length: int) -> int:
    """The length that `length` bytes are padded to: at most a thirty-second more, and tells only its magnitude.

    The steps grow with the length (Padmé: only the leading log₂ log₂ bits of a length are kept).
    """
    if length <= SMALLEST_PAYLOAD:
        return SMALLEST_PAYLOAD
    exponent = length.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-length // step) * step


def bidder_ref(bidder: str, salt: bytes, suite: Suite) -> str:
    """The blinded reference to a bidder (a unified social credit code); `salt` stands inside the payload."""
    return suites.of_suite(suite).digest(b"sbe1/bidder\0" + bidder.encode() + b"\0" + salt).hexdigest()


def _text(value: JSON) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise EnvelopeBroken(reason=gettext_noop("a field of the header is no short text"))
    return value


def _hex(value: JSON) -> str:
    if not isinstance(value, str) or not _HEX32.fullmatch(value):
        raise EnvelopeBroken(reason=gettext_noop("a digest or salt is not 32 bytes in hexadecimal"))
    return value


def _count(value: JSON) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{0,12}", value):
        raise EnvelopeBroken(reason=gettext_noop("a count is not written as a whole number"))
    return int(value)
