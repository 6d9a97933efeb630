"""Telling holders in good time that a certificate will expire; forgetting what is long over."""

from datetime import datetime, timedelta

from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI
from commons.inbox import services as inbox
from signatures.pki.domain.bindings import BindingState, Kind
from signatures.pki.models import CertificateBinding
from signatures.pki.services.proving import forget_challenges

WARN_DAYS = (30, 7, 1)
"""Days before the end on which a holder is told; our choice."""
EVERY = timedelta(hours=1)
EXPIRES = gettext_noop(
    "The certificate of %(name)s expires on %(on)s. Renew it at the authority and bind the new one before that day."
)
EXPIRED = gettext_noop(
    "The certificate of %(name)s has expired on %(on)s. Renew it at the authority and bind the new one."
)

_last: list[datetime] = []


def watch_expiry(at: datetime) -> int:
    """The errand: once an hour in each process; how many holders were told."""
    if _last and at - _last[0] < EVERY:
        return 0
    _last[:] = [at]
    forget_challenges(at)
    return warn_of_expiry(at)


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
    left = row.not_after - at
    mark = "over" if left < timedelta() else str(min(days for days in WARN_DAYS if left <= timedelta(days=days)))
    inbox.deliver(
        subject_msgid=EXPIRED if mark == "over" else EXPIRES,
        fields={"name": row.common_name, "on": row.not_after.astimezone(SHANGHAI).strftime("%Y-%m-%d")},
        link="/certificates/",
        at=at,
        key=f"certificate:{row.pk}:{mark}",
        organisation_id=row.organisation_id if row.kind == Kind.SEAL else None,
        person_id=None if row.kind == Kind.SEAL else row.person_id,
    )
