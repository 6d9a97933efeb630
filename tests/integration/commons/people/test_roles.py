"""Roles are granted and ended by an administrator, on record, and never by oneself."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from commons.domain.actor import Actor, Assurance, Role
from commons.domain.codes import make_uscc
from commons.domain.refusals import AssuranceTooLow, NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.people import queries, services
from commons.people.domain.roles import LastAdministrator, OwnRole, RoleNotForOrganisation, RolesExclude
from commons.people.models import Membership, Organisation, OrganisationKind, Person
from tests import cast

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def administrator(key: str = "buyer1", *, assurance: Assurance = Assurance.FACE_OR_LICENCE) -> Actor:
    person, organisation = cast.person(key), cast.organisation(cast.PARTIES[key].organisation)
    Membership.objects.get_or_create(
        person=person, organisation=organisation, role="ADMINISTRATOR", defaults={"granted_at": AT}
    )
    return Actor(person.pk, organisation.pk, frozenset({Role.ADMINISTRATOR, Role.BIDDER}), assurance)


def colleague() -> Person:
    return Person.objects.create_user("colleague", "luochui-demo", name="colleague")


def grant(actor: Actor, person: Person, role: Role = Role.BIDDER, organisation_id: int | None = None) -> int:
    return services.grant_role(
        actor=actor,
        person_id=person.pk,
        organisation_id=organisation_id or actor.organisation_id or 0,
        role=role,
        at=AT,
    )


def test_an_administrator_grants_a_role_and_it_is_on_record() -> None:
    actor, person = administrator(), colleague()

    grant(actor, person)

    assert [held.role for held in queries.roles_of(person.pk)] == [Role.BIDDER]
    assert EvidenceEntry.objects.get(stream=f"person:{person.pk}").type == "RoleGranted"


def test_granting_twice_grants_once() -> None:
    actor, person = administrator(), colleague()

    assert grant(actor, person) == grant(actor, person)

    assert EvidenceEntry.objects.filter(stream=f"person:{person.pk}").count() == 1


@pytest.mark.parametrize("key", ["buyer2", "host", "auditor", "seller"])
def test_nobody_else_grants_roles(key: str) -> None:
    with pytest.raises(NotPermitted):
        grant(cast.actor(key), colleague(), organisation_id=cast.organisation("jinma").pk)


def test_an_administrator_has_no_power_in_another_organisation() -> None:
    with pytest.raises(NotPermitted):
        grant(administrator(), colleague(), organisation_id=cast.organisation("lanshi").pk)


def test_a_weak_sign_in_grants_nothing() -> None:
    with pytest.raises(AssuranceTooLow):
        grant(administrator(assurance=Assurance.PHONE), colleague())


def test_nobody_grants_roles_to_themselves() -> None:
    actor = administrator()

    with pytest.raises(OwnRole):
        grant(actor, cast.person("buyer1"), Role.SELLER)


def test_an_enterprise_makes_no_regulators() -> None:
    with pytest.raises(RoleNotForOrganisation):
        grant(administrator(), colleague(), Role.REGULATOR)


def test_centre_staff_cannot_become_bidders() -> None:
    with pytest.raises(RolesExclude):
        grant(administrator(), cast.person("host"))


def test_a_closed_account_gets_no_role() -> None:
    person = colleague()
    services.deactivate(actor=cast.actor("staff"), person_id=person.pk, reason="left", at=AT)

    with pytest.raises(NotFound):
        grant(administrator(), person)


def test_an_ended_role_ends_every_session_at_once() -> None:
    actor, person = administrator(), colleague()
    membership_id = grant(actor, person)
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/workspace/").status_code == 200

    services.end_role(actor=actor, membership_id=membership_id, reason="moved", at=AT)

    assert client.get("/workspace/").status_code == 302
    assert queries.roles_of(person.pk) == ()


def test_ending_an_ended_role_changes_nothing() -> None:
    actor, person = administrator(), colleague()
    membership_id = grant(actor, person)

    for _ in range(2):
        services.end_role(actor=actor, membership_id=membership_id, reason="moved", at=AT)

    types = list(EvidenceEntry.objects.filter(stream=f"person:{person.pk}").values_list("type", flat=True))
    assert types == ["RoleGranted", "RoleEnded", "SessionsEnded"]


def test_an_organisation_keeps_an_administrator() -> None:
    first, person = administrator(), colleague()
    second_id = grant(first, person, Role.ADMINISTRATOR)
    second = Actor(person.pk, first.organisation_id, frozenset({Role.ADMINISTRATOR}), Assurance.REAL_NAME)
    first_id = Membership.objects.get(person=cast.person("buyer1"), role="ADMINISTRATOR").pk
    services.end_role(actor=second, membership_id=first_id, reason="left", at=AT)

    with pytest.raises(LastAdministrator):
        services.end_role(
            actor=Actor(-1, first.organisation_id, second.roles, second.assurance),
            membership_id=second_id,
            reason="left",
            at=AT,
        )


def test_the_operations_desk_names_the_first_administrator() -> None:
    organisation = Organisation.objects.create(
        uscc=make_uscc(authority="9", category="1", region="440600", organisation8="20261234"),
        name="新企业",
        region="440600",
        registered_at=AT,
        kind=OrganisationKind.ENTERPRISE,
    )
    person = colleague()

    grant(cast.actor("staff"), person, Role.ADMINISTRATOR, organisation.pk)

    assert queries.people_with(organisation.pk, Role.ADMINISTRATOR) == (person.pk,)


def test_an_opened_account_signs_in_with_the_password_told_once() -> None:
    actor = administrator()

    opened = services.open_account(
        actor=actor, username="li.na", name="李娜", organisation_id=actor.organisation_id or 0, role=Role.BIDDER, at=AT
    )

    assert Person.objects.get(username="li.na").check_password(opened.first_password)
    assert opened.first_password.encode() not in b"".join(
        bytes(entry.payload) for entry in EvidenceEntry.objects.filter(stream=f"person:{opened.person_id}")
    )


def test_a_refused_first_role_leaves_no_account() -> None:
    actor = administrator()

    with pytest.raises(RoleNotForOrganisation):
        services.open_account(
            actor=actor,
            username="li.na",
            name="李娜",
            organisation_id=actor.organisation_id or 0,
            role=Role.STAFF,
            at=AT,
        )

    assert not Person.objects.filter(username="li.na").exists()


def test_a_lowered_level_ends_the_sessions() -> None:
    person = cast.person("buyer1")
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    services.set_assurance(
        actor=cast.actor("staff"), person_id=person.pk, level=Assurance.PHONE, source="counter", at=AT
    )

    assert client.get("/workspace/").status_code == 302


def test_a_key_for_programs_has_the_persons_present_roles_and_ends() -> None:
    actor = cast.actor("buyer1")
    key = services.make_api_key(actor=actor, label="ERP", at=timezone.now())
    headers = {"Authorization": f"Bearer {key}"}

    answer = Client().get("/api/v1/me", headers=headers).json()
    assert answer["roles"] == ["BIDDER"]
    assert answer["assurance"] == 2

    services.end_api_key(actor=actor, key_id=queries.api_keys_of(actor, at=AT)[0].id, at=AT)
    assert Client().get("/api/v1/me", headers=headers).status_code == 401


def test_nobody_ends_the_key_of_another() -> None:
    services.make_api_key(actor=cast.actor("buyer1"), label="ERP", at=AT)
    key_id = queries.api_keys_of(cast.actor("buyer1"), at=AT)[0].id

    with pytest.raises(NotFound):
        services.end_api_key(actor=cast.actor("buyer2"), key_id=key_id, at=AT)
