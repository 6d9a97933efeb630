"""What Luochui asks the licence library, one method per question."""

from collections.abc import Sequence
from typing import Protocol

from commons import hooks
from commons.domain.codes import Uscc
from commons.licences.domain import Licence


class LicencesPort(Protocol):
    """Licences 电子证照."""

    def business_licence(self, *, uscc: Uscc) -> Licence | None:
        """The business licence 营业执照 of an organisation, or nothing."""
        ...

    def emission_permit(self, *, uscc: Uscc) -> Licence | None:
        """The emission permit 排污许可证 of an organisation, or nothing."""
        ...

    def qualifications(self, *, uscc: Uscc) -> Sequence[Licence]:
        """Every qualification certificate 资质证书 of an organisation as it stands, each number once."""
        ...


def licences() -> LicencesPort:
    """The licence library of this installation."""
    found: LicencesPort = hooks.adapter("licences", LicencesPort, embedded="commons.licences.embedded.EmbeddedLicences")
    return found
