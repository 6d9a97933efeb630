"""DER for the few structures that are made often: asn1crypto reads well, but builds a thousand times slower."""

from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto.core import ObjectIdentifier

SEQUENCE, SET, OCTETS, INTEGER, UTC_TIME, GENERALIZED_TIME = 0x30, 0x31, 0x04, 0x02, 0x17, 0x18


def tlv(tag: int, content: bytes) -> bytes:
    """One value with its tag and length."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    spelled = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(spelled))) + spelled + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """SET OF in the order that DER prescribes: by the bytes of the parts."""
    return tlv(SET, b"".join(sorted(parts)))


def octets(content: bytes) -> bytes:
    return tlv(OCTETS, content)


def small_integer(value: int) -> bytes:
    assert 0 <= value < 0x80, "versions are small"
    return tlv(INTEGER, bytes((value,)))


@lru_cache(maxsize=64)
def oid(dotted: str) -> bytes:
    return bytes(ObjectIdentifier(dotted).dump())


def time(at: datetime) -> bytes:
    """Time as RFC 5652 §11.3 has it: UTCTime until 2049, GeneralizedTime after; whole seconds."""
    moment = at.astimezone(UTC)
    if 1950 <= moment.year < 2050:
        return tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())


def retagged(value: bytes, tag: int) -> bytes:
    """The same content under another tag: IMPLICIT."""
    return bytes((tag,)) + value[1:]
