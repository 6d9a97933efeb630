"""Which organisations can register themselves, and by whom."""

from commons.domain.codes import Uscc
from commons.domain.refusals import NotPermitted, Refusal
from commons.domain.text import gettext_noop

_KINDS = {"91": "ENTERPRISE", "92": "ENTERPRISE", "93": "ENTERPRISE", "12": "INSTITUTION", "51": "INSTITUTION"}
_KINDS |= {"52": "INSTITUTION", "53": "INSTITUTION"}
"""By the first two characters of GB 32100: 工商 (企业、个体工商户、农民专业合作社), 事业单位, 社会组织."""


class OrganisationByCentre(Refusal):
    """Organs of government and others are entered by the centre, with their roles."""

    code = "ORGANISATION_BY_CENTRE"
    message = gettext_noop(
        "Only enterprises, public institutions and associations register themselves. Ask the centre's operations desk."
    )


class OrganisationHasAdministrator(Refusal):
    code = "ORGANISATION_HAS_ADMINISTRATOR"
    message = gettext_noop(
        "This organisation has an administrator. Ask there for an invitation to your confirmed address."
    )


class NotRepresentative(NotPermitted):
    code = "NOT_REPRESENTATIVE"
    message = gettext_noop(
        "The identity system does not know you as legal representative or authorised agent of this organisation."
    )


class InvitationOver(Refusal):
    code = "INVITATION_OVER"
    message = gettext_noop("This invitation is used, withdrawn or too old. Ask for a new one.")


class InvitationForAnother(NotPermitted):
    code = "INVITATION_FOR_ANOTHER"
    message = gettext_noop("This invitation went to another address. Sign in with the account of that address.")


def kind_of(code: Uscc) -> str:
    """The kind of organisation that a code speaks of. Refuses `OrganisationByCentre`."""
    kind = _KINDS.get(code[:2])
    if kind is None:
        raise OrganisationByCentre()
    return kind


def region_of(code: Uscc) -> str:
    """The six digits (GB/T 2260) of the authority that registered the organisation."""
    return code[2:8]
