"""A certificate that its authority revoked ends what began with it: sessions, open sockets included."""

from datetime import datetime, timedelta

from commons.domain.actor import system_actor
from commons.domain.text import gettext_noop
from commons.inbox import services as inbox
from commons.people import queries as people
from commons.people import services as people_services
from signatures.crypto.answers import Revocation
from signatures.crypto.authorities import Purpose, TrustedAuthority
from signatures.crypto.certificates import validate
from signatures.crypto.revocation import RevocationData, RevocationSource, RevocationUnavailable
from signatures.pki import queries
from signatures.pki.queries import BoundCertificate

EVERY = timedelta(seconds=30)
REVOKED = gettext_noop(
    "The authority revoked the certificate of %(name)s. Sessions that began with it have ended. Ask the authority for a"
    " new one, then bind it."
)
CLERK = system_actor("certificates")
_last: list[datetime] = []


def end_sessions_with(bound: BoundCertificate, *, at: datetime) -> int:
    """End the sessions that began with a certificate found revoked, and tell its holder once; how many ended.

    Their sockets are closed within a second, as when a role ends.
    """
    ended = people_services.end_certificate_sessions(
        person_id=bound.person_id, fingerprint=bound.fingerprint, reason="CERTIFICATE_REVOKED", at=at, actor=CLERK
    )
    inbox.deliver(
        subject_msgid=REVOKED,
        fields={"name": bound.common_name},
        link="/certificates/",
        at=at,
        key=f"certificate:{bound.id}:revoked",
        person_id=bound.person_id,
    )
    return ended


def watch_revocation(at: datetime, *, source: RevocationSource) -> int:
    """Ask about the certificates with which people are signed in now, and end what must end; how many sessions.

    An authority that is silent about one certificate is not asked about the others: the round stays short.
    """
    patient = _OneTry(source)
    trust, ended = queries.trust_store(), 0
    for fingerprint in people.certificates_in_use(at):
        bound = queries.binding_by_fingerprint(fingerprint)
        if bound is None:
            continue
        status = validate(
            leaf=bound.certificate,
            intermediates=bound.chain,
            at=at,
            purpose=Purpose.LOGIN,
            trust=trust,
            revocation=patient,
        )
        if status.revocation == Revocation.REVOKED:
            ended += end_sessions_with(bound, at=at)
    return ended


def is_due(at: datetime) -> bool:
    """Once in `EVERY` in each process."""
    if _last and at - _last[0] < EVERY:
        return False
    _last[:] = [at]
    return True


class _OneTry:
    """Another source, asked no more about an authority once it was silent."""

    def __init__(self, source: RevocationSource) -> None:
        self._source = source
        self._silent: set[str] = set()

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        if authority.key in self._silent:
            raise RevocationUnavailable(f"{authority.key} was silent a moment ago")
        try:
            return self._source.about(certificate=certificate, issuer=issuer, authority=authority, at=at)
        except RevocationUnavailable:
            self._silent.add(authority.key)
            raise
