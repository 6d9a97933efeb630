"""What every page shows around its content: navigation, who is signed in, for whom, unread messages, server time."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from commons.domain.actor import ANONYMOUS, Actor, Role
from commons.inbox import queries as inbox
from commons.people.labels import role_label
from commons.people.queries import Held
from exchange.rooms import queries as rooms
from exchange.rooms.queries import RoomView
from exchange.rooms.queries.pages import rooms_with

NAVIGATION = (
    ("notices:list", gettext_lazy("Notices")),
    ("tenders:list", gettext_lazy("Tenders")),
    ("rooms:list", gettext_lazy("Live rooms")),
    ("procurement:notices", gettext_lazy("Supermarket")),
    ("workspace", gettext_lazy("Workspace")),
    ("inbox:list", gettext_lazy("Inbox")),
)
SIGNED_IN_ONLY = {"workspace", "inbox:list"}
OPENING = "rooms-that-open-within-minutes"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    title: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class OrganisationChoice:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A room of the reader's that opens in a few minutes."""

    opens_at: datetime
    ready_url: str


def address(name: str) -> str:
    """The address of a page by its name, or nothing where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """Everything around the content, each part asked for only when a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def at(self) -> datetime:
        return timezone.now()

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", ANONYMOUS)

    @cached_property
    def held(self) -> tuple[Held, ...]:
        return tuple(getattr(self.request, "held_roles", ()))

    @property
    def address(self) -> str:
        """Where the reader is, for switching the language and coming back."""
        return self.request.get_full_path()

    @property
    def person_name(self) -> str:
        return str(self.request.user)

    @property
    def login_url(self) -> str:
        login = reverse("account_login")
        if self.request.path == login:
            return ""
        return login if self.request.path == "/" else f"{login}?{urlencode({'next': self.address})}"

    @property
    def organisation_name(self) -> str:
        names = [one.organisation_name for one in self.held if one.organisation_id == self.actor.organisation_id]
        return names[0] if names else ""

    @property
    def roles(self) -> list[str]:
        return [role_label(one.role) for one in self.held if one.organisation_id == self.actor.organisation_id]

    @property
    def other_organisations(self) -> list[OrganisationChoice]:
        """Organisations that the person could act for instead."""
        choices = {one.organisation_id: one.organisation_name for one in self.held}
        return [OrganisationChoice(key, name) for key, name in choices.items() if key != self.actor.organisation_id]

    @property
    def navigation(self) -> list[NavigationItem]:
        return [item for name, title in NAVIGATION if (item := self._item(name, str(title)))]

    def _item(self, name: str, title: str) -> NavigationItem | None:
        url = address(name)
        if not url or (name in SIGNED_IN_ONLY and self.actor.person_id is None):
            return None
        count = self.unread if name == "inbox:list" else 0
        return NavigationItem(title, url, current=self.request.path.startswith(url), count=count)

    @cached_property
    def unread(self) -> int:
        """How many messages of the inbox the reader has not read yet."""
        return inbox.unread_count(self.actor)

    @cached_property
    def opening_room(self) -> Opening | None:
        """The reader's next room, in its last minutes before the opening; not told in that room itself."""
        if not self.actor.has(Role.BIDDER):
            return None
        soon = {room.room_id: room for room in opening_rooms()}
        own = rooms_with(self.actor.organisation_id, list(soon)) if soon else frozenset()
        nearest = min((soon[room_id] for room_id in own), key=lambda room: room.opens_at, default=None)
        if nearest is None or self.request.path.startswith(reverse("rooms:room", args=[nearest.room_id])):
            return None
        return Opening(nearest.opens_at, reverse("rooms:ready", args=[nearest.room_id]))


def opening_rooms() -> list[RoomView]:
    """The rooms that open within minutes, asked for at most every ten seconds: pages share the answer."""
    found: list[RoomView] | None = cache.get(OPENING)
    if found is None:
        found = rooms.opening_soon(timezone.now())
        cache.set(OPENING, found, timeout=10)
    return found


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {"shell": Shell(request), "platform_name": gettext("Luochui")}
