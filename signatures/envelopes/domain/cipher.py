"""The content of an envelope: chunks under the suite's cipher, each bound to its place, the last marked as the last.

    CEK    = HKDF(K_b ‖ K_c, salt = ctx, info = "sbe1/cek")
    nonce  = 3 zero bytes ‖ index of the chunk (8) ‖ 1 for the last chunk, else 0
    AAD    = H(header)

H, the digest of HKDF and the cipher are those of the suite that the header names: SHA-256 and AES-256-GCM, or SM3 and
SM4-GCM. A CEK belongs to one envelope (ctx holds a random salt), so no nonce is used twice.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag

from signatures.envelopes.domain.header import Header, Mode
from signatures.envelopes.domain.layout import ATTESTATION, TAG, Buffer, chunk_count

SECRET = 32
"""Bytes of K_b and of K_c."""


class NotAuthentic(Exception):
    """A chunk fails its tag: altered, moved, of another envelope, or sealed under another key."""


def officers_secret(kb: bytes, kc: bytes, mode: Mode) -> bytes:
    """What the officers share among them: K_c, and K_b too where they may open without the bidder."""
    return kc if mode is Mode.AND else kb + kc


def both_secrets(kb: bytes | None, shared: bytes, mode: Mode) -> bytes:
    """K_b ‖ K_c, out of what the bidder gave and what the officers' shares gave."""
    if mode is Mode.OFFICERS:
        return shared
    assert kb is not None, "mode AND needs the bidder's half"
    return kb + shared


def content_key(secrets: bytes, header: Header) -> bytes:
    return _derive(secrets, header, b"sbe1/cek")


def attestation_key(secrets: bytes, header: Header) -> bytes:
    return _derive(secrets, header, b"sbe1/attestation")


def key_commitment(cek: bytes, header: Header) -> str:
    """What the manifest says of the CEK: GCM alone would let a cheat prepare two keys for one ciphertext."""
    return header.sealing.digest(b"sbe1/cek-commit" + header.ctx() + cek).hexdigest()


def nonce(index: int, *, last: bool) -> bytes:
    return bytes(3) + index.to_bytes(8, "big") + bytes([last])


class ChunkSealer:
    """Seals the chunks of one envelope."""

    def __init__(self, cek: bytes, header: Header) -> None:
        self._cipher, self._aad, self._count = header.sealing.cipher(cek), header.digest(), chunk_count(header)

    def seal(self, index: int, plaintext: bytes) -> bytes:
        return self._cipher.encrypt(nonce(index, last=index == self._count - 1), plaintext, self._aad)


def open_chunks(
    cek: bytes, header: Header, sealed: Iterable[bytes | memoryview], held: Buffer | None = None
) -> Iterator[memoryview]:
    """The plaintext, chunk by chunk; nothing of it counts before the last one came out. Raises `NotAuthentic`.

    All chunks are views of one buffer: each is good until the next is asked for.
    """
    cipher, aad, count = header.sealing.cipher(cek), header.digest(), chunk_count(header)
    buffer = (held or Buffer()).of(min(header.chunk, header.padded_len))
    index = -1
    for index, chunk in enumerate(sealed):
        plain = buffer[: max(len(chunk) - TAG, 0)]
        try:
            cipher.decrypt_into(nonce(index, last=index == count - 1), chunk, aad, plain)
        except (InvalidTag, ValueError):
            raise NotAuthentic(f"chunk {index}") from None
        yield plain
    if index != count - 1:
        raise NotAuthentic("the last chunk is missing")


def seal_attestation(secrets: bytes, header: Header, statement: bytes, commit: str) -> bytes:
    """Certificate and signature, padded to one length and bound to the commitment."""
    assert len(statement) <= ATTESTATION - 4, "a chain of certificates and one signature fit in 16 KiB"
    body = len(statement).to_bytes(4, "big") + statement
    cipher = header.sealing.cipher(attestation_key(secrets, header))
    return cipher.encrypt(bytes(12), body.ljust(ATTESTATION, b"\0"), bytes.fromhex(commit))


def open_attestation(secrets: bytes, header: Header, sealed: bytes, commit: str) -> bytes:
    """Raises `NotAuthentic`."""
    try:
        cipher = header.sealing.cipher(attestation_key(secrets, header))
        body = cipher.decrypt(bytes(12), sealed, bytes.fromhex(commit))
    except (InvalidTag, ValueError):
        raise NotAuthentic("attestation") from None
    length = int.from_bytes(body[:4], "big")
    if length > ATTESTATION - 4:
        raise NotAuthentic("attestation")
    return body[4 : 4 + length]


def _derive(secrets: bytes, header: Header, info: bytes) -> bytes:
    assert len(secrets) == 2 * SECRET, "K_b and K_c"
    return header.sealing.derive(secrets, salt=header.ctx(), info=info)
