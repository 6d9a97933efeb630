"""Telling the operators in good time that the platform's own seal will expire: without it no paper is finished."""

from datetime import datetime, timedelta

from commons.domain.text import gettext_noop
from signatures.documents.domain.papers import SealMissing
from signatures.documents.services.sealing import platform_seal
from signatures.pki import services as pki

EVERY = timedelta(hours=1)
SEAL_EXPIRES = gettext_noop(
    "The certificate “%(name)s” of the platform's seal expires on %(on)s. Install its successor with “manage.py "
    "platform_seal” before that day; no paper is sealed afterwards."
)
SEAL_EXPIRED = gettext_noop(
    "The certificate “%(name)s” of the platform's seal has expired on %(on)s and papers wait unsealed. Install its "
    "successor with “manage.py platform_seal”."
)

_last: list[datetime] = []


def watch_seal(at: datetime) -> int:
    """The errand: once an hour in each process; how many messages there are now."""
    if _last and at - _last[0] < EVERY:
        return 0
    _last[:] = [at]
    return warn_of_seal(at)


def warn_of_seal(at: datetime) -> int:
    """Tell each operator once at each mark of the seal's certificate and of those above it; nothing while none is."""
    try:
        seal = platform_seal()
    except SealMissing:
        return 0
    return sum(
        pki.tell_operators(certificate, before=SEAL_EXPIRES, after=SEAL_EXPIRED, link="/trust-list/", at=at)
        for certificate in (seal.certificate, *seal.chain)
    )
