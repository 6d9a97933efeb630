"""The sockets of sessions that are over."""

from functools import partial

from django.db import transaction
from django.db.models import F

from commons.people.announcements import SessionsEnded, publish
from commons.people.models import Person


def end_sockets(ended: SessionsEnded) -> None:
    """Close what the person has open on every process when the caller's transaction commits; a session that lives on
    opens its sockets anew.

    The announcement closes them at once. Who does not hear it (Redis was away) closes them within a second: every hub
    compares its sockets with the raised epoch.
    """
    Person.objects.filter(pk=ended.person_id).update(socket_epoch=F("socket_epoch") + 1)
    transaction.on_commit(partial(publish, ended))
