"""Codes and links that follow from a secret of the platform, so that no table holds them."""

import hmac

from django.core import signing
from django.utils.crypto import salted_hmac

from commons.registration.models import AddressCheck

_INVITATION = "luochui.invitation"


def code_of(check: AddressCheck) -> str:
    """The six digits of a check."""
    digest = salted_hmac("luochui.code", f"{check.token}|{check.nonce}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def is_code(check: AddressCheck, typed: str) -> bool:
    """Whether `typed` is the check's code, compared in constant time."""
    return hmac.compare_digest(code_of(check).encode(), typed.strip().encode())


def source_of(network_address: str) -> str:
    """A keyed digest of a network address: enough to count, useless to anybody who reads the table."""
    return salted_hmac("luochui.source", network_address, algorithm="sha256").hexdigest()


def invitation_token(invitation_id: int) -> str:
    """What stands in the link of an invitation."""
    return signing.dumps(invitation_id, salt=_INVITATION)


def invitation_id(token: str) -> int:
    """The invitation that a link names; 0, which none has, for a link that we did not make."""
    try:
        found = signing.loads(token, salt=_INVITATION)
    except signing.BadSignature:
        return 0
    return found if isinstance(found, int) else 0
