"""Certificates for the logins of the demo city: issued, bound, and written as .p12 files."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from commons.people import queries as people
from portal.demo.authority.city import NATIONAL, CityAuthority, Holder
from portal.demo.cast import CLERK, ORGANISATIONS, PARTIES, PASSWORD
from signatures.crypto import national
from signatures.crypto.answers import RevocationNotProven
from signatures.crypto.suites import Suite
from signatures.documents import services as documents
from signatures.pki import services as pki
from signatures.pki.domain.bindings import Kind

MOST_ATTEMPTS = 3


def folder_of(data_dir: Path) -> Path:
    """Where the embedded authority of an installation keeps its keys and what it issued."""
    return data_dir / "authority"


def write_p12(authority: CityAuthority, who: Holder, password: str = PASSWORD) -> Path:
    """The holder's file in the folder of the authority, readable by its owner alone."""
    assert authority.folder is not None, "an authority in memory writes no files"
    file = authority.folder / "p12" / f"{who.name}.p12"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(who.p12(password))
    return file


def trust(authority: CityAuthority, base_url: str, *, at: datetime) -> None:
    """Make the authority that answers at `base_url` the one that the platform trusts."""
    pki.load_trust_list(actor=CLERK, document=authority.trust_list(base_url), at=at)


def equip_city(authority: CityAuthority, *, at: datetime) -> None:
    """Give every login of the trusted authority's city a certificate, some one of each suite; organisations a seal."""
    members = {party.organisation: login for login, party in reversed(PARTIES.items())}
    for login in PARTIES:
        give(authority, login, login, Kind.PERSONAL, at=at)
    for name in authority.national_names():
        give(authority, name, name.removesuffix("-sm"), Kind.PERSONAL, at=at)
    for key in ORGANISATIONS:
        if key in members:
            give(authority, f"seal-{key}", members[key], Kind.SEAL, at=at)


def install_platform_seal(authority: CityAuthority) -> None:
    """Put the seal of the trading centre where the platform looks for its own."""
    who = authority.holder("seal-centre")
    documents.install_seal(key=who.key, certificates=[who.certificate, *who.chain])


def give(authority: CityAuthority, name: str, login: str, kind: Kind, *, at: datetime) -> Path:
    """Bind the holder of that name to a login of the cast, and write its file."""
    who = authority.holder(name)
    bind_issued(who, login, kind, at=at)
    return write_p12(authority, who)


def bind_issued(who: Holder, login: str, kind: Kind, *, at: datetime) -> None:
    """Bind without asking for the key: the authority has just made it. Raises `NoSuchLogin` and what `bind` refuses.

    The authority answers from this very process: on a machine that is busy it may take longer than the platform waits.
    """
    for _ in range(MOST_ATTEMPTS - 1):
        with suppress(RevocationNotProven):
            return _bind(who, login, kind, at=at)
    return _bind(who, login, kind, at=at)


def _bind(who: Holder, login: str, kind: Kind, *, at: datetime) -> None:
    number, organisation = _acts(login)
    pki.bind(
        actor=CLERK,
        person_id=number,
        organisation_id=organisation.id,
        certificate=who.certificate,
        intermediates=who.chain,
        kind=kind,
        at=at,
    )


def _acts(login: str) -> tuple[int, people.OrganisationView]:
    number = people.person_id_of(login)
    held = people.roles_of(number) if number is not None else ()
    organisation = people.organisation(held[0].organisation_id) if held else None
    if number is None or organisation is None:
        raise NoSuchLogin(f"nobody signs in as {login}, or the person acts for no organisation")
    return number, organisation


class SuiteMissing(LookupError):
    """The extra of the national suite is not installed."""


class NoSuchLogin(LookupError):
    """Nobody signs in with that name, or the person acts for no organisation."""


def issue_for(
    authority: CityAuthority,
    login: str,
    *,
    password: str,
    kind: Kind,
    valid_from: datetime,
    valid_to: datetime,
    suite: Suite = Suite.INTERNATIONAL,
) -> tuple[Holder, Path]:
    """A new certificate for a login with a new key; a second one gets a number.

    Raises `NoSuchLogin` and `SuiteMissing`.
    """
    if suite == Suite.SM and not national.available():
        raise SuiteMissing(national.MISSING)
    number, organisation = _acts(login)
    base = (login if kind == Kind.PERSONAL else f"{login}-seal") + ("-sm" if suite == Suite.SM else "")
    person_name = people.name_of(number) or login
    who = authority.issue(
        next_name(base, authority.names()),
        subject={
            "organization-name": organisation.name,
            "organization-identifier": organisation.uscc,
            "common-name": person_name if kind == Kind.PERSONAL else organisation.name,
        },
        profile=NATIONAL if suite == Suite.SM else "lingnan",
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return who, write_p12(authority, who, password)


def next_name(base: str, taken: Iterable[str]) -> str:
    """`base`, or `base-2`, `base-3` … : the first that is free."""
    known = set(taken)
    if base not in known:
        return base
    return next(name for number in range(2, 10_000) if (name := f"{base}-{number}") not in known)
