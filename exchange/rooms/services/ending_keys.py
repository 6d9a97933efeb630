"""A room key bids no longer than the certificate that vouched for it is good.

Electronic Signature Law (电子签名法) arts. 13 and 15: a signature counts under a key of which its holder alone
disposes, and who learns that it may not be so any more says so and stops.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from commons.domain.actor import system_actor
from commons.domain.text import gettext_noop
from commons.evidence.services import append_secret
from commons.inbox import services as inbox
from exchange.rooms.models import RoomKey, Voucher
from signatures.pki.queries import BoundCertificate
from signatures.pki.services import Use, register_use

CLERK = system_actor("certificates")
ENDED = gettext_noop(
    "The authority revoked the certificate with which you entered a live room. That entry counts no more: what was bid"
    " before stands, nothing can be bid with it from now on."
)


def certificates_in_use(_at: datetime) -> Iterable[str]:
    """The fingerprints of the certificates that vouch for a key in a room that is not over."""
    return {key.certificate for key in _living_keys()}


def end_keys_of(bound: BoundCertificate, at: datetime) -> int:
    """End the keys that a certificate found revoked has vouched for, in rooms that are not over; how many those were.

    Web processes learn of it from the rows within a second.
    """
    with transaction.atomic():
        keys = [key for key in _living_keys() if key.certificate == bound.fingerprint]
        return sum(_end(key, bound.organisation_id, at) for key in keys)


register_use(Use(certificates_in_use, end_keys_of))


def _living_keys() -> Iterator[RoomKey]:
    return RoomKey.objects.filter(room__ended_at=None, ended_at=None, vouched_by=Voucher.CERTIFICATE).iterator()


def _end(key: RoomKey, organisation_id: int, at: datetime) -> int:
    if not RoomKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=at):
        return 0  # another process was faster
    append_secret(
        stream=f"room-keys:{key.room_id}",
        type="RoomKeyEnded",
        actor=CLERK,
        payload={"key": key.key_id, "reason": "CERTIFICATE_REVOKED"},
        decided_at=at,
        idempotency_key=f"{key.key_id}:ended",
    )
    inbox.deliver(
        subject_msgid=ENDED,
        fields={},
        link=f"/rooms/{key.room_id}/",
        at=at,
        key=f"room-key:{key.pk}:ended",
        organisation_id=organisation_id,
    )
    return 1
