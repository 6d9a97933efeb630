"""Sealing: the same envelope that the browser makes, for the offline command, robots and tests."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from signatures.crypto.suites import Suite, UnknownSuite
from signatures.envelopes.domain import cipher, layout, shamir, suites
from signatures.envelopes.domain.encoding import from_base64
from signatures.envelopes.domain.header import EnvelopeBroken, Header, Mode, Policy, bidder_ref, padded
from signatures.envelopes.domain.layout import Prefix
from signatures.envelopes.domain.manifest import Manifest
from signatures.envelopes.domain.payload import Attestation, Contents, SealedFile, plaintext
from signatures.envelopes.domain.shamir import Entropy
from signatures.envelopes.domain.slots import BIDDER, KeyNotUsable, Recipient, Slot, officer, suite_of, wrap

FORMAT = "luochui-sealing/v1"
Signer = Callable[[str], Attestation]
"""Signs a commitment (hexadecimal)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an intake asks of an envelope: published, and the same for every bidder."""

    tender: str
    lot: str
    policy: Policy
    chunk: int
    roster_id: str
    officers: tuple[bytes, ...]
    """The officers' public keys (SubjectPublicKeyInfo), by seat."""
    suite: Suite = Suite.INTERNATIONAL
    """Of which cipher, digests and every key are."""

    @classmethod
    def parse(cls, value: object) -> "Terms":
        """The terms that an intake publishes as `luochui-sealing/v1`. Raises `EnvelopeBroken`."""
        if not isinstance(value, Mapping) or value.get("format") != FORMAT:
            raise EnvelopeBroken(reason=gettext_noop("the terms are not those of a sealing page"))
        try:
            asked = value["policy"]
            policy = Policy(Mode(asked["mode"]), int(asked["k"]), int(asked["n"]))
            officers = tuple(from_base64(str(one["spki"])) for one in value["officers"])
            suite = suites.of_algorithm(value["alg"]).suite
            terms = cls(value["tender"], value["lot"], policy, int(value["chunk"]), value["roster_id"], officers, suite)
        except UnknownSuite:
            raise EnvelopeBroken(reason=gettext_noop("the algorithms of the terms are not installed here")) from None
        except (KeyError, TypeError, ValueError, AssertionError):
            raise EnvelopeBroken(reason=gettext_noop("the terms cannot be read")) from None
        if len(officers) != policy.n:
            raise EnvelopeBroken(reason=gettext_noop("the terms do not name every officer's key"))
        return terms


@dataclass(frozen=True, slots=True)
class Draft:
    """An envelope whose keys are made and whose content is still to be encrypted."""

    prefix: Prefix
    contents: Contents
    secrets: bytes

    @property
    def header(self) -> Header:
        return self.prefix.header


def draft(
    terms: Terms,
    *,
    bidder: str,
    bidder_keys: Sequence[bytes],
    files: Sequence[SealedFile],
    created: str,
    entropy: Entropy,
) -> Draft:
    """Make the keys and the header. `bidder` is a credit code, `bidder_keys` the bidder's own public keys (DER).

    Raises `KeyNotUsable`, also for a key of another suite than the terms'.
    """
    require_suite(terms.suite, (*bidder_keys, *terms.officers))
    salt, kb, kc = entropy(32), entropy(cipher.SECRET), entropy(cipher.SECRET)
    contents = Contents(bidder, salt, tuple(files))
    header = Header(
        tender=terms.tender,
        lot=terms.lot,
        bidder_ref=bidder_ref(bidder, salt, terms.suite),
        chunk=terms.chunk,
        policy=terms.policy,
        salt=entropy(32).hex(),
        created=created,
        roster_id=terms.roster_id,
        padded_len=padded(contents.length),
        manifest_digest="",
        suite=terms.suite,
    )
    ctx = header.ctx()
    shares = shamir.split(
        cipher.officers_secret(kb, kc, terms.policy.mode), n=terms.policy.n, k=terms.policy.k, entropy=entropy
    )
    manifest = Manifest(
        cipher.key_commitment(cipher.content_key(kb + kc, header), header),
        tuple(wrap(kb, Recipient(BIDDER, spki), ctx=ctx, entropy=entropy) for spki in bidder_keys),
        tuple(_officer_slots(shares, terms.officers, ctx=ctx, entropy=entropy)),
    )
    whole = replace(header, manifest_digest=manifest.digest(header.sealing))
    return Draft(Prefix(whole, manifest), contents, kb + kc)


def require_suite(suite: Suite, keys: Iterable[bytes]) -> None:
    """Raises `KeyNotUsable` for a public key (DER) of another suite."""
    if any(suite_of(spki) is not suite for spki in keys):
        raise KeyNotUsable(gettext_noop("the key is of another suite of algorithms than the terms ask for"))


def _officer_slots(shares: Sequence[bytes], keys: Sequence[bytes], *, ctx: bytes, entropy: Entropy) -> Iterator[Slot]:
    for seat, (share, spki) in enumerate(zip(shares, keys, strict=True), start=1):
        yield wrap(share, Recipient(officer(seat), spki), ctx=ctx, entropy=entropy)


def seal(draft: Draft, files: Iterable[Iterable[bytes]], *, sign: Signer | None = None) -> Iterator[bytes]:
    """The bytes of the envelope, in pieces: never whole in memory. Raises `PayloadBroken` when a file changed."""
    header = draft.header
    yield draft.prefix.encode()
    sealer, leaves = cipher.ChunkSealer(cipher.content_key(draft.secrets, header), header), []
    pieces = plaintext(draft.contents, files, padded_len=header.padded_len)
    for index, chunk in enumerate(rechunked(pieces, header.chunk)):
        sealed = sealer.seal(index, chunk)
        leaves.append(header.sealing.digest(sealed).digest())
        yield sealed
    commit = layout.commitment(header, leaves)
    attestation = sign(commit) if sign else Attestation()
    yield cipher.seal_attestation(draft.secrets, header, attestation.encode(), commit)


def rechunked(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in chunks of `size`, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def published(terms: Terms, officers: Sequence[Mapping[str, JSON]]) -> dict[str, JSON]:
    """The terms in the form that pages, the offline command and other programs read."""
    return {
        "alg": suites.of_suite(terms.suite).algorithm,
        "chunk": str(terms.chunk),
        "format": FORMAT,
        "lot": terms.lot,
        "officers": list(officers),
        "policy": terms.policy.as_json(),
        "roster_id": terms.roster_id,
        "tender": terms.tender,
    }
