"""Numbers, fingerprints and versions of requests (RFC 9110 on ETag and If-Match)."""

import hashlib
import re

from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop

_NUMBER = re.compile(r"[A-Za-z0-9._:~-]{8,80}", re.ASCII)
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


class IdempotencyKeyNeeded(Refusal):
    """A request that changes something came without a number of its own."""

    code = "IDEMPOTENCY_KEY_NEEDED"
    message = gettext_noop(
        "This request changes something: send a number of its own in the header Idempotency-Key (a UUID will do)."
    )
    status = 400


class VersionNeeded(Refusal):
    """A change of something that others may change came without If-Match (RFC 6585, 428)."""

    code = "VERSION_NEEDED"
    message = gettext_noop("Read this first and send the ETag of what you read in the header If-Match.")
    status = 428


class VersionMoved(Refusal):
    """What is to be changed is no longer what the caller read (RFC 9110, 412)."""

    code = "VERSION_MOVED"
    message = gettext_noop("This has changed since you read it. Read it again before you change it.")
    status = 412


def check_number(number: str | None) -> str:
    """The request's number, 8 to 80 plain characters. Refuses `IdempotencyKeyNeeded` and `Malformed`."""
    if not number:
        raise IdempotencyKeyNeeded()
    if not _NUMBER.fullmatch(number):
        raise Malformed(field="Idempotency-Key", reason=gettext_noop("8 to 80 letters, digits or any of . _ : ~ -"))
    return number


def fingerprint(*, method: str, path: str, body: bytes) -> str:
    """SHA-256, hex, of what is asked for: two requests are the same when method, address and body are."""
    digest = hashlib.sha256(f"{method}\n{path}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def version_of(content: bytes) -> str:
    """The strong entity tag of some content, without quotation marks."""
    return hashlib.sha256(content).hexdigest()[:32]


def matches(header: str, version: str) -> bool:
    """Whether a list of entity tags (`If-Match`, `If-None-Match`) names the version; `*` names any."""
    return header.strip() == "*" or version in _TAG.findall(header)
