"""The platform's own seal: its key and certificate, and the signature with which it certifies every paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from asn1crypto import pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.db import transaction

from commons.hooks import adapter
from signatures.crypto import cms
from signatures.crypto.answers import Revocation, RevocationNotProven
from signatures.crypto.authorities import Purpose
from signatures.crypto.certificates import facts_of
from signatures.crypto.suites import provider_for
from signatures.documents.domain.papers import PLATFORM, Act, Mode, PaperCommand, PaperState, SealMissing
from signatures.documents.domain.seals import FIELD_MM, MILLIMETRE, organisation_seal, short_serial
from signatures.documents.models import Paper
from signatures.documents.pades.attaching import STATEMENT, STATEMENT_SIGNATURE
from signatures.documents.pades.finishing import Proof, with_proof
from signatures.documents.pades.preparing import Attachment, Intent, PreparedPdf, prepare, with_fields
from signatures.documents.services.common import PLATFORM_ACTOR, content_of, load, locked, register, step, store
from signatures.documents.services.finishing import finished, proof_of
from signatures.documents.services.following import told_complete
from signatures.pki import services as pki
from signatures.signing import queries as signing

FIELD = (FIELD_MM[0] * MILLIMETRE, FIELD_MM[1] * MILLIMETRE)


@dataclass(frozen=True, slots=True)
class Seal:
    """A key at hand with its certificate: DER, the key PKCS #8."""

    key: bytes
    certificate: bytes
    chain: tuple[bytes, ...]

    def sign(self, attributes: bytes) -> bytes:
        """The signature value over the attributes."""
        return provider_for(x509.Certificate.load(self.certificate).public_key).sign(self.key, attributes)


class SealSource(Protocol):
    """Where the platform's seal is kept; a city with a hardware module names an adapter of its own."""

    def seal(self) -> Seal:
        """The seal in use. Raises `SealMissing`."""
        ...


class FileSeal:
    """The seal in the folder of the platform's keys: `seal.pem`, and `seal.crt` with its chain, leaf first."""

    def seal(self) -> Seal:
        key, chain = seal_files()
        try:
            private = _pkcs8(key.read_bytes())
            leaf, *others = (der for _, _, der in pem.unarmor(chain.read_bytes(), multiple=True))
        except (FileNotFoundError, ValueError):
            raise SealMissing() from None
        return Seal(private, leaf, tuple(others))


def _pkcs8(content: bytes) -> bytes:
    """The key in a PEM file. Raises `ValueError`."""
    kind, _, der = pem.unarmor(content)
    if kind == "PRIVATE KEY":  # of any suite: the one of the certificate reads it
        return bytes(der)
    loaded = load_pem_private_key(content, password=None)
    return loaded.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def seal_files() -> tuple[Path, Path]:
    """Where key and certificates of the seal lie."""
    folder = Path(settings.PLATFORM_KEYS_DIR)
    return folder / "seal.pem", folder / "seal.crt"


def install_seal(*, key: bytes, certificates: Sequence[bytes]) -> None:
    """Write key (DER, PKCS #8) and certificates (DER, leaf first) for `FileSeal`; the owner alone reads the key."""
    key_file, chain_file = seal_files()
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_file.touch(mode=0o600)
    key_file.write_bytes(pem.armor("PRIVATE KEY", key))
    chain_file.write_bytes(b"".join(pem.armor("CERTIFICATE", one) for one in certificates))


def platform_seal() -> Seal:
    """The platform's seal: the files, unless `HOOKS["platform_seal"]` names another source. Raises `SealMissing`."""
    source = adapter("platform_seal", SealSource, embedded="signatures.documents.services.sealing.FileSeal")
    return cast("SealSource", source).seal()


def certify(*, paper_id: int, at: datetime) -> bool:
    """Give a drawn paper its fields, what was signed beside it, and the platform's seal. True when this call did it.

    Speaks to the authorities, so it holds no transaction meanwhile. Raises `SealMissing` and whatever speaks against
    the seal's certificate; the paper waits.
    """
    paper = load(paper_id)
    if paper.state != PaperState.DRAWN or _is_awaited(paper):
        return False
    seal = platform_seal()
    pki.status_of(certificate=seal.certificate, intermediates=seal.chain, purpose=Purpose.SEAL, at=at).require()
    document = store(paper, _certified(paper, seal, at=at), at=at)
    with transaction.atomic():
        paper = locked(paper_id)
        if paper.state != PaperState.DRAWN:
            return False
        number = paper.revision + 1
        seq = step(
            paper,
            PaperCommand.CERTIFY,
            actor=PLATFORM_ACTOR,
            at=at,
            payload={"sha256": document.sha256},
            revision=number,
            document_id=document.id,
        )
        register(paper, Act.CERTIFIED, document, number=number, seq=seq, at=at)
        if not paper.parties.filter(mode=Mode.IN_TURN).exists():
            step(paper, PaperCommand.COMPLETE, actor=PLATFORM_ACTOR, at=at, payload={"sha256": document.sha256})
            told_complete(paper, at=at)
    return True


def _is_awaited(paper: Paper) -> bool:
    """Whether somebody still has to sign beside the paper."""
    return paper.parties.filter(mode=Mode.PARALLEL, signed_at__isnull=True).exists()


def seal_record(content: bytes, beside: "Sequence[Beside]", *, title: str, at: datetime) -> bytes:
    """A PDF of another package under the platform's seal, with what others signed beside it; registered nowhere.

    The PDF marks a place for the field `platform`. Speaks to the authorities, so it is called outside transactions.
    Raises `SealMissing`, `RevocationNotProven` and whatever speaks against the seal's certificate.
    """
    seal = platform_seal()
    pki.status_of(certificate=seal.certificate, intermediates=seal.chain, purpose=Purpose.SEAL, at=at).require()
    return _record(content, beside, seal, fields=(), title=title, at=at)


def _certified(paper: Paper, seal: Seal, *, at: datetime) -> bytes:
    fields = [party.field for party in paper.parties.filter(mode=Mode.IN_TURN)]
    content = content_of(paper.document_id, at=at)
    return _record(content, _beside(paper, at=at), seal, fields=fields, title=paper.title, at=at)


def _record(
    content: bytes, beside: "Sequence[Beside]", seal: Seal, *, fields: Sequence[str], title: str, at: datetime
) -> bytes:
    proof = _proof_of(beside, at=at)
    files = [file for one in beside for file in one.files]
    fielded = with_fields(content, dict.fromkeys((PLATFORM, *fields), FIELD), files)
    facts = facts_of(seal.certificate)
    name = facts.organisation or facts.common_name
    intent = Intent(
        field=PLATFORM,
        certificate=seal.certificate,
        name=name,
        reason=title,
        appearance=organisation_seal(name=name, serial=short_serial(facts.serial), at=at),
        certify=True,
    )
    sealed = _sealed(prepare(fielded, intent), seal, at=at)
    return with_proof(sealed, proof) if proof.certificates else sealed


@dataclass(frozen=True, slots=True)
class Beside:
    """What somebody signed beside the paper, and the signature (CMS), with its time stamp where one came meanwhile."""

    field: str
    role: str
    statement: bytes
    signature: bytes

    @property
    def files(self) -> tuple[Attachment, Attachment]:
        """As they travel in the record."""
        return (
            Attachment(self.field + STATEMENT, self.statement, "application/json", self.role),
            Attachment(self.field + STATEMENT_SIGNATURE, self.signature, "application/pkcs7-signature", self.role),
        )


def _beside(paper: Paper, *, at: datetime) -> list[Beside]:
    found = []
    for party in paper.parties.filter(mode=Mode.PARALLEL):
        assert party.signature_id is not None, "the paper waits for every parallel signature"
        signature = signing.stamped(content_of(party.signature_id, at=at))
        found.append(Beside(party.field, party.role, bytes(party.statement or b""), signature))
    return found


def _proof_of(beside: Sequence[Beside], *, at: datetime) -> Proof:
    """What shows later that those who signed beside the paper held good certificates. Raises `RevocationNotProven`."""
    proof = Proof()
    for one in beside:
        status = pki.verify_signature(content=one.statement, signature=one.signature, at=at)
        if status.certificate is None or status.certificate.revocation == Revocation.UNKNOWN:
            raise RevocationNotProven()
        proof += proof_of(status)
    return proof


def _sealed(prepared: PreparedPdf, seal: Seal, *, at: datetime) -> bytes:
    digest = cms.digest_of(prepared.covered, seal.certificate)
    attributes = cms.signed_attributes(digest=digest, certificate=seal.certificate)
    return finished(
        prepared,
        attributes=attributes,
        signature=seal.sign(attributes),
        certificate=seal.certificate,
        chain=seal.chain,
        purpose=Purpose.SEAL,
        at=at,
    )
