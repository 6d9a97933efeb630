"""The national suite of envelopes, judged by others: OpenSSL opens the wrapped keys, `cryptography` the chunks."""

import secrets
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from signatures.crypto import sm2
from signatures.crypto.national import sm3
from signatures.crypto.sm2 import NotDecrypted, Sm2PrivateKey
from signatures.crypto.suites import Suite, UnknownSuite
from signatures.envelopes.domain import cipher, header, layout, manifest, sealing, slots, suites
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.rules import EnvelopeElsewhere, SuiteMixed, require_for
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import KeyNotUsable, Recipient, officer
from tests import envelopes
from tests.envelopes import Parties, envelope, prefix_of, sealed_chunks, secrets_of, terms_of

FILES = (("报价.pdf", b"%PDF-" + b"1" * 1_500_000),)
NATIONAL = suites.of_suite(Suite.SM)


@pytest.fixture(scope="module")
def parties() -> Parties:
    return Parties.make(suite=Suite.SM)


@pytest.fixture(scope="module")
def data(parties: Parties) -> bytes:
    return envelope(terms_of(parties), parties, FILES)


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SM3())
    made.update(data)
    return made.finalize()


def test_the_header_names_the_suite_and_its_digest(data: bytes) -> None:
    fields = prefix_of(data).header.as_json()

    assert fields["alg"] == "SM4GCM-STREAM-1"
    assert "manifest_sm3" in fields
    assert "manifest_sha256" not in fields
    assert {slot.alg for slot in prefix_of(data).manifest.officers} == {"SM2"}


def test_openssl_opens_every_wrapped_key(data: bytes, parties: Parties, tmp_path: Path) -> None:
    pairs = zip(prefix_of(data).manifest.officers, parties.officers, strict=True)
    for slot, key in [(prefix_of(data).manifest.bidder[0], parties.bidder), *pairs]:
        assert isinstance(key, Sm2PrivateKey)
        (tmp_path / "key.pem").write_bytes(pem.armor("PRIVATE KEY", key.pkcs8()))
        (tmp_path / "ek.der").write_bytes(slot.ek)
        command = ["openssl", "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "ek.der"]
        opened = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout

        assert opened == slots.unwrap_kek(slot, key)
        assert slot.open(opened, ctx=prefix_of(data).header.ctx())


def test_what_openssl_wraps_is_opened_here(parties: Parties, tmp_path: Path) -> None:
    key = parties.officers[0]
    assert isinstance(key, Sm2PrivateKey)
    (tmp_path / "public.pem").write_bytes(pem.armor("PUBLIC KEY", key.spki))
    (tmp_path / "secret").write_bytes(b"k" * 16)
    command = ["openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-in", "secret"]
    wrapped = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout

    assert NATIONAL.unwrap("SM2", wrapped, key) == b"k" * 16


def test_another_implementation_opens_the_chunks_by_the_derived_key(data: bytes, parties: Parties) -> None:
    """Key by HMAC-SM3 step by step (RFC 5869), chunk by `cryptography`'s SM4-GCM: neither is what sealed it."""
    head, given = prefix_of(data).header, secrets_of(data, parties)
    digest = sm3(head.encode())
    key = hmac_sm3(hmac_sm3(head.ctx(), given), b"sbe1/cek\x01")[:16]
    plain = b""
    for index, chunk in enumerate(sealed_chunks(data)):
        last = index == layout.chunk_count(head) - 1
        opener = Cipher(
            algorithms.SM4(key), modes.GCM(bytes(3) + index.to_bytes(8, "big") + bytes([last]), chunk[-16:])
        ).decryptor()
        opener.authenticate_additional_data(digest)
        plain += opener.update(chunk[:-16]) + opener.finalize()

    assert FILES[0][1] in plain
    assert layout.reckon([data]).commit == sm3(b"env1" + digest + b"".join(map(sm3, sealed_chunks(data)))).hex()


@pytest.mark.parametrize("of", list(Suite), ids=lambda suite: suite.value)
def test_an_envelope_answers_only_terms_of_its_suite(of: Suite) -> None:
    one = Parties.make(suite=of)
    other = Parties.make(suite=next(suite for suite in Suite if suite is not of))
    found = prefix_of(envelope(terms_of(one), one, FILES))

    require_for(found, terms_of(one))
    with pytest.raises(SuiteMixed) as refusal:
        require_for(found, terms_of(other))
    with pytest.raises(EnvelopeElsewhere):
        require_for(found, terms_of(Parties.make(suite=of)))
    assert refusal.value.fields["kind"] != refusal.value.fields["label"]


def test_keys_of_the_other_suite_are_refused_before_anything_is_sealed(parties: Parties) -> None:
    international = Parties.make()
    mixed = replace(terms_of(parties), suite=Suite.INTERNATIONAL)
    with pytest.raises(KeyNotUsable, match="another suite"):
        envelope(mixed, international, FILES)
    with pytest.raises(KeyNotUsable, match="another suite"):
        envelopes.draft_of(terms_of(parties), international, FILES)


def test_a_manifest_that_mixes_suites_is_no_manifest(data: bytes, parties: Parties) -> None:
    """A cheat wraps one officer's share to a key of the other suite."""
    found = prefix_of(data)
    spki = slots.spki_of(envelopes.new_key())
    other = slots.wrap(b"s" * 33, Recipient(officer(2), spki), ctx=found.header.ctx(), entropy=secrets.token_bytes)
    first, _, third = found.manifest.officers
    mixed = replace(found.manifest, officers=(first, other, third))

    with pytest.raises(EnvelopeBroken, match="another suite"):
        manifest.parse(mixed.encode(), replace(found.header, manifest_digest=mixed.digest(NATIONAL)))


def test_a_header_relabelled_with_the_other_suite_is_refused(data: bytes) -> None:
    encoded = prefix_of(data).header.encode()

    with pytest.raises(EnvelopeBroken, match="other fields"):
        header.parse(encoded.replace(b"SM4GCM-STREAM-1", b"A256GCM-STREAM-1"))
    with pytest.raises(EnvelopeBroken, match="unknown"):
        header.parse(encoded.replace(b"SM4GCM-STREAM-1", b"SM4CBC-STREAM-1"))


def test_the_key_of_a_slot_has_the_suites_length(data: bytes) -> None:
    slot, ctx = prefix_of(data).manifest.officers[0], prefix_of(data).header.ctx()

    for wrong in (b"", b"k" * 15, b"k" * 32):
        with pytest.raises(slots.WrongKey):
            slot.open(wrong, ctx=ctx)


def test_altered_and_foreign_wrapped_keys_open_nothing(parties: Parties) -> None:
    key = parties.officers[0]
    assert isinstance(key, Sm2PrivateKey)
    wrapped = sm2.encrypt(b"k" * 16, key.spki)

    assert key.decrypt(wrapped) == b"k" * 16
    for place in (0, 10, len(wrapped) // 2, len(wrapped) - 1):
        altered = bytearray(wrapped)
        altered[place] ^= 1
        with pytest.raises(NotDecrypted):
            key.decrypt(bytes(altered))
    for strange in (b"", b"\x30\x00", wrapped[:-1]):
        with pytest.raises(NotDecrypted):
            key.decrypt(strange)
    with pytest.raises(NotDecrypted):
        Sm2PrivateKey.generate().decrypt(wrapped)


def test_a_point_beside_the_curve_holds_no_share() -> None:
    spki = bytearray(Sm2PrivateKey.generate().spki)
    spki[-1] ^= 1

    with pytest.raises(KeyNotUsable):
        slots.algorithm_of(bytes(spki))


def test_terms_say_the_algorithm_and_an_unknown_one_is_refused(parties: Parties) -> None:
    terms = terms_of(parties)
    officers = [{"seat": str(seat), "spki": to_base64(key)} for seat, key in enumerate(terms.officers, 1)]
    told = sealing.published(terms, officers)

    assert Terms.parse(told) == terms
    with pytest.raises(EnvelopeBroken, match="not installed"):
        Terms.parse({**told, "alg": "SM9-STREAM-1"})


def test_without_the_extra_its_envelopes_are_named_unknown(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "_ENTRIES", suites._ENTRIES[:1])

    assert suites.installed() == (Suite.INTERNATIONAL,)
    with pytest.raises(UnknownSuite):
        suites.of_suite(Suite.SM)
    with pytest.raises(EnvelopeBroken, match="unknown"):
        layout.reckon([data])


def test_a_cut_or_altered_chunk_gives_nothing(data: bytes, parties: Parties) -> None:
    key = cipher.content_key(secrets_of(data, parties), prefix_of(data).header)
    chunks = sealed_chunks(data)
    for bad in ([chunks[0][:-1]], [b""], [bytes([chunks[0][0] ^ 1]) + chunks[0][1:]], chunks[:-1]):
        with pytest.raises(cipher.NotAuthentic):
            list(cipher.open_chunks(key, prefix_of(data).header, bad))
