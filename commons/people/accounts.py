"""How allauth behaves here: accounts open on pages of our own, and sockets hear of a sign-out."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from commons.people.announcements import SessionsEnded
from commons.people.ending import end_sockets
from commons.people.models import PersonSession
from commons.people.sessions import session_ref

CERTIFICATE = "certificate"
"""The way of signing in that a session records for a certificate."""


def sign_in_by_certificate(request: HttpRequest, *, person_id: int, fingerprint: str) -> None:
    """Sign the person in on this browser; the caller has verified the signature. The session gets a new key."""
    person = get_user_model().objects.get(pk=person_id, is_active=True)
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, person, method=CERTIFICATE, fingerprint=fingerprint)


def certificates_behind(row: PersonSession) -> set[str]:
    """The fingerprints (SHA-256, hex) of the certificates with which the session began."""
    records = row.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return {str(one.get("fingerprint")) for one in records if one.get("method") == CERTIFICATE}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up is closed; a sign-out closes the sockets of its session, a new password those of all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def logout(self, request: HttpRequest) -> None:
        person_id, reference = request.user.pk, session_ref(request.session.session_key)
        with transaction.atomic():
            super().logout(request)
            if person_id is not None:
                end_sockets(SessionsEnded(person_id, reference, "SIGNED_OUT", timezone.now()))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        with transaction.atomic():
            super().set_password(user, password)
            end_sockets(SessionsEnded(user.pk, "", "PASSWORD_CHANGED", timezone.now()))
        user.refresh_from_db(fields=["socket_epoch"])
