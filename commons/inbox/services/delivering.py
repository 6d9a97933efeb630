"""Putting a message into an inbox, once."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from commons.domain.sealing import blinded
from commons.inbox.models import InboxMessage
from commons.inbox.queries import receiver
from commons.outbox import services as outbox
from commons.repeated import insert
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
    message = InboxMessage(
        key=blinded(key_for("inbox"), key),
        party=None if organisation_id is None else receiver(organisation_id),
        person_id=person_id,
        subject_msgid=subject_msgid,
        fields=dict(fields),
        link=link,
        delivered_at=at,
    )
    if not (by_mail and settings.INBOX_BY_MAIL):
        return insert(message, once="key").pk
    with transaction.atomic():
        number = insert(message, once="key").pk
        outbox.enqueue(topic="mail", key=f"inbox:{number}", payload={"message": str(number)}, at=at)
    return number
