"""What the centre's operations desk finds: organisations and people, by what somebody at the counter says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Q

from commons.domain.actor import Actor, Assurance
from commons.domain.codes import normalise
from commons.domain.refusals import NotFound
from commons.paging import Part, numbered
from commons.people import policies, queries
from commons.people.models import Organisation, Person, PersonSession
from commons.people.queries import Held, OrganisationView
from commons.search.queries import matching

MOST_FOUND = 20
"""On one page; the page leads to the others."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person as the operations desk sees them."""

    id: int
    username: str
    name: str
    assurance: Assurance
    active: bool
    held: tuple[Held, ...]
    browsers: int


@dataclass(frozen=True, slots=True)
class PersonFound:
    id: int
    username: str
    name: str
    active: bool


def organisations_found(question: str, *, viewer: Actor, page: int | str = 1) -> Part[OrganisationView]:
    """Organisations by code or words of their name. Refuses `NotPermitted`, `AssuranceTooLow`."""
    policies.can_keep_people(viewer).require()
    by_name = matching("organisation", question)
    if by_name is None:
        return Part.of(())
    numbers = Organisation.objects.filter(Q(pk__in=by_name) | Q(uscc=normalise(question)))
    return numbered(numbers.order_by("pk"), _views, number=page, size=MOST_FOUND, name="organisations")


def _views(rows: list[Organisation]) -> Iterable[OrganisationView]:
    return queries.organisations([row.pk for row in rows]).values()


def people_found(question: str, *, viewer: Actor, page: int | str = 1) -> Part[PersonFound]:
    """People by sign-in name, name or proved address; those whose account is closed too. Refuses as above."""
    policies.can_keep_people(viewer).require()
    asked = question.strip()
    if not asked:
        return Part.of(())
    proved = Q(phone=asked, phone_confirmed_at__isnull=False) | Q(email=asked, email_confirmed_at__isnull=False)
    rows = Person.objects.filter(Q(username__icontains=asked) | Q(name__icontains=asked) | proved)
    return numbered(rows.order_by("pk"), partial(map, _found), number=page, size=MOST_FOUND, name="people")


def _found(row: Person) -> PersonFound:
    return PersonFound(row.pk, row.username, row.name, row.is_active)


def person_file(person_id: int, *, viewer: Actor, at: datetime) -> PersonFile:
    """Everything the desk needs to help the person. Refuses `NotPermitted`, `AssuranceTooLow`, `NotFound`."""
    policies.can_keep_people(viewer).require()
    row = Person.objects.filter(pk=person_id).first()
    if row is None:
        raise NotFound()
    browsers = PersonSession.objects.filter(person_id=person_id, expire_date__gt=at).count()
    held = queries.roles_of(person_id)
    return PersonFile(row.pk, row.username, row.name, Assurance(row.assurance), row.is_active, held, browsers)
