"""Which roles an organisation's people can hold, and which exclude each other."""

from collections.abc import Iterable, Mapping

from commons.domain.actor import CENTRE_ROLES, Role
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

TRADING = frozenset(
    {
        Role.BIDDER,
        Role.SELLER,
        Role.TENDEREE,
        Role.AGENT,
        Role.OWNER,
        Role.AGENCY,
        Role.ISSUER,
        Role.ISSUER_MANAGER,
        Role.EXPERT,
    }
)
WATCHING = CENTRE_ROLES | {Role.REGULATOR, Role.AUDITOR, Role.TREASURY}

ROLES_BY_KIND: Mapping[str, frozenset[Role]] = {
    "ENTERPRISE": frozenset(TRADING - {Role.EXPERT}) | {Role.ADMINISTRATOR},
    "INSTITUTION": frozenset(TRADING - {Role.ISSUER, Role.ISSUER_MANAGER}) | {Role.ADMINISTRATOR},
    "GOVERNMENT": frozenset(
        {Role.SELLER, Role.TENDEREE, Role.OWNER, Role.REGULATOR, Role.AUDITOR, Role.TREASURY, Role.ADMINISTRATOR}
    ),
    "CENTRE": CENTRE_ROLES | {Role.ADMINISTRATOR},
    "NATURAL_PERSON": frozenset({Role.OWNER}),
}
"""The roles that people can hold for an organisation of each kind."""


class RoleNotForOrganisation(Refusal):
    code = "ROLE_NOT_FOR_ORGANISATION"
    message = gettext_noop(
        "People of this kind of organisation cannot hold this role. Ask the centre's operations desk."
    )


class RolesExclude(Refusal):
    """Who runs or watches trades takes no part in them: the platform's separation of duties."""

    code = "ROLES_EXCLUDE"
    message = gettext_noop("This person runs or watches trades elsewhere, or trades: one person cannot do both.")


class OwnRole(Refusal):
    code = "OWN_ROLE"
    message = gettext_noop("Nobody changes their own roles. Ask another administrator of your organisation.")
    status = 403


class OwnAccount(Refusal):
    code = "OWN_ACCOUNT"
    message = gettext_noop("Nobody does this to their own account. Ask a colleague at the operations desk.")
    status = 403


class OrganisationKnown(Refusal):
    code = "ORGANISATION_KNOWN"
    message = gettext_noop("An organisation with the code %(uscc)s is known already. Find it by its code.")


class CentreHasOperator(Refusal):
    code = "CENTRE_HAS_OPERATOR"
    message = gettext_noop("The centre has an operations desk already: its people open the account of another one.")


class LastAdministrator(Refusal):
    code = "LAST_ADMINISTRATOR"
    message = gettext_noop("The organisation would be left without an administrator. Name another one first.")


ENTERED_BY_CENTRE = ("GOVERNMENT", "INSTITUTION", "ENTERPRISE")
"""The kinds of organisations that the operations desk enters; there is one centre, and people register themselves."""


def check_grant(role: Role, *, organisation_kind: str, held: Iterable[Role]) -> None:
    """Refuses (`RoleNotForOrganisation`, `RolesExclude`) a role that this person cannot hold for such an organisation.

    `held` are the person's present roles in all organisations.
    """
    if role not in ROLES_BY_KIND.get(organisation_kind, frozenset()):
        raise RoleNotForOrganisation()
    together = {role, *held}
    if together & TRADING and together & WATCHING:
        raise RolesExclude()
