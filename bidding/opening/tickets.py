"""Admission to a hall's socket: signed, 60 seconds, so that a storm of reconnects asks for no session."""

from dataclasses import dataclass

from django.core import signing

from bidding.opening.queries import Viewer
from commons.domain.actor import Actor
from commons.people import queries as people

SALT = "luochui.hall-ticket.v1"
LIFETIME_S = 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may watch which hall as what. `epoch` dies with the person's sessions."""

    hall_id: int
    viewer: Viewer
    organisation_id: int | None
    person_id: int | None
    epoch: int
    language: str


def seal(*, actor: Actor, hall_id: int, viewer: Viewer, language: str) -> str:
    """The ticket as text for the page."""
    person = actor.person_id
    epoch = people.socket_epochs([person]).get(person, 0) if person else 0
    organisation = actor.organisation_id if viewer is Viewer.BIDDER else None
    return signing.dumps([hall_id, viewer.value, organisation, person, epoch, language], salt=SALT)


def unseal(text: str) -> Ticket | None:
    """The ticket that `seal` made; None when it is forged or over."""
    try:
        hall_id, viewer, organisation, person, epoch, language = signing.loads(text, salt=SALT, max_age=LIFETIME_S)
        return Ticket(hall_id, Viewer(viewer), organisation, person, epoch, language)
    except (signing.BadSignature, ValueError, TypeError):
        return None
