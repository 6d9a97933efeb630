from signatures.pki.models.authorities import CertificateAuthority, TimeStampService
from signatures.pki.models.bindings import CertificateBinding

__all__ = ["CertificateAuthority", "CertificateBinding", "TimeStampService"]
