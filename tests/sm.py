"""A small authority of the national suite for tests, in memory: its lists, and a trust store of its root alone."""

from datetime import datetime

from portal.demo.authority.national import Sm2Holder, certificate, revocation_list
from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore
from signatures.crypto.national import new_key
from signatures.crypto.revocation import RevocationData
from signatures.crypto.suites import Suite

__all__ = ["Lists", "Sm2Holder", "certificate", "new_key", "revocation_list", "trusting"]


class Lists:
    """Revocation by the authority's list."""

    def __init__(self, by: Sm2Holder, revoked: dict[int, datetime] | None = None) -> None:
        self.by, self.revoked = by, revoked

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        return RevocationData(crls=(revocation_list(self.by, at=at, revoked=self.revoked),), fetched_at=at)


def trusting(root: Sm2Holder, *, suite: Suite = Suite.SM) -> TrustStore:
    """A trust store of that root alone."""
    purposes = frozenset({Purpose.SIGN, Purpose.SEAL, Purpose.LOGIN})
    return TrustStore(
        (TrustedAuthority(key="sm", name="国密根", suite=suite, root=root.certificate, purposes=purposes),)
    )
