"""Secrets of draws at rest: under a key of the draw that is not in the database, bound to their place."""

import secrets
from uuid import UUID

from commons.domain import sealing
from commons.secrecy.keys import key_for

_BLOCK = 256


def put_away(plain: bytes, *, draw_id: UUID, place: str) -> bytes:
    """The sealed bytes for the database."""
    nonce = secrets.token_bytes(sealing.NONCE_BYTES)
    return sealing.seal(key_for(f"draw:{draw_id}"), plain, place=place, nonce=nonce, block=_BLOCK)


def take_out(sealed: bytes, *, draw_id: UUID, place: str) -> bytes:
    """What was put away. Raises `SealBroken` when the key is another one or the bytes belong elsewhere."""
    return sealing.open_sealed(key_for(f"draw:{draw_id}"), sealed, place=place)


def secret_of(number: int) -> str:
    """The place of a holder's secret."""
    return f"secret:{number}"


ROSTER = "roster"
"""The place of the names and salts behind a salted roster."""
