"""Judging a certificate: chain, validity, usage and revocation, answered separately, revocation always hard-fail.

Electronic Signature Law (电子签名法) art. 13: a signature is reliable when its data was under the signer's control
alone and any change is seen; art. 20 and 22: who relies on a certificate can check its validity with the authority.
"""

from collections import OrderedDict
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import keys, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.errors import RevokedError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
)
from pyhanko_certvalidator.validate import async_validate_path

from signatures.crypto.answers import (
    CertificateFacts,
    CertificateStatus,
    CertificateUnreadable,
    Chain,
    Revocation,
    UsageAnswer,
    Validity,
)
from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore, Usage
from signatures.crypto.chains import FoundChain, find, parse
from signatures.crypto.national import SM2_CURVE
from signatures.crypto.revocation import (
    RevocationData,
    RevocationSource,
    RevocationUnavailable,
    fresh,
    next_update,
    readable,
)
from signatures.crypto.suites import UnknownSuite, provider_for

__all__ = ["Purpose", "TrustStore", "facts_of", "holder_key", "validate"]


def validate(
    *,
    leaf: bytes,
    intermediates: Iterable[bytes] = (),
    at: datetime,
    purpose: Purpose,
    trust: TrustStore,
    revocation: RevocationSource,
) -> CertificateStatus:
    """The answers about `leaf` (DER) for `purpose` at `at`. Never raises on bad input: every failure is an answer.

    `intermediates` (DER) help to find a way to a trusted root and are not themselves trusted.
    """
    certificate = parse(leaf)
    if certificate is None:
        return CertificateStatus(at, Chain.UNREADABLE)
    facts = _facts(certificate)
    found = find(certificate, intermediates, trust.vouching_for(purpose))
    if found is None:
        weak = _is_weak(certificate) or _is_weakly_signed(certificate)
        chain = Chain.WEAK if weak else Chain.UNKNOWN_AUTHORITY
        return CertificateStatus(at, chain, _validity(certificate, at), _usage(certificate, None), facts=facts)
    chain = _chain_alone(found, at)
    state, revoked_at, proof = (Revocation.UNKNOWN, None, RevocationData())
    if chain == Chain.TRUSTED:
        state, revoked_at, proof = _revocation(found, at, revocation)
        if state == Revocation.UNKNOWN:
            chain = _chain_without_revocation(found, at)
    return CertificateStatus(
        at=at,
        chain=chain,
        validity=_validity(certificate, at),
        usage=_usage(certificate, found.authority.profile.get(purpose)),
        revocation=state,
        revoked_at=revoked_at,
        facts=facts,
        authority=found.authority.key,
        path=tuple(one.dump() for one in found.certificates),
        proof=proof,
    )


def facts_of(certificate: bytes) -> CertificateFacts:
    """What the certificate (DER) says of itself. Raises `CertificateUnreadable`."""
    parsed = parse(certificate)
    if parsed is None:
        raise CertificateUnreadable()
    return _facts(parsed)


def holder_key(certificate: bytes) -> bytes:
    """The holder's public key (SubjectPublicKeyInfo, DER). Raises `CertificateUnreadable`."""
    parsed = parse(certificate)
    if parsed is None:
        raise CertificateUnreadable()
    return bytes(parsed.public_key.dump())


def plain_name(name: x509.Name) -> str:
    """A distinguished name as people of any language read it: organisation, unit and name, without the words for them.

    A name that has none of them is spelt out as the library does.
    """
    found = name.native
    parts = [_one(found.get(kind)) for kind in ("organization_name", "organizational_unit_name", "common_name")]
    return " · ".join(dict.fromkeys(part for part in parts if part)) or str(name.human_friendly)


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    names = certificate.subject.native
    key = certificate.public_key
    try:
        suite = provider_for(key).suite
    except UnknownSuite:
        suite = None
    return CertificateFacts(
        fingerprint=certificate.sha256.hex(),
        subject=plain_name(certificate.subject),
        common_name=_one(names.get("common_name")),
        organisation=_one(names.get("organization_name")),
        organisation_id=_one(names.get("organization_identifier")).removeprefix("NTRCN-"),
        serial=f"{certificate.serial_number:x}",
        issuer=plain_name(certificate.issuer),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        suite=suite,
        key_kind=_key_kind(key),
        key_sha256=sha256(key.dump()).hexdigest(),
    )


def _key_kind(key: keys.PublicKeyInfo) -> str:
    if key.algorithm == "ec":
        return "SM2" if key.curve == ("named", SM2_CURVE) else f"EC {key.curve[1]}"
    return f"RSA {key.bit_size}" if key.algorithm in ("rsa", "rsassa_pss") else str(key.algorithm)


def _one(value: Any) -> str:
    return value[0] if isinstance(value, list) else value or ""


def _validity(certificate: x509.Certificate, at: datetime) -> Validity:
    if at < certificate.not_valid_before:
        return Validity.NOT_YET
    return Validity.EXPIRED if at > certificate.not_valid_after else Validity.CURRENT


def _is_authority(certificate: x509.Certificate) -> bool:
    usages = certificate.key_usage_value.native if certificate.key_usage_value else set()
    return bool(certificate.ca) or not usages.isdisjoint({"key_cert_sign", "crl_sign"})


def _usage(certificate: x509.Certificate, wanted: Usage | None) -> UsageAnswer:
    if _is_authority(certificate):
        return UsageAnswer.IS_AUTHORITY
    if wanted is None:
        return UsageAnswer.UNKNOWN
    usages = set(certificate.key_usage_value.native) if certificate.key_usage_value else set()
    extended = set(certificate.extended_key_usage_value.native) if certificate.extended_key_usage_value else set()
    fits = (
        wanted.all_of <= usages
        and (not wanted.any_of or not wanted.any_of.isdisjoint(usages))
        and (not wanted.extended or not wanted.extended.isdisjoint(extended))
        and (bool(wanted.extended) or not extended or not wanted.tolerated.isdisjoint(extended))
    )
    return UsageAnswer.ALLOWED if fits else UsageAnswer.WRONG


def _is_weak(certificate: x509.Certificate) -> bool:
    """Whether its key, or the algorithm of its signature, is too weak in its own suite."""
    try:
        provider = provider_for(certificate.public_key)
    except UnknownSuite:
        return True
    return provider.is_weak_key(certificate.public_key)


def _is_weakly_signed(certificate: x509.Certificate) -> bool:
    try:
        return not provider_for(certificate.public_key).accepts_signature(certificate["signature_algorithm"])
    except UnknownSuite:
        return True


def _chain_alone(found: FoundChain, at: datetime) -> Chain:
    """What the certificates of a chain say each by itself; the leaf's validity is a question of its own."""
    try:
        suites = {provider.suite for provider in found.suites}
    except UnknownSuite:
        return Chain.WEAK
    if suites != {found.authority.suite}:
        return Chain.MIXED_SUITES
    if any(_is_weak(one) for one in found.certificates):
        return Chain.WEAK
    if any(_validity(one, at) != Validity.CURRENT for one in found.certificates[1:]):
        return Chain.AUTHORITY_EXPIRED
    return Chain.TRUSTED


def _chain_without_revocation(found: FoundChain, at: datetime) -> Chain:
    """Whether the chain keeps the rules of RFC 5280, when walking it with revocation did not come to a verdict."""
    try:
        _walk(found, _within(found.certificates[0], at), NO_REVOCATION, RevocationData())
    except Exception:  # ValidationError, or what malformed extensions make the library raise
        return Chain.BROKEN
    return Chain.TRUSTED


def _within(leaf: x509.Certificate, at: datetime) -> datetime:
    begins: datetime = leaf.not_valid_before
    ends: datetime = leaf.not_valid_after
    return min(max(at, begins), ends)


def _revocation(
    found: FoundChain, at: datetime, source: RevocationSource
) -> tuple[Revocation, datetime | None, RevocationData]:
    """Every certificate below the root must be proven good at `at`."""
    try:
        proof = _proof(found, at, source)
    except RevocationUnavailable:
        return Revocation.UNKNOWN, None, RevocationData()
    at_leaf = _within(found.certificates[0], at)
    known = _remembered(found, proof)
    if known is not None and known[0] <= at_leaf <= known[1]:
        return Revocation.GOOD, None, proof
    try:
        _walk(found, at_leaf, REQUIRE_REVINFO, proof)
    except RevokedError as revoked:
        return Revocation.REVOKED, revoked.revocation_dt, proof
    except Exception:  # ValidationError, or what malformed answers make the library raise: not proven
        return Revocation.UNKNOWN, None, proof
    _remember(found, proof, at_leaf)
    return Revocation.GOOD, None, proof


_GOOD: OrderedDict[bytes, tuple[datetime, datetime]] = OrderedDict()
"""Chains that were good with exactly these answers, from when until when; a memory of work, not of trust."""
REMEMBERED = 1_000
REMEMBERED_FOR = timedelta(minutes=5)


def _remembered(found: FoundChain, proof: RevocationData) -> tuple[datetime, datetime] | None:
    return _GOOD.get(_case(found, proof))


def _remember(found: FoundChain, proof: RevocationData, at: datetime) -> None:
    """Good at `at` is good as long as certificates and answers last, with the same answers; for minutes at most."""
    lasts = next_update(proof)
    if lasts is None:
        return
    ends = [lasts, at + REMEMBERED_FOR, *(one.not_valid_after for one in found.certificates)]
    _GOOD[_case(found, proof)] = (at, min(ends))
    while len(_GOOD) > REMEMBERED:
        _GOOD.popitem(last=False)


def _case(found: FoundChain, proof: RevocationData) -> bytes:
    parts = [
        *(one.sha256 for one in found.certificates),
        *(sha256(one).digest() for one in (*proof.ocsps, *proof.crls)),
    ]
    return sha256(b"".join(parts)).digest()


def _proof(found: FoundChain, at: datetime, source: RevocationSource) -> RevocationData:
    proof = RevocationData()
    for certificate, issuer in zip(found.certificates, found.certificates[1:], strict=False):
        about = source.about(certificate=certificate.dump(), issuer=issuer.dump(), authority=found.authority, at=at)
        proof += fresh(about)
    return proof


def _walk(found: FoundChain, at: datetime, checking: RevocationCheckingPolicy, proof: RevocationData) -> None:
    """RFC 5280 §6 over exactly this chain; raises `ValidationError`s. Nothing is fetched."""
    *below, root = found.certificates
    ocsps, crls = readable(proof)
    # What was fetched today may speak of an earlier time; what was kept must be of that time.
    retroactive = proof.fetched_at is not None and proof.fetched_at > at
    context = ValidationContext(
        trust_roots=[root],
        other_certs=below,
        moment=at,
        allow_fetching=False,
        crls=crls,
        ocsps=ocsps,
        revinfo_policy=CertRevTrustPolicy(checking, retroactive_revinfo=retroactive),
        signature_validator=provider_for(root.public_key).validator,
    )
    path = ValidationPath(CertTrustAnchor(root), list(reversed(below[1:])), below[0])
    _finish(async_validate_path(context, path))


def _finish(work: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that waits for nothing, inside or outside an event loop."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise AssertionError("validating a chain waits for nothing: it fetches nothing")


def authority_of(status: CertificateStatus, trust: TrustStore) -> TrustedAuthority | None:
    """The authority that a status names."""
    return next((one for one in trust.authorities if one.key == status.authority), None)
