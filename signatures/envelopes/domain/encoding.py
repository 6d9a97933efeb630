"""Bytes as text in envelopes: base64 with one spelling."""

import base64
import binascii

from commons.domain.text import gettext_noop
from signatures.envelopes.domain.header import EnvelopeBroken


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Raises `EnvelopeBroken`, also for a second spelling of the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise EnvelopeBroken(reason=gettext_noop("what should be base64 is not")) from None
    if to_base64(data) != text:
        raise EnvelopeBroken(reason=gettext_noop("base64 is spelled otherwise"))
    return data
