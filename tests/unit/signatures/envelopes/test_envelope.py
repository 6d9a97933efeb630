"""Envelopes SBE-1: what is sealed comes out again, and every way of cheating with the bytes is found."""

import hashlib
import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures.crypto.suites import Suite
from signatures.envelopes.domain import cipher, header, layout, manifest, payload, sealing, shamir, slots, suites
from signatures.envelopes.domain.header import MEBIBYTE, EnvelopeBroken, Mode, padded
from signatures.envelopes.domain.layout import Prefix
from signatures.envelopes.domain.payload import Attestation, Contents, SealedFile, Unpacker
from signatures.envelopes.domain.slots import BIDDER, Recipient, WrongCommit, WrongKey, officer, unwrap_kek
from tests import envelopes
from tests.envelopes import Parties, envelope, prefix_of, sealed_chunks, secrets_of, terms_of, with_chunks

FILES = (("报价.pdf", b"%PDF-" + b"1" * 1_500_000), ("附件.xlsx", b"x" * 1_200_000))


@pytest.fixture(scope="module", params=list(Suite), ids=lambda suite: suite.value)
def parties(request: pytest.FixtureRequest) -> Parties:
    """Everything here holds in either suite."""
    return Parties.make(suite=request.param)


@pytest.fixture(scope="module")
def data(parties: Parties) -> bytes:
    return envelope(terms_of(parties), parties, FILES)


def opened(data: bytes, key: bytes) -> tuple[Contents, list[bytes]]:
    """The list and the files, by the content key."""
    prefix = prefix_of(data)
    unpacker, files = Unpacker(prefix.header.padded_len), [bytearray() for _ in FILES]
    for chunk in cipher.open_chunks(key, prefix.header, sealed_chunks(data)):
        for place, piece in unpacker.feed(chunk):
            files[place] += piece
    return unpacker.finish(), [bytes(file) for file in files]


def unpacked(plain: bytes) -> Contents:
    unpacker = Unpacker(65_536)
    list(unpacker.feed(plain))
    return unpacker.finish()


def cek_of(data: bytes, parties: Parties, seats: tuple[int, ...] = (1, 2)) -> bytes:
    return cipher.content_key(secrets_of(data, parties, seats), prefix_of(data).header)


@pytest.mark.parametrize("seats", [(1, 2), (1, 3), (2, 3)])
def test_the_bidder_and_any_two_of_three_officers_open_it(
    data: bytes, parties: Parties, seats: tuple[int, ...]
) -> None:
    contents, files = opened(data, cek_of(data, parties, seats))

    assert contents.bidder == envelopes.BIDDER
    assert contents.files == tuple(SealedFile(name, len(body)) for name, body in FILES)
    assert files == [body for _, body in FILES]
    assert contents.belongs_to(prefix_of(data).header)


def test_in_mode_officers_they_open_it_without_the_bidder(parties: Parties) -> None:
    data = envelope(terms_of(parties, mode=Mode.OFFICERS), parties, FILES)
    prefix = prefix_of(data)
    shares = [
        slot.open(unwrap_kek(slot, key), ctx=prefix.header.ctx())
        for slot, key in zip(prefix.manifest.officers[1:], parties.officers[1:], strict=True)
    ]

    both = cipher.both_secrets(None, shamir.combine(shares, k=2), Mode.OFFICERS)

    assert opened(data, cipher.content_key(both, prefix.header))[1] == [body for _, body in FILES]


def test_the_officers_alone_cannot_in_mode_and(data: bytes, parties: Parties) -> None:
    prefix = prefix_of(data)
    shares = [
        slot.open(unwrap_kek(slot, key), ctx=prefix.header.ctx())
        for slot, key in zip(prefix.manifest.officers, parties.officers, strict=True)
    ]
    guessed = cipher.content_key(bytes(32) + shamir.combine(shares, k=2), prefix.header)

    assert cipher.key_commitment(guessed, prefix.header) != prefix.manifest.cek_commit
    with pytest.raises(cipher.NotAuthentic):
        opened(data, guessed)


def test_the_commitment_is_reckoned_alike_in_any_pieces(data: bytes) -> None:
    whole = layout.reckon([data])

    assert layout.reckon([data[i : i + 70_001] for i in range(0, len(data), 70_001)]) == whole
    name = whole.prefix.header.sealing.digest_name
    leaves = [hashlib.new(name, chunk).digest() for chunk in sealed_chunks(data)]
    digest = hashlib.new(name, whole.prefix.header.encode()).digest()
    assert whole.commit == hashlib.new(name, b"env1" + digest + b"".join(leaves)).hexdigest()
    assert whole.size == len(data)


def test_the_leaves_of_whole_chunks_are_told_and_of_nothing_else(data: bytes) -> None:
    prefix, chunks = prefix_of(data), sealed_chunks(data)
    name, start = prefix.header.sealing.digest_name, len(prefix.encode())
    second, third = start + len(chunks[0]), start + len(chunks[0] + chunks[1])
    expected = hashlib.new(name, hashlib.new(name, chunks[1]).digest()).digest()
    whole, resumed = layout.Reckoner(), layout.Reckoner.resumed(prefix, second)
    whole.feed(data[:third])
    resumed.feed(data[second:third])

    assert whole.digest_since(second) == resumed.digest_since(second) == expected
    assert whole.digest_since(second + 1) is whole.digest_since(0) is None
    resumed.feed(data[third : third + 1])
    assert resumed.digest_since(second) is None
    resumed.feed(data[third + 1 :])
    assert resumed.digest_since(second) is None, "the attestation is no chunk"
    with pytest.raises(EnvelopeBroken):
        resumed.finish()
    with pytest.raises(EnvelopeBroken):
        layout.Reckoner.resumed(prefix, second + 1)


def test_a_cut_envelope_is_not_taken(data: bytes) -> None:
    for length in (0, 7, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(EnvelopeBroken, match=r"not complete|no envelope"):
            layout.reckon([data[:length]])


def test_nothing_may_follow(data: bytes) -> None:
    with pytest.raises(EnvelopeBroken, match="follows"):
        layout.reckon([data, b"\0"])


def test_cut_with_a_new_header_and_commitment_it_still_fails(data: bytes, parties: Parties) -> None:
    """The cheat shortens the padded length in the header, so that all lengths agree; the keys no longer do."""
    prefix, chunks = prefix_of(data), sealed_chunks(data)
    short = replace(prefix.header, padded_len=2 * MEBIBYTE)
    cut = Prefix(short, prefix.manifest).encode() + b"".join(chunks[:2]) + data[-layout.ATTESTATION - layout.TAG :]
    reckoned = layout.reckon([cut])
    key = cek_of(data, parties)

    assert reckoned.commit != layout.reckon([data]).commit
    assert cipher.key_commitment(key, short) != prefix.manifest.cek_commit
    with pytest.raises(cipher.NotAuthentic):
        opened(cut, key)


def test_even_with_the_right_header_a_missing_last_chunk_is_noticed(data: bytes, parties: Parties) -> None:
    key, header_ = cek_of(data, parties), prefix_of(data).header

    with pytest.raises(cipher.NotAuthentic, match="last chunk"):
        list(cipher.open_chunks(key, header_, sealed_chunks(data)[:-1]))


def test_chunks_in_another_order_are_noticed(data: bytes, parties: Parties) -> None:
    chunks = sealed_chunks(data)
    moved = with_chunks(data, [chunks[1], chunks[0], *chunks[2:]])

    assert layout.reckon([moved]).commit != layout.reckon([data]).commit
    with pytest.raises(cipher.NotAuthentic, match="chunk 0"):
        opened(moved, cek_of(data, parties))


def test_a_chunk_of_another_bid_is_noticed(data: bytes, parties: Parties) -> None:
    other = envelope(terms_of(parties), parties, FILES)
    mixed = with_chunks(data, [sealed_chunks(data)[0], sealed_chunks(other)[1], *sealed_chunks(data)[2:]])

    assert layout.reckon([mixed]).commit != layout.reckon([data]).commit
    with pytest.raises(cipher.NotAuthentic, match="chunk 1"):
        opened(mixed, cek_of(data, parties))


@pytest.mark.parametrize(
    "change",
    [
        {"tender": "T2"},
        {"lot": "2"},
        {"bidder_ref": "0" * 64},
        {"roster_id": "roster-2"},
        {"created": "2026-03-03T01:00:00.000Z"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_relabelled_envelope_does_not_open(data: bytes, parties: Parties, change: dict[str, str]) -> None:
    prefix, start = layout.read_prefix(data)
    assert prefix is not None
    relabelled = Prefix(replace(prefix.header, **change), prefix.manifest)  # type: ignore[arg-type]
    forged = relabelled.encode() + data[start:]

    assert layout.reckon([forged]).commit != layout.reckon([data]).commit
    slot = relabelled.manifest.officer(1)
    kek = unwrap_kek(slot, parties.officers[0])
    with pytest.raises(WrongKey):
        slot.open(kek, ctx=relabelled.header.ctx())
    with pytest.raises(cipher.NotAuthentic):
        opened(forged, cek_of(data, parties))


def test_another_bidder_cannot_claim_the_reference(data: bytes) -> None:
    stolen = Contents("91440600MA4UPC9999", secrets.token_bytes(32), ())

    assert not stolen.belongs_to(prefix_of(data).header)


def test_any_flipped_bit_is_noticed(data: bytes, parties: Parties) -> None:
    key, commit = cek_of(data, parties), layout.reckon([data]).commit

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, len(data) - layout.ATTESTATION - layout.TAG - 1), st.integers(0, 7))
    def check(place: int, bit: int) -> None:
        altered = bytearray(data)
        altered[place] ^= 1 << bit
        try:
            found = layout.reckon([bytes(altered)]).commit
        except EnvelopeBroken:
            return
        assert found != commit
        with pytest.raises(cipher.NotAuthentic):
            opened(bytes(altered), key)

    check()


def test_an_officer_cannot_open_anothers_share(data: bytes, parties: Parties) -> None:
    prefix = prefix_of(data)
    first, second = prefix.manifest.officer(1), prefix.manifest.officer(2)
    kek = unwrap_kek(first, parties.officers[0])

    with pytest.raises(WrongKey):
        second.open(kek, ctx=prefix.header.ctx())
    with pytest.raises(WrongKey):
        unwrap_kek(second, parties.officers[0])


def test_a_wrong_bidder_key_does_not_open(data: bytes) -> None:
    slot = prefix_of(data).manifest.bidder[0]

    for suite in Suite:
        with pytest.raises(WrongKey):
            unwrap_kek(slot, envelopes.key_of(suite))
    with pytest.raises(WrongKey):
        slot.open(secrets.token_bytes(32), ctx=prefix_of(data).header.ctx())


def test_a_key_of_another_envelope_does_not_open(data: bytes, parties: Parties) -> None:
    other = envelope(terms_of(parties), parties, FILES)
    slot = prefix_of(other).manifest.bidder[0]

    with pytest.raises(WrongKey):
        prefix_of(data).manifest.bidder[0].open(unwrap_kek(slot, parties.bidder), ctx=prefix_of(data).header.ctx())


def test_a_share_that_misses_its_commitment_is_the_bidders_doing(parties: Parties) -> None:
    ctx = bytes(32)
    recipient = Recipient(officer(1), slots.spki_of(parties.officers[0]))
    sealing_ = suites.of_suite(parties.suite)
    false = slots.commitment(b"another share", label=officer(1), ctx=ctx, sealing=sealing_)

    slot = slots.wrap(b"a share", recipient, ctx=ctx, entropy=secrets.token_bytes, false_commit=false)

    kek = unwrap_kek(slot, parties.officers[0])
    with pytest.raises(WrongCommit):
        slot.open(kek, ctx=ctx)


def test_shares_of_two_secrets_miss_the_commitment_to_the_key(data: bytes, parties: Parties) -> None:
    """A cheat gives the third officer a share of another secret, so that who comes decides what is opened."""
    prefix = prefix_of(data)
    ctx = prefix.header.ctx()
    false = shamir.split(secrets.token_bytes(32), n=3, k=2, entropy=secrets.token_bytes)[2]
    slot = prefix.manifest.officer(1)
    honest = slot.open(unwrap_kek(slot, parties.officers[0]), ctx=ctx)
    kb_slot = prefix.manifest.bidder[0]
    kb = kb_slot.open(unwrap_kek(kb_slot, parties.bidder), ctx=ctx)

    cek = cipher.content_key(kb + shamir.combine([honest, false], k=2), prefix.header)

    assert cipher.key_commitment(cek, prefix.header) != prefix.manifest.cek_commit


def test_an_rsa_certificate_holds_a_share_too() -> None:
    key, ctx = rsa.generate_private_key(65537, 2048), bytes(32)

    slot = slots.wrap(b"s" * 33, Recipient(officer(1), slots.spki_of(key)), ctx=ctx, entropy=secrets.token_bytes)

    assert slot.alg == "RSA-OAEP-256"
    assert slot.open(unwrap_kek(slot, key), ctx=ctx) == b"s" * 33


def test_weak_and_foreign_keys_hold_no_share() -> None:
    weak = rsa.generate_private_key(65537, 1024)

    for spki in (slots.spki_of(weak), b"no key at all"):
        with pytest.raises(slots.KeyNotUsable):
            slots.algorithm_of(spki)


def test_two_shares_for_one_officer_are_refused(data: bytes) -> None:
    prefix = prefix_of(data)
    first = prefix.manifest.officers[0]
    doubled = replace(prefix.manifest, officers=(first, replace(first, label=officer(2)), prefix.manifest.officers[2]))
    header_ = replace(prefix.header, manifest_digest=doubled.digest(prefix.header.sealing))

    with pytest.raises(EnvelopeBroken, match="two shares"):
        manifest.parse(doubled.encode(), header_)


def test_other_wrapped_keys_than_the_header_names_are_refused(data: bytes, parties: Parties) -> None:
    prefix = prefix_of(data)
    other = prefix_of(envelope(terms_of(parties), parties, FILES)).manifest

    with pytest.raises(EnvelopeBroken, match="wrapped keys"):
        manifest.parse(other.encode(), prefix.header)


@pytest.mark.parametrize(
    "text",
    [b"{}", b"[]", b'{"v":"SBE-1"}', b"\xff", b'{"v":1}'],
)
def test_no_header_is_a_refusal_not_a_crash(text: bytes) -> None:
    with pytest.raises(EnvelopeBroken):
        header.parse(text)


def test_lengths_are_padded_to_a_few_steps() -> None:
    assert padded(1) == padded(65_536) == 65_536
    assert padded(10_000_000) == padded(10_000_001)
    for length in (65_537, 1_000_000, 20_000_000, 2**31 - 1):
        assert length <= padded(length) <= length * 1.0313
        assert padded(padded(length)) == padded(length)


def test_nothing_of_bidder_or_names_shows(data: bytes) -> None:
    assert envelopes.BIDDER.encode() not in data
    assert "报价".encode() not in data
    assert prefix_of(data).manifest.bidder[0].key == ""


def test_the_attestation_is_bound_to_the_commitment(parties: Parties) -> None:
    terms = terms_of(parties)
    drafted = envelopes.draft_of(terms, parties, FILES)
    signed = Attestation((b"certificate",), b"signature")
    data = b"".join(sealing.seal(drafted, [[body] for _, body in FILES], sign=lambda commit: signed))
    commit = layout.reckon([data]).commit
    sealed = data[-layout.ATTESTATION - layout.TAG :]

    assert payload.parse_attestation(cipher.open_attestation(drafted.secrets, drafted.header, sealed, commit)) == signed
    with pytest.raises(cipher.NotAuthentic):
        cipher.open_attestation(drafted.secrets, drafted.header, sealed, "0" * 64)


def test_a_file_that_changes_while_it_is_sealed_is_refused(parties: Parties) -> None:
    drafted = envelopes.draft_of(terms_of(parties), parties, FILES)

    with pytest.raises(payload.PayloadBroken):
        list(sealing.seal(drafted, [[b"shorter"], [b"now"]]))


def test_a_payload_that_is_not_laid_out_so_is_the_bidders_fault() -> None:
    contents = Contents(BIDDER, bytes(32), (SealedFile("a", 5),))
    good = contents.encode() + b"12345"

    for bad in (b"\xff\xff\xff\xff", good[:-1], good.ljust(65_535, b"\0") + b"1", (4).to_bytes(4, "big") + b"[[]]"):
        with pytest.raises(payload.PayloadBroken):
            unpacked(bad)


def test_empty_files_have_their_place() -> None:
    contents = Contents(BIDDER, bytes(32), (SealedFile("a", 0), SealedFile("b", 3), SealedFile("c", 0)))
    unpacker = Unpacker(65_536)

    pieces = list(unpacker.feed((contents.encode() + b"xyz").ljust(65_536, b"\0")))

    assert [(place, bytes(piece)) for place, piece in pieces] == [(1, b"xyz")]
    assert unpacker.finish() == contents
