"""The openings of blinded entries at rest: padded, sealed, bound to the hash of their entry."""

import secrets

from commons.domain import sealing
from commons.evidence.domain import canonical
from commons.evidence.domain.blinding import Opening, opened, revelation
from commons.evidence.domain.chain import Link
from commons.secrecy.keys import key_for

_BLOCK = 512


def stream_salt(stream: str) -> bytes:
    """The salt of a secret stream: always the same, and derived from a key that is not in the database."""
    return key_for(f"evidence-stream:{stream}")


def put_away(blinded: Link, opening: Opening) -> bytes:
    """The sealed opening, for the side table."""
    plain = canonical.encode(revelation(blinded, opening))
    nonce = secrets.token_bytes(sealing.NONCE_BYTES)
    return sealing.seal(_key(blinded), plain, place=_place(blinded), nonce=nonce, block=_BLOCK)


def take_out(blinded: Link, sealed: bytes) -> Opening:
    """The opening of the entry. Raises `SealBroken`, `ValueError`."""
    return opened(sealing.open_sealed(_key(blinded), sealed, place=_place(blinded)))[1]


def _key(blinded: Link) -> bytes:
    return key_for(f"evidence-secret:{blinded.stream}")


def _place(blinded: Link) -> str:
    return f"evidence:{blinded.stream}:{blinded.seq}:{blinded.hash.hex()}"
