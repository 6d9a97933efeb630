"""How allauth behaves here: accounts open on pages of our own, and sockets hear of a sign-out."""

from functools import partial

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from commons.people.announcements import SessionsEnded, publish
from commons.people.sessions import session_ref


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up is closed; a sign-out closes the sockets of its session, a new password those of all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def logout(self, request: HttpRequest) -> None:
        person_id, reference = request.user.pk, session_ref(request.session.session_key)
        super().logout(request)
        if person_id is not None:
            publish(SessionsEnded(person_id, reference, "SIGNED_OUT", timezone.now()))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        ended = SessionsEnded(user.pk, "", "PASSWORD_CHANGED", timezone.now())
        transaction.on_commit(partial(publish, ended))
