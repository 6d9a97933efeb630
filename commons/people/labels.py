"""Words for roles and kinds of organisation, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from commons.domain.actor import Assurance, Role
from commons.people.models import OrganisationKind

ROLES: dict[Role, str | Promise] = {
    Role.BIDDER: gettext_lazy("Bidder"),
    Role.SELLER: gettext_lazy("Seller"),
    Role.TENDEREE: gettext_lazy("Tenderee"),
    Role.AGENT: gettext_lazy("Procurement agent"),
    Role.OWNER: gettext_lazy("Project owner"),
    Role.AGENCY: gettext_lazy("Intermediary agency"),
    Role.EXPERT: gettext_lazy("Evaluation expert"),
    Role.STAFF: gettext_lazy("Centre staff"),
    Role.HOST: gettext_lazy("Host of rooms and openings"),
    Role.FINANCE: gettext_lazy("Centre finance"),
    Role.OPERATOR: gettext_lazy("Centre operations"),
    Role.REGULATOR: gettext_lazy("Regulator"),
    Role.AUDITOR: gettext_lazy("Auditor"),
    Role.TREASURY: gettext_lazy("Treasury"),
    Role.ISSUER: gettext_lazy("Guarantee issuer"),
    Role.ADMINISTRATOR: gettext_lazy("Organisation's administrator"),
}

KINDS: dict[str, str | Promise] = {
    OrganisationKind.ENTERPRISE.value: gettext_lazy("Enterprise"),
    OrganisationKind.GOVERNMENT.value: gettext_lazy("Government body"),
    OrganisationKind.INSTITUTION.value: gettext_lazy("Public institution"),
    OrganisationKind.CENTRE.value: gettext_lazy("Trading centre"),
}

LEVELS: dict[Assurance, str | Promise] = {
    Assurance.NONE: gettext_lazy("not known"),
    Assurance.PHONE: gettext_lazy("L1, telephone number"),
    Assurance.REAL_NAME: gettext_lazy("L2, real name"),
    Assurance.FACE_OR_LICENCE: gettext_lazy("L3, face or business licence"),
    Assurance.CERTIFICATE: gettext_lazy("L4, certificate"),
}


def role_label(role: Role) -> str:
    """The role in the reader's language."""
    return str(ROLES[role])
