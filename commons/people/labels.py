"""Words for roles and kinds of organisation, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from commons.domain.actor import Assurance, Role
from commons.people.domain.scopes import Scope
from commons.people.models import OrganisationKind

ROLES: dict[Role, str | Promise] = {
    Role.BIDDER: pgettext_lazy("role", "Bidder"),
    Role.SELLER: pgettext_lazy("role", "Seller"),
    Role.TENDEREE: pgettext_lazy("role", "Tenderee"),
    Role.AGENT: pgettext_lazy("role", "Procurement agent"),
    Role.OWNER: pgettext_lazy("role", "Project owner"),
    Role.AGENCY: pgettext_lazy("role", "Intermediary agency"),
    Role.EXPERT: pgettext_lazy("role", "Evaluation expert"),
    Role.STAFF: pgettext_lazy("role", "Centre staff"),
    Role.HOST: pgettext_lazy("role", "Host of rooms and openings"),
    Role.FINANCE: pgettext_lazy("role", "Centre finance"),
    Role.OPERATOR: pgettext_lazy("role", "Centre operations"),
    Role.REGULATOR: pgettext_lazy("role", "Regulator"),
    Role.AUDITOR: pgettext_lazy("role", "Auditor"),
    Role.TREASURY: pgettext_lazy("role", "Treasury"),
    Role.ISSUER: pgettext_lazy("role", "Guarantee underwriter"),
    Role.ISSUER_MANAGER: pgettext_lazy("role", "Guarantee issuer's manager"),
    Role.ADMINISTRATOR: pgettext_lazy("role", "Organisation's administrator"),
}

KINDS: dict[str, str | Promise] = {
    OrganisationKind.ENTERPRISE.value: gettext_lazy("Enterprise"),
    OrganisationKind.GOVERNMENT.value: gettext_lazy("Government body"),
    OrganisationKind.INSTITUTION.value: gettext_lazy("Public institution"),
    OrganisationKind.CENTRE.value: gettext_lazy("Trading centre"),
    OrganisationKind.NATURAL_PERSON.value: gettext_lazy("Natural person"),
}

LEVELS: dict[Assurance, str | Promise] = {
    Assurance.NONE: gettext_lazy("not known"),
    Assurance.PHONE: gettext_lazy("L1, telephone number"),
    Assurance.REAL_NAME: gettext_lazy("L2, real name"),
    Assurance.FACE_OR_LICENCE: gettext_lazy("L3, face or business licence"),
    Assurance.CERTIFICATE: gettext_lazy("L4, certificate"),
}

SCOPES: dict[Scope, str | Promise] = {
    Scope.READ: gettext_lazy("reading what you may read"),
    Scope.TRADE: gettext_lazy("trading: drafts, registrations, offers, confirmations"),
    Scope.MONEY: gettext_lazy("money: bank files, payments, vouchers"),
    Scope.CENTRE: gettext_lazy("the centre's work: calendar, rule parameters, approvals, notices"),
}


def role_label(role: Role) -> str:
    """The role in the reader's language."""
    return str(ROLES[role])
