"""The session engine (`SESSION_ENGINE`): Django's database sessions with the person beside the data."""

import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from commons.people.models import PersonSession


class SessionStore(db.SessionStore):
    """Database sessions whose row names its person."""

    @classmethod
    def get_model_class(cls) -> type[PersonSession]:
        return PersonSession

    def create_model_instance(self, data: dict[str, Any]) -> PersonSession:
        row: PersonSession = super().create_model_instance(data)  # type: ignore[assignment]  # of our model class
        row.person_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return row


def session_ref(session_key: str | None) -> str:
    """What may be told about a session: enough to know it again, of no use to take it over."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32] if session_key else ""
