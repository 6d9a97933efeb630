"""Django looks here for the tables of the package; each subject keeps its own."""

from signatures.draws.models import Draw, DrawHolder
from signatures.pki.models import CertificateAuthority, CertificateBinding, TimeStampService

__all__ = ["CertificateAuthority", "CertificateBinding", "Draw", "DrawHolder", "TimeStampService"]
