"""Which roles people of an organisation can hold, and which exclude each other."""

import pytest

from commons.domain.actor import CENTRE_ROLES, Role
from commons.people.domain.roles import ROLES_BY_KIND, RoleNotForOrganisation, RolesExclude, check_grant


def test_every_role_can_be_held_somewhere() -> None:
    assert frozenset().union(*ROLES_BY_KIND.values()) == frozenset(Role)


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES | {Role.REGULATOR, Role.AUDITOR, Role.TREASURY}))
def test_an_enterprise_cannot_hold_offices(role: Role) -> None:
    with pytest.raises(RoleNotForOrganisation):
        check_grant(role, organisation_kind="ENTERPRISE", held=())


def test_an_unknown_kind_of_organisation_holds_nothing() -> None:
    with pytest.raises(RoleNotForOrganisation):
        check_grant(Role.BIDDER, organisation_kind="CLUB", held=())


@pytest.mark.parametrize(
    ("role", "kind", "held"),
    [
        (Role.BIDDER, "ENTERPRISE", {Role.STAFF}),
        (Role.STAFF, "CENTRE", {Role.BIDDER}),
        (Role.REGULATOR, "GOVERNMENT", {Role.SELLER}),
        (Role.SELLER, "GOVERNMENT", {Role.AUDITOR, Role.ADMINISTRATOR}),
    ],
)
def test_who_watches_does_not_trade(role: Role, kind: str, held: set[Role]) -> None:
    with pytest.raises(RolesExclude):
        check_grant(role, organisation_kind=kind, held=held)


def test_an_administrator_may_also_trade() -> None:
    check_grant(Role.ADMINISTRATOR, organisation_kind="ENTERPRISE", held={Role.BIDDER})
