"""Sessions that know whose they are, so that all of a person's can be ended at once."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class PersonSession(AbstractBaseSession):
    """One signed-in (or anonymous) browser. Written by `commons.people.sessions`."""

    person_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    """No foreign key: a session ends with its row, and its writer must not wait for the person's row."""

    class Meta:
        app_label = "commons"

    @classmethod
    def get_session_store_class(cls) -> "type":
        from commons.people.sessions import SessionStore

        return SessionStore
