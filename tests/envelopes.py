"""Envelopes for tests: an intake's terms with keys of its own, and sealed files, whole and broken."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from signatures.crypto.sm2 import Sm2PrivateKey
from signatures.crypto.suites import Suite
from signatures.envelopes.domain import cipher, layout, sealing, shamir
from signatures.envelopes.domain.header import MEBIBYTE, Mode, Policy
from signatures.envelopes.domain.payload import SealedFile
from signatures.envelopes.domain.sealing import Draft, Terms
from signatures.envelopes.domain.slots import PrivateKey, spki_of, suite_of, unwrap_kek

BIDDER = "91440600MA4UPC1234"
CREATED = "2026-03-02T01:00:00.000Z"


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_of(suite: Suite) -> PrivateKey:
    """A fresh key of that suite, as a device makes one."""
    return new_key() if suite is Suite.INTERNATIONAL else Sm2PrivateKey.generate()


@dataclass(frozen=True)
class Parties:
    """The bidder's and the officers' own keys."""

    bidder: PrivateKey
    officers: tuple[PrivateKey, ...]

    @classmethod
    def make(cls, n: int = 3, suite: Suite = Suite.INTERNATIONAL) -> "Parties":
        return cls(key_of(suite), tuple(key_of(suite) for _ in range(n)))

    @property
    def suite(self) -> Suite:
        return suite_of(spki_of(self.bidder))


def terms_of(
    parties: Parties, *, mode: Mode = Mode.AND, k: int = 2, tender: str = "T1", lot: str = "1", chunk: int = MEBIBYTE
) -> Terms:
    policy = Policy(mode, k, len(parties.officers))
    officers = tuple(spki_of(key) for key in parties.officers)
    return Terms(tender, lot, policy, chunk, "roster-1", officers, parties.suite)


def draft_of(terms: Terms, parties: Parties, files: Sequence[tuple[str, bytes]], *, bidder: str = BIDDER) -> Draft:
    return sealing.draft(
        terms,
        bidder=bidder,
        bidder_keys=[spki_of(parties.bidder)],
        files=[SealedFile(name, len(data)) for name, data in files],
        created=CREATED,
        entropy=secrets.token_bytes,
    )


def envelope(terms: Terms, parties: Parties, files: Sequence[tuple[str, bytes]], *, bidder: str = BIDDER) -> bytes:
    drafted = draft_of(terms, parties, files, bidder=bidder)
    return b"".join(sealing.seal(drafted, [[data] for _, data in files]))


def prefix_of(data: bytes) -> layout.Prefix:
    prefix, _ = layout.read_prefix(data)
    assert prefix is not None
    return prefix


def secrets_of(data: bytes, parties: Parties, seats: Sequence[int] = (1, 2)) -> bytes:
    """K_b ‖ K_c, as the bidder and the officers of those seats unlock them."""
    prefix = prefix_of(data)
    header, manifest, ctx = prefix.header, prefix.manifest, prefix.header.ctx()
    shares = [
        manifest.officer(seat).open(unwrap_kek(manifest.officer(seat), parties.officers[seat - 1]), ctx=ctx)
        for seat in seats
    ]
    shared = shamir.combine(shares, k=header.policy.k)
    kb = manifest.bidder[0].open(unwrap_kek(manifest.bidder[0], parties.bidder), ctx=ctx)
    return cipher.both_secrets(kb, shared, header.policy.mode)


def sealed_chunks(data: bytes) -> list[bytes]:
    prefix, start = layout.read_prefix(data)
    assert prefix is not None
    found = []
    for index in range(layout.chunk_count(prefix.header)):
        end = start + layout.chunk_length(prefix.header, index) + layout.TAG
        found.append(data[start:end])
        start = end
    return found


def with_chunks(data: bytes, chunks: Sequence[bytes]) -> bytes:
    """The envelope with other chunks in their places."""
    _, start = layout.read_prefix(data)
    whole = sum(map(len, sealed_chunks(data)))
    return data[:start] + b"".join(chunks) + data[start + whole :]
