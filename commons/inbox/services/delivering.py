"""Putting a message into an inbox, once."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from commons.domain.sealing import blinded
from commons.inbox.models import InboxMessage
from commons.inbox.queries import receiver
from commons.outbox import services as outbox
from commons.secrecy.keys import key_for


def deliver(
    *,
    subject_msgid: str,
    fields: Mapping[str, str],
    link: str,
    at: datetime,
    key: str,
    organisation_id: int | None = None,
    person_id: int | None = None,
    by_mail: bool = True,
) -> int:
    """Tell a person, or everybody who acts for an organisation, once per `key`; gives the number of the message.

    `subject_msgid` is an English message id whose %(places)s are named in `fields`; each reader gets it in his own
    language. `link` is an address of this platform, or empty. Where mail is set up, it follows through the outbox.
    """
    assert (organisation_id is None) != (person_id is None), "a message has one receiver"
    assert not link or (link.startswith("/") and not link.startswith("//")), "a link stays on this platform"
    assert subject_msgid % dict(fields) is not None, "every place of the subject is named in the fields"
    with transaction.atomic():
        key = blinded(key_for("inbox"), key)
        known = InboxMessage.objects.filter(key=key).values_list("id", flat=True).first()
        if known is not None:
            return known
        InboxMessage.objects.bulk_create(
            [
                InboxMessage(
                    key=key,
                    party=None if organisation_id is None else receiver(organisation_id),
                    person_id=person_id,
                    subject_msgid=subject_msgid,
                    fields=dict(fields),
                    link=link,
                    delivered_at=at,
                )
            ],
            ignore_conflicts=True,  # somebody else delivered the same occasion a moment ago
        )
        number = InboxMessage.objects.values_list("id", flat=True).get(key=key)
        if by_mail and settings.INBOX_BY_MAIL:
            outbox.enqueue(topic="mail", key=f"inbox:{number}", payload={"message": str(number)}, at=at)
    return number
