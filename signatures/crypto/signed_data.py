"""The inside of CMS SignedData (RFC 5652) that documents, data and time stamps share: read strictly, checked once."""

from dataclasses import dataclass
from hashlib import sha1, sha256

from asn1crypto import algos, cms, core, tsp, x509

from signatures.crypto.chains import MOST_CERTIFICATES, parse
from signatures.crypto.suites import SuiteProvider, provider_for, verifies

LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature, read: who made it over what. `attributes` is the DER that was signed."""

    certificate: x509.Certificate
    others: tuple[bytes, ...]
    info: cms.SignerInfo
    attributes: bytes
    by_type: dict[str, list[core.Asn1Value]]
    content: bytes | None
    """The content inside; None when detached."""
    content_type: str
    provider: SuiteProvider

    @property
    def digest_name(self) -> str:
        return str(self.info["digest_algorithm"]["algorithm"].native)

    @property
    def message_digest(self) -> bytes:
        return bytes(self.by_type["message_digest"][0].native)


def read(content: bytes) -> Signed | None:
    """The one signature in `content` (ContentInfo, DER); None for anything else, larger or incomplete."""
    if not 0 < len(content) <= LARGEST:
        return None
    try:
        return _read(cms.ContentInfo.load(content, strict=True))
    except Exception:  # asn1crypto raises a dozen kinds on malformed input; a key of no known suite is none either
        return None


def _read(outer: cms.ContentInfo) -> Signed | None:
    if outer["content_type"].native != "signed_data":
        return None
    data = outer["content"]
    infos, carried = data["signer_infos"], data["certificates"] or []
    if len(infos) != 1 or not 0 < len(carried) <= MOST_CERTIFICATES:
        return None
    info = infos[0]
    certificates = [one for one in (parse(choice.chosen.dump()) for choice in carried) if one is not None]
    signer = next((one for one in certificates if _is_named(one, info["sid"])), None)
    attributes = info["signed_attrs"]
    if signer is None or not attributes:
        return None
    by_type = {attribute["type"].native: list(attribute["values"]) for attribute in attributes}
    if len(by_type) != len(attributes) or not _complete(by_type):
        return None
    inner = data["encap_content_info"]
    return Signed(
        certificate=signer,
        others=tuple(one.dump() for one in certificates if one is not signer),
        info=info,
        attributes=attributes.untag().dump(),
        by_type=by_type,
        content=bytes(inner["content"]) if inner["content"] else None,
        content_type=inner["content_type"].native,
        provider=provider_for(signer.public_key),
    )


def _complete(by_type: dict[str, list[core.Asn1Value]]) -> bool:
    """RFC 5652 §5.3 and §11: content type and digest, each once; RFC 5035: the signer's certificate is named."""
    named = "signing_certificate_v2" in by_type or "signing_certificate" in by_type
    return named and all(len(by_type.get(name, ())) == 1 for name in ("content_type", "message_digest"))


def _is_named(certificate: x509.Certificate, sid: cms.SignerIdentifier) -> bool:
    if sid.name == "issuer_and_serial_number":
        chosen = sid.chosen
        return bool(
            chosen["issuer"] == certificate.issuer and chosen["serial_number"].native == certificate.serial_number
        )
    return bool(certificate.key_identifier and sid.chosen.native == certificate.key_identifier)


def is_right(signed: Signed) -> bool:
    """Whether the signature over the attributes is right, by the key of the certificate that they name."""
    provider = signed.provider
    return (
        provider.accepts_digest(signed.digest_name)
        and _names_signer(signed)
        and signed.by_type["content_type"][0].native == signed.content_type
        and _protected(signed)
        and verifies(
            provider,
            key=signed.certificate.public_key,
            data=signed.attributes,
            signature=signed.info["signature"].native,
            algorithm=effective_algorithm(signed),
        )
    )


def effective_algorithm(signed: Signed) -> algos.SignedDigestAlgorithm:
    """Some signers write the bare key algorithm; the digest then stands beside it (RFC 5754)."""
    algorithm = signed.info["signature_algorithm"]
    bare = {"rsassa_pkcs1v15": "rsa", "rsa": "rsa"}.get(algorithm["algorithm"].native)
    if bare is None:
        return algorithm
    return algos.SignedDigestAlgorithm({"algorithm": f"{signed.digest_name}_{bare}"})


def _names_signer(signed: Signed) -> bool:
    """The signed attribute names this very certificate: another one of the same key or name does not pass."""
    der = signed.certificate.dump()
    for attribute in ("signing_certificate_v2", "signing_certificate"):
        for value in signed.by_type.get(attribute, ()):
            return _hash_matches(value["certs"][0], der)
    return False


def _hash_matches(identifier: core.Sequence, der: bytes) -> bool:
    stated = identifier["cert_hash"].native
    if isinstance(identifier, tsp.ESSCertID):
        return bool(stated == sha1(der, usedforsecurity=False).digest())  # RFC 2634 knows no other; it names, no more
    name = identifier["hash_algorithm"]["algorithm"].native
    if name == "sha256":
        return bool(stated == sha256(der).digest())
    provider = provider_for(x509.Certificate.load(der).public_key)
    return provider.accepts_digest(name) and bool(stated == provider.digest(name, der))


def _protected(signed: Signed) -> bool:
    """RFC 6211: where the signer protected the algorithms, they must be those that are used."""
    for value in signed.by_type.get("cms_algorithm_protection", ()):
        stated = value["signature_algorithm"]
        return bool(
            value["digest_algorithm"]["algorithm"].native == signed.digest_name
            and (not stated or stated["algorithm"].native == signed.info["signature_algorithm"]["algorithm"].native)
        )
    return True
