"""A certificate belongs to a person acting for an organisation, or is the organisation's seal, from binding to end."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.crypto.answers import CertificateFacts
from signatures.crypto.authorities import Purpose


class Kind(StrEnum):
    PERSONAL = "PERSONAL"
    """A person's own certificate; it signs in and signs in the person's name."""
    SEAL = "SEAL"
    """An organisation's electronic seal (单位电子印章证书), used by the people who hold its key."""


PURPOSES = {
    Kind.PERSONAL: frozenset({Purpose.SIGN, Purpose.LOGIN, Purpose.ENCRYPT}),
    Kind.SEAL: frozenset({Purpose.SEAL, Purpose.SIGN, Purpose.ENCRYPT}),
}
"""What a bound certificate of each kind may be used for; nobody signs in with a seal."""
MAIN_PURPOSE = {Kind.PERSONAL: Purpose.SIGN, Kind.SEAL: Purpose.SEAL}


class BindingState(StrEnum):
    ACTIVE = "ACTIVE"
    UNBOUND = "UNBOUND"
    REPLACED = "REPLACED"


class BindingCommand(StrEnum):
    UNBIND = "UNBIND"
    REPLACE = "REPLACE"


BINDINGS = Machine(
    "certificate_binding",
    states=BindingState,
    commands=BindingCommand,
    initial=BindingState.ACTIVE,
    rows=[
        Row(BindingCommand.UNBIND, BindingState.ACTIVE, BindingState.UNBOUND, "CertificateUnbound"),
        Row(
            BindingCommand.REPLACE,
            BindingState.ACTIVE,
            BindingState.REPLACED,
            "CertificateReplaced",
            "the new certificate is bound in the same step",
        ),
    ],
)


class CertificateNamesAnother(Refusal):
    """What the certificate says of its holder is not what the platform knows of the account."""

    code = "CERT_NAMES_ANOTHER"
    message = gettext_noop(
        "The certificate names somebody else: %(named)s. Bind the one that was issued to you for your organisation."
    )


class CertificateBoundElsewhere(Refusal):
    code = "CERT_BOUND_ELSEWHERE"
    message = gettext_noop("This certificate is already bound to another account. Ask the centre's operations desk.")


class CertificateNotBound(Refusal):
    """The certificate is good, but nobody bound it to the account; also another one with the same name."""

    code = "CERT_NOT_BOUND"
    message = gettext_noop("This certificate is not bound to your account. Bind it under “My certificates”, then sign.")


class CertificateNotForThis(Refusal):
    code = "CERT_NOT_FOR_THIS"
    message = gettext_noop("An organisation's seal cannot be used for this. Choose your own certificate.")


def check_names(
    facts: CertificateFacts, kind: Kind, *, person_name: str, organisation_name: str, organisation_uscc: str
) -> None:
    """Refuses (`CertificateNamesAnother`) a certificate that was issued to somebody else.

    A personal certificate names the person; if it names an organisation by its code, then the one the person acts for.
    A seal names the organisation, by code where it has one, else by name.
    """
    another = CertificateNamesAnother(named=facts.common_name or facts.subject)
    if facts.organisation_id and facts.organisation_id != organisation_uscc:
        raise another
    wanted = person_name if kind == Kind.PERSONAL else organisation_name
    if _plain(facts.common_name) != _plain(wanted):
        raise another


def _plain(name: str) -> str:
    return "".join(name.split()).replace("(", "（").replace(")", "）")
