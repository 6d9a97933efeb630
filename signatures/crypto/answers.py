"""What is said about a certificate: separate answers to separate questions, and the refusal that each becomes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI
from signatures.crypto.revocation import RevocationData
from signatures.crypto.suites import Suite


class Chain(StrEnum):
    TRUSTED = "TRUSTED"
    UNREADABLE = "UNREADABLE"
    UNKNOWN_AUTHORITY = "UNKNOWN_AUTHORITY"
    """No chain to a root of the trust list; also a rogue root that bears the name of a trusted one."""
    AUTHORITY_EXPIRED = "AUTHORITY_EXPIRED"
    """The root or an intermediate is not valid at the time."""
    WEAK = "WEAK"
    """A key or a digest in the chain is too weak."""
    MIXED_SUITES = "MIXED_SUITES"
    BROKEN = "BROKEN"
    """Signatures hold, but the chain breaks a rule of RFC 5280: length, constraints, critical extensions."""


class Validity(StrEnum):
    CURRENT = "CURRENT"
    EXPIRED = "EXPIRED"
    NOT_YET = "NOT_YET"
    UNKNOWN = "UNKNOWN"


class UsageAnswer(StrEnum):
    ALLOWED = "ALLOWED"
    WRONG = "WRONG"
    IS_AUTHORITY = "IS_AUTHORITY"
    """An authority's own certificate used as a holder's."""
    UNKNOWN = "UNKNOWN"


class Revocation(StrEnum):
    GOOD = "GOOD"
    REVOKED = "REVOKED"
    UNKNOWN = "UNKNOWN"
    """Nobody proved that it is good; that counts as bad."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself. Nothing here is proven until its status is usable."""

    fingerprint: str
    """SHA-256 of the DER, hex."""
    subject: str
    common_name: str
    organisation: str
    organisation_id: str
    """The unified social credit code, where the certificate names one."""
    serial: str
    issuer: str
    not_before: datetime
    not_after: datetime
    suite: Suite | None
    key_kind: str
    """For example `EC secp256r1` or `RSA 2048`."""
    key_sha256: str
    """SHA-256 of the SubjectPublicKeyInfo, hex: tells a renewed certificate with the same key from a new key."""


@dataclass(frozen=True, slots=True)
class CertificateStatus:
    """The answers about one certificate for one purpose at one time."""

    at: datetime
    chain: Chain
    validity: Validity = Validity.UNKNOWN
    usage: UsageAnswer = UsageAnswer.UNKNOWN
    revocation: Revocation = Revocation.UNKNOWN
    revoked_at: datetime | None = None
    facts: CertificateFacts | None = None
    authority: str = ""
    """The key of the authority in the trust list that the chain ends in."""
    path: tuple[bytes, ...] = ()
    """The chain as DER, leaf first, root last."""
    proof: RevocationData = field(default_factory=RevocationData)
    """What proved the answer on revocation; kept with a document, it proves it for ever."""

    @property
    def usable(self) -> bool:
        return self.refusal is None

    @property
    def refusal(self) -> Refusal | None:
        """The first thing that is wrong, as a refusal; None when the certificate may be used."""
        if self.chain == Chain.UNREADABLE or self.facts is None:
            return CertificateUnreadable()
        if self.chain != Chain.TRUSTED:
            return _CHAIN_REFUSALS[self.chain](issuer=self.facts.issuer)
        if self.validity == Validity.EXPIRED:
            return CertificateExpired(on=_day(self.facts.not_after))
        if self.validity != Validity.CURRENT:
            return CertificateNotYetValid(from_=_day(self.facts.not_before))
        if self.usage == UsageAnswer.IS_AUTHORITY:
            return CertificateOfAuthority()
        if self.usage != UsageAnswer.ALLOWED:
            return CertificateWrongUsage()
        if self.revocation == Revocation.REVOKED:
            return CertificateRevoked(on=_day(self.revoked_at) if self.revoked_at else "")
        if self.revocation != Revocation.GOOD:
            return RevocationNotProven()
        return None

    def require(self) -> None:
        """Raise the refusal unless the certificate may be used."""
        refusal = self.refusal
        if refusal is not None:
            raise refusal


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M (UTC+8)")


class CertificateUnreadable(Refusal):
    code = "CERT_UNREADABLE"
    message = gettext_noop("This is not a readable certificate. Choose the file or token that your authority issued.")
    status = 400


class KeyUnknown(Refusal):
    """The key in the certificate is of no suite that is installed here."""

    code = "CERT_KEY_UNKNOWN"
    message = gettext_noop(
        "The platform does not know the kind of key in this certificate. Choose another certificate."
    )
    status = 400


class AuthorityNotTrusted(Refusal):
    code = "CERT_AUTHORITY_NOT_TRUSTED"
    message = gettext_noop(
        "The certificate was not issued by an authority that the platform trusts. The list of trusted authorities says"
        " which ones it accepts."
    )


class AuthorityExpired(Refusal):
    code = "CERT_AUTHORITY_EXPIRED"
    message = gettext_noop(
        "The authority's own certificate is not valid at this time. Ask your authority for one of its new root."
    )


class CertificateWeak(Refusal):
    code = "CERT_WEAK"
    message = gettext_noop("A key or digest of this certificate is too weak. Ask your authority for a new certificate.")


class SuitesMixed(Refusal):
    code = "CERT_SUITES_MIXED"
    message = gettext_noop(
        "The certificate mixes algorithms of two suites. Use a certificate whose whole chain is of one."
    )


class ChainBroken(Refusal):
    code = "CERT_CHAIN_BROKEN"
    message = gettext_noop("The chain of this certificate breaks the rules for certificates. Ask your authority.")


class CertificateExpired(Refusal):
    code = "CERT_EXPIRED"
    message = gettext_noop("The certificate expired on %(on)s. Renew it at your authority, then bind the new one.")


class CertificateNotYetValid(Refusal):
    code = "CERT_NOT_YET_VALID"
    message = gettext_noop("The certificate is valid only from %(from_)s on.")


class CertificateWrongUsage(Refusal):
    code = "CERT_WRONG_USAGE"
    message = gettext_noop("The authority issued this certificate for another use. Choose your signing certificate.")


class CertificateOfAuthority(Refusal):
    code = "CERT_IS_AUTHORITY"
    message = gettext_noop("This is an authority's own certificate; it cannot sign as a person or an organisation.")


class CertificateRevoked(Refusal):
    code = "CERT_REVOKED"
    message = gettext_noop("The certificate was revoked on %(on)s. Ask your authority for a new one, then bind it.")


class RevocationNotProven(Refusal):
    code = "CERT_REVOCATION_UNKNOWN"
    message = gettext_noop(
        "The authority did not prove that the certificate is not revoked, so it cannot be used now."
        " Try again in a minute."
    )
    status = 503
    retryable = True


_CHAIN_REFUSALS: dict[Chain, type[Refusal]] = {
    Chain.UNKNOWN_AUTHORITY: AuthorityNotTrusted,
    Chain.AUTHORITY_EXPIRED: AuthorityExpired,
    Chain.WEAK: CertificateWeak,
    Chain.MIXED_SUITES: SuitesMixed,
    Chain.BROKEN: ChainBroken,
}
