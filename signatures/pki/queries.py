"""Questions about certificates and trust; answers are frozen, rows stay inside."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from commons.domain.actor import Actor
from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore
from signatures.crypto.certificates import facts_of
from signatures.crypto.suites import Suite
from signatures.pki import policies
from signatures.pki.domain import trust_list
from signatures.pki.domain.bindings import BindingState, Kind
from signatures.pki.domain.trusting import AuthorityState
from signatures.pki.models import CertificateAuthority, CertificateBinding, TimeStampService


@dataclass(frozen=True, slots=True)
class BoundCertificate:
    """A bound certificate with what it says of itself. `certificate` and `chain` are DER."""

    id: int
    kind: Kind
    person_id: int
    organisation_id: int
    fingerprint: str
    certificate: bytes
    chain: tuple[bytes, ...]
    authority: str
    suite: Suite
    subject: str
    common_name: str
    issuer: str
    serial: str
    key_kind: str
    key_sha256: str
    not_before: datetime
    not_after: datetime
    state: BindingState
    bound_at: datetime
    ended_at: datetime | None
    replaces_id: int | None


def certificates_of(
    person_id: int, *, organisation_id: int | None = None, kind: Kind | None = None, ended: bool = False
) -> tuple[BoundCertificate, ...]:
    """The certificates of a person, newest first: for one organisation or all, of one kind or both, ended ones too."""
    rows = CertificateBinding.objects.filter(person_id=person_id)
    return _views(_narrowed(rows, organisation_id=organisation_id, kind=kind, ended=ended))


def seals_of(organisation_id: int, *, ended: bool = False) -> tuple[BoundCertificate, ...]:
    """The seals of an organisation, newest first."""
    return _views(
        _narrowed(CertificateBinding.objects.all(), organisation_id=organisation_id, kind=Kind.SEAL, ended=ended)
    )


def binding_by_fingerprint(fingerprint: str) -> BoundCertificate | None:
    """The active binding of a certificate (SHA-256 of its DER, hex)."""
    row = CertificateBinding.objects.filter(fingerprint=fingerprint, state=BindingState.ACTIVE).first()
    return view(row) if row else None


def binding(binding_id: int) -> BoundCertificate | None:
    """One binding by its number, active or ended."""
    row = CertificateBinding.objects.filter(pk=binding_id).first()
    return view(row) if row else None


def _narrowed(
    rows: QuerySet[CertificateBinding], *, organisation_id: int | None, kind: Kind | None, ended: bool
) -> QuerySet[CertificateBinding]:
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if not ended:
        rows = rows.filter(state=BindingState.ACTIVE)
    return rows.order_by("-id")


def _views(rows: QuerySet[CertificateBinding]) -> tuple[BoundCertificate, ...]:
    return tuple(view(row) for row in rows)


def view(row: CertificateBinding) -> BoundCertificate:
    """The row as a value."""
    return BoundCertificate(
        id=row.pk,
        kind=Kind(row.kind),
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        fingerprint=row.fingerprint,
        certificate=bytes(row.certificate),
        chain=tuple(base64.b64decode(one) for one in row.chain),
        authority=row.authority,
        suite=Suite(row.suite),
        subject=row.subject,
        common_name=row.common_name,
        issuer=row.issuer,
        serial=row.serial,
        key_kind=row.key_kind,
        key_sha256=row.key_sha256,
        not_before=row.not_before,
        not_after=row.not_after,
        state=BindingState(row.state),
        bound_at=row.bound_at,
        ended_at=row.ended_at,
        replaces_id=row.replaces_id,
    )


def trust_store() -> TrustStore:
    """Every authority that is trusted now; one query."""
    rows = CertificateAuthority.objects.filter(state=AuthorityState.TRUSTED)
    return TrustStore(tuple(trusted(row) for row in rows))


def trusted(row: CertificateAuthority) -> TrustedAuthority:
    """The row in the form of the checks."""
    return TrustedAuthority(
        key=row.key,
        name=row.name,
        suite=Suite(row.suite),
        root=bytes(row.root),
        intermediates=tuple(base64.b64decode(one) for one in row.intermediates),
        purposes=frozenset(Purpose(one) for one in row.purposes),
        profile=trust_list.profile(row.profile, row.key),
        ocsp_urls=tuple(row.ocsp_urls),
        crl_urls=tuple(row.crl_urls),
    )


def time_stamp_urls() -> tuple[str, ...]:
    """The addresses of the time-stamp services, in the order of asking."""
    return tuple(TimeStampService.objects.values_list("url", flat=True))


PAGE = 50


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """An authority of the trust list as staff and overseers see it."""

    key: str
    name: str
    suite: Suite
    purposes: tuple[Purpose, ...]
    root_subject: str
    root_sha256: str
    root_until: datetime
    intermediates: int
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]
    state: AuthorityState
    reason: str
    changed_at: datetime
    in_use: int
    """How many active bindings it vouches for."""


def authorities(viewer: Actor) -> tuple[AuthorityView, ...]:
    """The whole trust list, withdrawn ones too; two queries. Refuses `NotPermitted`."""
    policies.can_see_trust_list(viewer).require()
    active = CertificateBinding.objects.filter(state=BindingState.ACTIVE)
    counts = dict(active.values_list("authority").annotate(number=Count("pk")).order_by())
    return tuple(_authority(row, counts.get(row.key, 0)) for row in CertificateAuthority.objects.all())


def _authority(row: CertificateAuthority, in_use: int) -> AuthorityView:
    root = facts_of(bytes(row.root))
    return AuthorityView(
        key=row.key,
        name=row.name,
        suite=Suite(row.suite),
        purposes=tuple(Purpose(one) for one in row.purposes),
        root_subject=root.subject,
        root_sha256=root.fingerprint,
        root_until=root.not_after,
        intermediates=len(row.intermediates),
        ocsp_urls=tuple(row.ocsp_urls),
        crl_urls=tuple(row.crl_urls),
        state=AuthorityState(row.state),
        reason=row.reason,
        changed_at=row.changed_at,
        in_use=in_use,
    )


def page_of_bindings(viewer: Actor, *, name: str = "", number: str | int | None = None) -> "Page[Any]":
    """One page of all bindings, newest first, narrowed by a part of the holder's name. Refuses `NotPermitted`."""
    policies.can_see_bindings(viewer).require()
    rows = CertificateBinding.objects.order_by("-id")
    if name:
        rows = rows.filter(Q(common_name__icontains=name) | Q(subject__icontains=name) | Q(serial=name.lower()))
    return Paginator(rows, PAGE).get_page(number)
