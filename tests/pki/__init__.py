"""The embedded authority for tests: in memory, offline, one for each process.

holder("buyer1")                 certificate, key and chain of a login; "seal-jinma" is an organisation's seal
authority().holder("expired")    … and what must be refused: expired, revoked, wrong-usage, weak, rogue, old
trust(), Revocation(), Stamps()  the trust store, the source of OCSP answers, a stamper
sign("buyer1", b"…", at=…)       a detached CMS signature
    bound("buyer1")                  the holder, with the trust list loaded and the certificate bound to the login
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from asn1crypto import x509

from portal.demo.authority.city import CityAuthority, Holder, load
from portal.demo.cast import CLERK, LONG_AGO, PARTIES, organisation_id, person_id
from signatures.crypto.authorities import TrustedAuthority, TrustStore
from signatures.crypto.cms import sign_detached
from signatures.crypto.revocation import RevocationData, RevocationUnavailable, ocsp_question
from signatures.crypto.timestamps import Stamper, StampUnavailable, request, token_of
from signatures.pki import services as pki
from signatures.pki.domain.bindings import Kind

__all__ = ["Holder", "Revocation", "Stamps", "authority", "bound", "holder", "install_trust", "sign", "trust"]

CRLS = {
    "lingnan": ("lingnan-ca", "lingnan-root"),
    "zhujiang": ("zhujiang-ca", "zhujiang-root"),
    "time": ("time-root",),
    "old": ("old-root",),
    "national": ("national-root",),
}


@cache
def authority() -> CityAuthority:
    """The authority of this process; its keys exist nowhere else."""
    return load()


@cache
def holder(name: str) -> Holder:
    """A certificate with its key by its name."""
    return authority().holder(name)


def trust() -> TrustStore:
    """The store of all trusted authorities, without a database."""
    return authority().trust()


@dataclass
class Revocation:
    """Answers of the authority at the time that is asked about, with no network. `silent`: nobody answers."""

    silent: bool = False
    asked: list[str] = field(default_factory=list)
    lists: dict[tuple[str, datetime], tuple[bytes, ...]] = field(default_factory=dict)

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        if self.silent:
            raise RevocationUnavailable("the responder is away")
        self.asked.append(authority.key)
        crls = self._lists(authority.key, at)
        if authority.key in ("time", "old", "national") or x509.Certificate.load(certificate).ca:
            return RevocationData(crls=crls, fetched_at=at)
        question = ocsp_question(certificate, issuer)
        return RevocationData((_authority().ocsp(f"{authority.key}-ca", question, at=at),), crls, fetched_at=at)

    def _lists(self, key: str, at: datetime) -> tuple[bytes, ...]:
        if (key, at) not in self.lists:
            self.lists[key, at] = tuple(_authority().crl(label, at=at) for label in CRLS[key])
        return self.lists[key, at]


_authority = authority


@dataclass
class Stamps(Stamper):
    """A time-stamp authority with no network; `label` may be a rogue one, `away` refuses to answer."""

    label: str = "tsa1"
    away: bool = False

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        if self.away:
            raise StampUnavailable("the time-stamp authority is away")
        asked = request(digest)
        return token_of(authority().time_stamp(self.label, asked.der, at=at), asked, digest)


def sign(name: str, content: bytes, *, at: datetime, stamper: Stamper | None = None) -> bytes:
    """A detached signature by the holder of that name."""
    who = holder(name)
    return sign_detached(
        content=content, key=who.key, certificate=who.certificate, chain=who.chain, at=at, stamper=stamper
    )


def install_trust(*, at: datetime = LONG_AGO) -> None:
    """The trust list of the authority in the database; addresses that nobody answers at."""
    pki.load_trust_list(actor=CLERK, document=authority().trust_list("http://127.0.0.1:9"), at=at)


def bound(name: str, *, login: str = "", at: datetime = LONG_AGO) -> Holder:
    """The holder of that name, bound: `buyer1` to the login, `seal-jinma` to the organisation of `login`."""
    install_trust(at=at)
    who = holder(name)
    login = login or name.removesuffix("-sm")
    pki.bind(
        actor=CLERK,
        person_id=person_id(login),
        organisation_id=organisation_id(PARTIES[login].organisation),
        certificate=who.certificate,
        intermediates=who.chain,
        kind=Kind.SEAL if name.startswith("seal-") else Kind.PERSONAL,
        at=at,
    )
    return who
