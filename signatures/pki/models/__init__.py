from signatures.pki.models.authorities import CertificateAuthority, TimeStampService
from signatures.pki.models.bindings import CertificateBinding
from signatures.pki.models.challenges import CertificateChallenge
from signatures.pki.models.stamps import PendingStamp

__all__ = ["CertificateAuthority", "CertificateBinding", "CertificateChallenge", "PendingStamp", "TimeStampService"]
