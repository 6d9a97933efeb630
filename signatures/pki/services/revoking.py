"""A certificate that its authority revoked ends what it vouched for: sessions, open sockets included, and more."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Use:
    """What certificates vouch for only as long as they are good."""

    fingerprints: Callable[[datetime], Iterable[str]]
    """Of the certificates that vouch for something at that time."""
    end: Callable[[BoundCertificate, datetime], int]
    """End what one that was revoked has vouched for; how much that was. Again is harmless."""


_uses = [Use(people.certificates_in_use, lambda bound, at: end_sessions_with(bound, at=at))]


def register_use(use: Use) -> None:
    """Have the watch ask about these certificates too; called once, when the code is loaded."""
    _uses.append(use)


def end_all_that_uses(bound: BoundCertificate, *, at: datetime) -> int:
    """End everything that a certificate found revoked has vouched for; how much that was."""
    return sum(use.end(bound, at) for use in _uses)


def watch_revocation(at: datetime, *, source: RevocationSource) -> int:
    """Ask about the certificates that vouch for something now, and end what must end; how much that was.

    An authority that is silent about one certificate is not asked about the others: the round stays short.
    """
    patient = _OneTry(source)
    trust, ended = queries.trust_store(), 0
    for fingerprint in sorted({each for use in _uses for each in use.fingerprints(at)}):
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
            ended += end_all_that_uses(bound, at=at)
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
