"""Telling in good time that a certificate will expire, holders and operators; forgetting what is long over."""

from datetime import datetime, timedelta

from commons.domain.actor import Role
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI
from commons.inbox import services as inbox
from commons.people import queries as people
from signatures.crypto.certificates import facts_of
from signatures.pki.domain.bindings import BindingState, Kind
from signatures.pki.domain.trusting import AuthorityState
from signatures.pki.models import CertificateAuthority, CertificateBinding
from signatures.pki.queries import trusted
from signatures.pki.services.proving import forget_challenges

WARN_DAYS = (30, 7, 1)
"""Days before the end on which a holder is told; our choice."""
OVER = "over"
EVERY = timedelta(hours=1)
EXPIRES = gettext_noop(
    "The certificate of %(name)s expires on %(on)s. Renew it at the authority and bind the new one before that day."
)
EXPIRED = gettext_noop(
    "The certificate of %(name)s has expired on %(on)s. Renew it at the authority and bind the new one."
)
AUTHORITY_EXPIRES = gettext_noop(
    "The certificate “%(name)s” of a trusted authority expires on %(on)s. Ask the authority for its successor and load "
    "the trust list with it before that day; certificates that hang on it count no longer then."
)
AUTHORITY_EXPIRED = gettext_noop(
    "The certificate “%(name)s” of a trusted authority has expired on %(on)s; what hangs on it is refused. Load a "
    "trust list with its successor."
)

_last: list[datetime] = []


def watch_expiry(at: datetime) -> int:
    """The errand: once an hour in each process; how many messages there are now."""
    if _last and at - _last[0] < EVERY:
        return 0
    _last[:] = [at]
    forget_challenges(at)
    return warn_of_expiry(at) + warn_of_authorities(at)


def warn_of_expiry(at: datetime) -> int:
    """Tell each holder once at every mark of `WARN_DAYS` and once when it is over; how many messages there are now."""
    soon = CertificateBinding.objects.filter(
        state=BindingState.ACTIVE, not_after__lte=at + timedelta(days=max(WARN_DAYS))
    )
    told = 0
    for row in soon.order_by("id"):
        _tell(row, at)
        told += 1
    return told


def _tell(row: CertificateBinding, at: datetime) -> None:
    mark = mark_of(row.not_after, at)
    inbox.deliver(
        subject_msgid=EXPIRED if mark == OVER else EXPIRES,
        fields={"name": row.common_name, "on": _day(row.not_after)},
        link="/certificates/",
        at=at,
        key=f"certificate:{row.pk}:{mark}",
        organisation_id=row.organisation_id if row.kind == Kind.SEAL else None,
        person_id=None if row.kind == Kind.SEAL else row.person_id,
    )


def warn_of_authorities(at: datetime) -> int:
    """Tell the operators at each mark of roots and intermediates that are trusted now; how many messages there are."""
    listed = [trusted(row) for row in CertificateAuthority.objects.filter(state=AuthorityState.TRUSTED)]
    return sum(
        tell_operators(certificate, before=AUTHORITY_EXPIRES, after=AUTHORITY_EXPIRED, link="/trust-list/", at=at)
        for authority in listed
        for certificate in (authority.root, *authority.intermediates)
    )


def tell_operators(certificate: bytes, *, before: str, after: str, link: str, at: datetime) -> int:
    """Tell each operator of the centre once at each mark of the certificate (DER); how many messages there are now.

    `before` and `after` are message ids with the places `name` and `on`.
    """
    facts = facts_of(certificate)
    if (mark := mark_of(facts.not_after, at)) is None:
        return 0
    operators = people.centre_people_with(Role.OPERATOR)
    for person_id in operators:
        inbox.deliver(
            subject_msgid=after if mark == OVER else before,
            fields={"name": facts.common_name or facts.organisation, "on": _day(facts.not_after)},
            link=link,
            at=at,
            key=f"certificate-of-the-house:{facts.fingerprint}:{mark}:{person_id}",
            person_id=person_id,
        )
    return len(operators)


def mark_of(not_after: datetime, at: datetime) -> str | None:
    """The mark of `WARN_DAYS` that is reached, `OVER` behind the end, None while the end is far."""
    left = not_after - at
    if left < timedelta():
        return OVER
    reached = [days for days in WARN_DAYS if left <= timedelta(days=days)]
    return str(min(reached)) if reached else None


def _day(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d")
