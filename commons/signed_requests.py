"""Signed requests between systems, as docs/hooks.md describes them: HMAC-SHA-256 over method, path, time, nonce, body.

Pure: the clock, the nonce and the memory of used nonces belong to the caller.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import from_text, to_text

TOLERANCE = timedelta(seconds=300)


class RequestNotSigned(Refusal):
    """The signature is missing or wrong, the time is too far away, or the nonce was used before."""

    code = "REQUEST_NOT_SIGNED"
    message = gettext_noop("The request is not signed as the contract asks: %(reason)s.")
    status = 401


@dataclass(frozen=True, slots=True)
class Signed:
    """The head of a signed request."""

    key: str
    at: datetime
    nonce: str
    signature: bytes


def headers(
    *, key: str, secret: bytes, method: str, target: str, body: bytes, at: datetime, nonce: str
) -> dict[str, str]:
    """The headers of a request to `target` (path with its query)."""
    time = to_text(at)
    signature = _signature(secret, method, target, time, nonce, body)
    return {
        "X-Luochui-Key": key,
        "X-Luochui-Time": time,
        "X-Luochui-Nonce": nonce,
        "X-Luochui-Signature": base64.b64encode(signature).decode(),
    }


def read(found: Mapping[str, str], *, at: datetime) -> Signed:
    """The head of a request that came at `at`. Refuses (`RequestNotSigned`) what is missing, malformed or too old."""
    try:
        key, nonce = found["X-Luochui-Key"], found["X-Luochui-Nonce"]
        signed_at = from_text(found["X-Luochui-Time"])
        signature = base64.b64decode(found["X-Luochui-Signature"], validate=True)
    except KeyError as error:
        raise RequestNotSigned(reason=f"{error.args[0]} is missing") from None
    except (ValueError, binascii.Error):
        raise RequestNotSigned(reason="a header cannot be read") from None
    if abs(at - signed_at) > TOLERANCE:
        raise RequestNotSigned(reason="its time is more than 300 s away")
    if not 16 <= len(nonce) <= 40 or len(key) > 40:
        raise RequestNotSigned(reason="the nonce or the key's name has a wrong length")
    return Signed(key, signed_at, nonce, signature)


def require(signed: Signed, *, secret: bytes, method: str, target: str, body: bytes) -> None:
    """Refuses (`RequestNotSigned`) unless the holder of `secret` signed exactly this request."""
    wanted = _signature(secret, method, target, to_text(signed.at), signed.nonce, body)
    if not hmac.compare_digest(wanted, signed.signature):
        raise RequestNotSigned(reason="the signature is wrong")


def _signature(secret: bytes, method: str, target: str, time: str, nonce: str, body: bytes) -> bytes:
    text = "\n".join((method.upper(), target, time, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()
