"""The manifest of an envelope: its wrapped keys, bound by their digest in the header."""

from collections.abc import Mapping
from dataclasses import dataclass

from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.envelopes.domain.header import EnvelopeBroken, Header
from signatures.envelopes.domain.slots import BIDDER, Slot, officer
from signatures.envelopes.domain.suites import SealingSuite


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who can help to open, and what the content key must be. One officer's slot per seat, 1 … n, in their order."""

    cek_commit: str
    bidder: tuple[Slot, ...]
    """The bidder's half, once for each key of the bidder's: a certificate, and a spare."""
    officers: tuple[Slot, ...]

    def encode(self) -> bytes:
        slots: list[JSON] = [slot.as_json() for slot in (*self.bidder, *self.officers)]
        return canonical.encode({"cek_commit": self.cek_commit, "slots": slots})

    def digest(self, sealing: SealingSuite) -> str:
        """For the header, in hexadecimal."""
        return sealing.digest(self.encode()).hexdigest()

    def officer(self, seat: int) -> Slot:
        return self.officers[seat - 1]


def parse(data: bytes, header: Header) -> Manifest:
    """The manifest that belongs to `header`. Raises `EnvelopeBroken`."""
    if header.sealing.digest(data).hexdigest() != header.manifest_digest:
        raise EnvelopeBroken(reason=gettext_noop("its wrapped keys are not those that the header names"))
    try:
        value = canonical.decode(data)
    except canonical.NotCanonical:
        raise EnvelopeBroken(reason=gettext_noop("its wrapped keys cannot be read")) from None
    if not isinstance(value, Mapping) or set(value) != {"cek_commit", "slots"} or not isinstance(value["slots"], list):
        raise EnvelopeBroken(reason=gettext_noop("the manifest has other fields than SBE-1 names"))
    slots = [Slot.parse(item) for item in value["slots"]]
    if any(slot.alg not in header.sealing.wraps for slot in slots):
        raise EnvelopeBroken(reason=gettext_noop("a key is wrapped in another suite than the header names"))
    bidder = tuple(slot for slot in slots if slot.label == BIDDER)
    officers = tuple(slot for slot in slots if slot.label != BIDDER)
    if [slot.label for slot in officers] != [officer(seat) for seat in range(1, header.policy.n + 1)]:
        raise EnvelopeBroken(reason=gettext_noop("there is not one share for each officer"))
    if not 1 <= len(bidder) <= 4:
        raise EnvelopeBroken(reason=gettext_noop("the bidder's own half is missing"))
    if len({slot.key for slot in officers}) != len(officers):
        raise EnvelopeBroken(reason=gettext_noop("one officer holds two shares"))
    return Manifest(str(value["cek_commit"]), bidder, officers)
