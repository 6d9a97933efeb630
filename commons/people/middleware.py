"""Makes the actor once, at the edge."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from commons.domain.actor import ANONYMOUS, Actor, Assurance
from commons.people.accounts import CERTIFICATE
from commons.people.domain.assurance import session_assurance
from commons.people.queries import Held, roles_of
from commons.people.sessions import session_ref

ORGANISATION = "organisation_id"
"""The session's key for the organisation that the person acts for."""


CHOOSE_ANOTHER = "account_change_password"
OPEN_UNTIL_THEN = ("/account/", "/language/", "/health/", "/register/")
"""What somebody whose password another person knows may still ask for: to choose one, to sign out."""


class ActorMiddleware:
    """Puts `request.actor` and `request.held_roles` beside `request.user`; one query, and only when somebody asks.

    Who signed in with a password that somebody else made is led to the page on which another one is chosen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.held_roles = SimpleLazyObject(lambda: held_by(request))  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]  # see held_roles
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.path.startswith(OPEN_UNTIL_THEN) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not getattr(request.user, "password_was_told", False) or certificate_behind(request):
            return None
        return redirect(CHOOSE_ANOTHER)


def held_by(request: HttpRequest) -> tuple[Held, ...]:
    """Every role of the person who is signed in, in all organisations."""
    return roles_of(request.user.pk) if request.user.is_authenticated else ()


def actor_of(request: HttpRequest) -> Actor:
    """The actor whom the session stands for; anonymous without a sign-in."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    held: tuple[Held, ...] = getattr(request, "held_roles", None) or held_by(request)
    organisation_id = chosen_organisation(request, held)
    return Actor(
        person_id=user.pk,
        organisation_id=organisation_id,
        roles=frozenset(one.role for one in held if one.organisation_id == organisation_id),
        assurance=assurance_of(request),
        session_ref=session_ref(request.session.session_key),
    )


def chosen_organisation(request: HttpRequest, held: tuple[Held, ...]) -> int | None:
    """The organisation of the session while the person still holds a role there, else the first one."""
    ids = [one.organisation_id for one in held]
    chosen = request.session.get(ORGANISATION)
    return chosen if chosen in ids else next(iter(ids), None)


def assurance_of(request: HttpRequest) -> Assurance:
    """How surely the person of this session is known: the person's own level, capped by how it signed in."""
    records = get_authentication_records(request, request.user)
    second_factor = any(record.get("method") == "mfa" for record in records)
    assert request.user.is_authenticated
    return session_assurance(
        person=Assurance(request.user.assurance),
        second_factor=second_factor,
        password_cap=Assurance(settings.PASSWORD_ASSURANCE),
        certificate=certificate_behind(request),
    )


def certificate_behind(request: HttpRequest) -> bool:
    """Whether this session began with a certificate of the person's own."""
    return any(one.get("method") == CERTIFICATE for one in get_authentication_records(request, request.user))
