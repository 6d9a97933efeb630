"""What a sealed call keeps of its orders while it is open: commitments for everybody, the rest under the room's key.

An entry of the log that would name a price is stored as `{"commitment", "sealed"}`: SHA-256 of the opening (canonical
JSON `{"payload", "salt", "type"}`), and the opening under AES-256-GCM. When the call ends the room's key is published
in the log (stream `room-reveal:<room>`), and everybody can open, and check, what was committed to.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final

from commons.domain import sealing
from commons.domain.sealing import SealBroken

TYPE: Final = "OrderSealed"
"""One type for orders, refusals and withdrawals: the log does not tell which."""
BLOCK: Final = 1_024
SALT_BYTES: Final = 16


def reveal_stream(room_id: int | str) -> str:
    """Where the key of a room is published."""
    return f"room-reveal:{room_id}"


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of one room."""

    room_id: int
    key: bytes

    def close(self, type_: str, payload: bytes, seq: int) -> tuple[str, bytes]:
        """Type and payload as the log holds them; `payload` is canonical JSON."""
        salt = secrets.token_hex(SALT_BYTES)
        opening = b'{"payload":%b,"salt":"%b","type":"%b"}' % (payload, salt.encode(), type_.encode())
        sealed = base64.b64encode(self.hide(opening, f"entry:{seq}", block=BLOCK))
        commitment = hashlib.sha256(opening).hexdigest()
        return TYPE, b'{"commitment":"%b","sealed":"%b"}' % (commitment.encode(), sealed)

    def open(self, payload: dict[str, Any], seq: int) -> tuple[str, Any]:
        """Type and payload as they were. Raises `SealBroken`, also where the commitment was to something else."""
        opening = self.show(base64.b64decode(payload["sealed"]), f"entry:{seq}")
        if hashlib.sha256(opening).hexdigest() != payload["commitment"]:
            raise SealBroken(f"entry {seq} was committed to something else")
        found = json.loads(opening)
        return found["type"], found["payload"]

    def hide(self, plain: bytes, place: str, *, block: int = BLOCK) -> bytes:
        """Anything else of the room that names prices, such as a snapshot."""
        nonce = secrets.token_bytes(sealing.NONCE_BYTES)
        return sealing.seal(self.key, plain, place=self._at(place), nonce=nonce, block=block)

    def show(self, sealed: bytes, place: str) -> bytes:
        """What `hide` was given. Raises `SealBroken`."""
        return sealing.open_sealed(self.key, sealed, place=self._at(place))

    def digest(self, body: bytes) -> bytes:
        """A hash that only who has the key can compare guesses with, 32 bytes."""
        return hmac.new(self.key, body, hashlib.sha256).digest()

    def salt(self, bid_id: str, seq: int) -> str:
        """The salt of a receipt, hex."""
        return self.digest(f"receipt:{bid_id}:{seq}".encode())[:SALT_BYTES].hex()

    def _at(self, place: str) -> str:
        return f"room:{self.room_id}:{place}"
