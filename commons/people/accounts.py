"""How allauth behaves here: accounts open on pages of our own, and sockets hear of a sign-out."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from axes.utils import reset as forget_wrong_passwords
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from commons.people.announcements import SessionsEnded
from commons.people.ending import end_sockets
from commons.people.models import Person, PersonSession
from commons.people.sessions import session_ref

CERTIFICATE = "certificate"
"""The way of signing in that a session records for a certificate."""
LONGEST_COUNTED = 255
"""Characters that the table of wrong sign-ins takes."""


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The name under which wrong passwords are counted: one for all spellings that sign the same person in."""
    given = credentials.get("username") if credentials is not None else request.POST.get("login")
    return spelled_alike(str(given or ""))


def spelled_alike(username: str) -> str:
    """Sign-in names are compared without regard to case, so that a lock holds for every spelling of one."""
    return username.upper()[:LONGEST_COUNTED]


def lift_lock(person: Person) -> None:
    """Forget the person's wrong sign-ins: passwords, from wherever they were typed, and codes of a second factor."""
    forget_wrong_passwords(username=spelled_alike(person.username))
    ratelimit.clear(HttpRequest(), action="login_failed", key=f"mfa-auth-user-{person.pk}")


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

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(settings.LOGIN_REDIRECT_URL)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, whose lock a stranger cannot lay on somebody else's address."""

    def logout(self, request: HttpRequest) -> None:
        person_id, reference = request.user.pk, session_ref(request.session.session_key)
        with transaction.atomic():
            super().logout(request)
            if person_id is not None:
                end_sockets(SessionsEnded(person_id, reference, "SIGNED_OUT", timezone.now()))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, Person), "AUTH_USER_MODEL"
        with transaction.atomic():
            # Only what changes here: a whole row would write back what was closed or ended meanwhile.
            user.set_password(password)
            user.password_was_told = False
            user.save(update_fields=["password", "password_was_told"])
            end_sockets(SessionsEnded(user.pk, "", "PASSWORD_CHANGED", timezone.now()))
        user.refresh_from_db(fields=["socket_epoch"])
