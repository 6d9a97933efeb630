"""Makes the actor once, at the edge."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from commons.domain.actor import ANONYMOUS, Actor, Assurance, Role
from commons.people.models import Membership


class ActorMiddleware:
    """Puts `request.actor` beside `request.user`: person, organisation of the session, its roles, assurance."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)  # type: ignore[attr-defined]  # views annotate their request as HttpRequest
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """The actor whom the session stands for; anonymous without a sign-in."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    memberships = Membership.objects.filter(person=user, ended_at__isnull=True)
    organisation_id = (
        request.session.get("organisation_id") or memberships.values_list("organisation_id", flat=True).first()
    )
    roles = frozenset(
        Role(role) for role in memberships.filter(organisation_id=organisation_id).values_list("role", flat=True)
    )
    return Actor(
        person_id=user.pk,
        organisation_id=organisation_id if roles else None,
        roles=roles,
        assurance=Assurance(user.assurance),
        session_ref=request.session.session_key or "",
    )
