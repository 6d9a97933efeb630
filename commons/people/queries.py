"""Questions about people, organisations and roles."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from commons.domain.actor import CENTRE_ROLES, Actor, Assurance, Role
from commons.domain.codes import CitizenId
from commons.domain.refusals import NotFound
from commons.people import policies
from commons.people.accounts import certificates_behind
from commons.people.domain import natural
from commons.people.domain.natural import NaturalPerson
from commons.people.domain.scopes import Scope
from commons.people.models import ApiKey, Membership, Organisation, OrganisationSuspension, Person, PersonSession
from commons.repeated import Repeated
from commons.secrecy.keys import key_for


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds now."""

    membership_id: int
    organisation_id: int
    organisation_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What anybody may know of an organisation."""

    id: int
    uscc: str
    name: str
    kind: str
    region: str

    @property
    def is_person(self) -> bool:
        """Whether it is a natural person, whose `name` is the masked one."""
        return self.kind == natural.KIND

    @property
    def code(self) -> str:
        """The unified social credit code for pages and papers; a natural person has none."""
        return "" if self.is_person else self.uscc


@dataclass(frozen=True, slots=True)
class ControlView:
    """Who stands behind an organisation, for the rules on related parties; empty where it is not known."""

    organisation_id: int
    uscc: str
    legal_representative: str
    controller_uscc: str


def roles_of(person_id: int) -> tuple[Held, ...]:
    """Every role that the person may act in now, oldest first; none of a suspended organisation. One query."""
    now = timezone.now()
    suspended = OrganisationSuspension.objects.filter(
        organisation=OuterRef("organisation"), begins_at__lte=now, ends_at__gt=now, lifted_at__isnull=True
    )
    held = Membership.objects.filter(~Exists(suspended), person_id=person_id, ended_at__isnull=True)
    rows = held.select_related("organisation")
    return tuple(Held(row.pk, row.organisation_id, row.organisation.name, Role(row.role)) for row in rows)


def organisation(organisation_id: int) -> OrganisationView | None:
    """The organisation of that number, if there is one."""
    return organisations([organisation_id]).get(organisation_id)


def organisations(organisation_ids: Iterable[int]) -> dict[int, OrganisationView]:
    """The organisations of those numbers, by number; one query."""
    return {row.pk: OrganisationView(row.pk, row.uscc, row.name, row.kind, row.region) for row in _of(organisation_ids)}


def organisation_by_uscc(uscc: str) -> OrganisationView | None:
    """The organisation with that unified social credit code, if it is known here."""
    row = Organisation.objects.filter(uscc=uscc).first()
    return OrganisationView(row.pk, row.uscc, row.name, row.kind, row.region) if row else None


def control_of(organisation_ids: Iterable[int]) -> tuple[ControlView, ...]:
    """Legal representative and controller of those organisations; one query. Only for rules: not for pages."""
    rows = _of(organisation_ids)
    return tuple(ControlView(row.pk, row.uscc, row.stands_behind, row.controller_uscc) for row in rows)


def natural_person(organisation_id: int) -> NaturalPerson | None:
    """Who a natural person is; None for an organisation. For rules, registers and the papers of the parties only."""
    found = next(iter(_of([organisation_id])), None)
    if found is None or not found.identity:
        return None
    return NaturalPerson(found.identity["name"], CitizenId(found.identity["number"]))


def person_reference(number: CitizenId) -> str:
    """What stands in the place of a code for the person of that identity number."""
    return natural.reference(number, key=key_for("natural persons"))


_ONE: Repeated[Organisation] = Repeated(lambda number: Organisation.objects.filter(pk=number))


def _of(organisation_ids: Iterable[int]) -> list[Organisation]:
    """The rows of those numbers in their order."""
    numbers = list(organisation_ids)
    if len(numbers) == 1:
        return _ONE.rows(numbers[0])
    return list(Organisation.objects.filter(pk__in=numbers).order_by("pk"))


def people_with(organisation_id: int, *roles: Role) -> tuple[int, ...]:
    """The people who hold one of `roles` for the organisation now."""
    held = Membership.objects.filter(
        organisation_id=organisation_id, role__in=[role.value for role in roles], ended_at__isnull=True
    )
    return tuple(sorted(set(held.values_list("person_id", flat=True))))


def centre_people_with(role: Role) -> tuple[int, ...]:
    """The people with an open account who hold that role of the centre's now; one query."""
    assert role in CENTRE_ROLES, "other roles are held for one organisation of many"
    held = Membership.objects.filter(role=role.value, ended_at__isnull=True, person__is_active=True)
    return tuple(sorted(set(held.values_list("person_id", flat=True))))


def names_with(organisation_id: int, *roles: Role) -> dict[int, str]:
    """The people who hold one of `roles` for the organisation now, with their names."""
    found = Person.objects.filter(pk__in=people_with(organisation_id, *roles), is_active=True)
    return dict(found.order_by("pk").values_list("pk", "name"))


def socket_epochs(person_ids: Iterable[int]) -> dict[int, int]:
    """The socket epoch of each person: sockets opened under a lower one are over. The inactive are left out."""
    return dict(Person.objects.filter(pk__in=list(person_ids), is_active=True).values_list("pk", "socket_epoch"))


@dataclass(frozen=True, slots=True)
class MemberRole:
    membership_id: int
    role: Role
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an organisation as its administrator sees it."""

    person_id: int
    username: str
    name: str
    assurance: Assurance
    roles: tuple[MemberRole, ...]


def members_of(organisation_id: int, *, viewer: Actor) -> tuple[Member, ...]:
    """The people who hold a role for the organisation now, with their roles. Refuses `NotPermitted`; one query."""
    policies.can_see_members(viewer, organisation_id).require()
    current = Membership.objects.filter(organisation_id=organisation_id, ended_at__isnull=True)
    rows = current.select_related("person").order_by("person_id", "id")
    members = []
    for _, group in groupby(rows, key=lambda row: row.person_id):
        held = list(group)
        person = held[0].person
        roles = tuple(MemberRole(row.pk, Role(row.role), row.granted_at) for row in held)
        members.append(Member(person.pk, person.username, person.name, Assurance(person.assurance), roles))
    return tuple(members)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the viewer may help or whose role may end."""

    person_id: int
    username: str
    name: str
    role: Role | None = None


def role_of_another(membership_id: int, *, viewer: Actor) -> Colleague:
    """Whose role that is now. Refuses `NotPermitted`, and `NotFound` beyond what the viewer keeps."""
    policies.can_see_members(viewer, viewer.organisation_id or 0).require()
    row = Membership.objects.select_related("person").filter(pk=membership_id, ended_at__isnull=True).first()
    if row is None or not policies.can_see_members(viewer, row.organisation_id):
        raise NotFound()
    return Colleague(row.person_id, row.person.username, row.person.name, Role(row.role))


def colleague(person_id: int, *, viewer: Actor) -> Colleague:
    """An active person of the viewer's organisation; for the operations desk anybody. Refuses as `role_of_another`."""
    policies.can_see_members(viewer, viewer.organisation_id or 0).require()
    row = Person.objects.filter(pk=person_id, is_active=True).first()
    of_house = any(one.organisation_id == viewer.organisation_id for one in roles_of(person_id))
    if row is None or not (of_house or viewer.has(Role.OPERATOR)):
        raise NotFound()
    return Colleague(row.pk, row.username, row.name)


def name_of(person_id: int) -> str | None:
    """The real name of the active person of that number. Only for rules: pages ask for what the viewer may see."""
    return Person.objects.filter(pk=person_id, is_active=True).values_list("name", flat=True).first()


def name_on_record(person_id: int) -> str:
    """The name of whoever did something, active or not; empty when there is no such person."""
    return Person.objects.filter(pk=person_id).values_list("name", flat=True).first() or ""


def person_id_of(username: str) -> int | None:
    """The number of the active person who signs in with that name."""
    return Person.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person to themselves."""

    id: int
    username: str
    name: str
    assurance: Assurance


def username_taken(username: str) -> bool:
    """Whether somebody signs in with that name, or did."""
    return Person.objects.filter(username=username).exists()


def person_with_address(kind: str, address: str) -> PersonView | None:
    """The active person who proved that telephone number (`PHONE`) or e-mail address (`MAIL`)."""
    row = Person.objects.filter(_proved(kind, address), is_active=True).first()
    return PersonView(row.pk, row.username, row.name, Assurance(row.assurance)) if row else None


def has_address(person_id: int, kind: str, address: str) -> bool:
    """Whether the person proved that address."""
    return Person.objects.filter(_proved(kind, address), pk=person_id).exists()


def _proved(kind: str, address: str) -> Q:
    if kind == "PHONE":
        return Q(phone=address, phone_confirmed_at__isnull=False)
    return Q(email=address, email_confirmed_at__isnull=False)


def person_to_sign_in(person_id: int) -> Person:
    """The row of a person, for the session machinery of this package's pages only."""
    return Person.objects.get(pk=person_id)


def open_sessions(person_id: int, *, viewer: Actor, at: datetime) -> int:
    """How many browsers the person is signed in with at `at`. Refuses `NotPermitted`."""
    policies.can_end_sessions_of(viewer, person_id).require()
    return PersonSession.objects.filter(person_id=person_id, expire_date__gt=at).count()


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    id: int
    label: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    valid_until: datetime


def certificates_in_use(at: datetime) -> tuple[str, ...]:
    """The fingerprints (SHA-256, hex) of the certificates with which somebody is signed in, each once."""
    rows = PersonSession.objects.filter(person_id__isnull=False, expire_date__gt=at)
    return tuple(dict.fromkeys(found for row in rows.iterator() for found in certificates_behind(row)))


def api_keys_of(actor: Actor, *, at: datetime) -> tuple[ApiKeyView, ...]:
    """The actor's own keys that are in use at `at`."""
    if actor.person_id is None:
        return ()
    rows = ApiKey.objects.filter(person_id=actor.person_id, ended_at__isnull=True, valid_until__gt=at)
    return tuple(ApiKeyView(row.pk, row.label, _scopes(row), row.created_at, row.valid_until) for row in rows)


KEY_ASSURANCE = Assurance.REAL_NAME
"""A key is a secret kept on a disk: it never carries more than real name."""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom a key stands for, and what it opens."""

    actor: Actor
    scopes: frozenset[Scope]


def key_holder(key: str, *, at: datetime) -> KeyHolder | None:
    """Whom an API key stands for, with the person's present roles; None for an unknown or ended key."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    row = (
        ApiKey.objects.select_related("person")
        .filter(digest=digest, ended_at__isnull=True, valid_until__gt=at, person__is_active=True)
        .first()
    )
    if row is None:
        return None
    held = roles_of(row.person_id)
    actor = Actor(
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        roles=frozenset(one.role for one in held if one.organisation_id == row.organisation_id),
        assurance=min(Assurance(row.person.assurance), KEY_ASSURANCE),
        session_ref=f"key:{row.pk}",
    )
    return KeyHolder(actor, frozenset(_scopes(row)))


def _scopes(row: ApiKey) -> tuple[Scope, ...]:
    return tuple(Scope(name) for name in row.scopes)
