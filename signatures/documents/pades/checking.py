"""Checking a signed PDF: every question by itself, hard on whatever the library leaves open.

Revocation must be proven good; the last signature covers the whole file or is followed by revisions that add proof or
time stamps and nothing else; whatever cannot be read is a fault and no error. No address found in a file is visited.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from asn1crypto import cms as asn1_cms
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signatures.crypto import cms, national, timestamps
from signatures.crypto.answers import CertificateStatus, Chain, Revocation, UsageAnswer, Validity
from signatures.crypto.authorities import TrustStore
from signatures.crypto.revocation import Kept, RevocationData
from signatures.documents.domain.answers import Covers, DocumentAnswer, Fault, Level, SignatureAnswer, instant, worded
from signatures.documents.pades.attaching import STATEMENT, STATEMENT_SIGNATURE, attached

national.install()  # the child process and the offline verifier load no application that would
MOST_SIGNATURES = 200
_END = re.compile(rb"startxref[\r\n ]+\d+[\r\n ]+%%EOF(\r\n|\n|\r)?\Z")
_WHOLE = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
_SUBFILTERS = {"/ETSI.CAdES.detached", "/ETSI.RFC3161", "/adbe.pkcs7.detached"}


class Unreadable(ValueError):
    """The file is no PDF that can be read to its end."""


def check(content: bytes, *, at: datetime, trust: TrustStore, known: RevocationData | None = None) -> DocumentAnswer:
    """The answers about a PDF at `at`, with the proof that it carries and what the caller knows besides.

    Raises `Unreadable`, whatever the file does to its reader. The caller runs it where it may take no more than its
    share of time and memory.
    """
    try:
        return _check(content, at, trust, known or RevocationData())
    except Exception as error:
        # Attackers know more ways to break a reader than anybody lists: all of them are a refusal.
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def _check(content: bytes, at: datetime, trust: TrustStore, known: RevocationData) -> DocumentAnswer:
    reader, found = _read(content)
    proof = _carried(reader) + known
    checked = [_Checked(content, reader, one, found, at=at, trust=trust, proof=proof) for one in found]
    signatures = _answers(checked)
    statements = _statements(reader, signatures, at=at, trust=trust, proof=proof)
    answer = DocumentAnswer(hashlib.sha256(content).hexdigest(), len(content), signatures, statements=statements)
    if all(one.stamp for one in signatures):
        return replace(answer, faults=(Fault.NO_SIGNATURE,))
    covers = _coverage(reader, found)
    faults = [Fault.NOT_COVERED] if covers == Covers.LESS else []
    if not _END.search(content[-1024:]):
        faults.append(Fault.TRAILING)
    return replace(answer, covers=covers, level=_level(signatures, proof), faults=tuple(faults))


def _answers(checked: "Sequence[_Checked]") -> tuple[SignatureAnswer, ...]:
    """The answers in the order of the file. An archive stamp proves the time of what has no stamp of its own."""
    told: list[SignatureAnswer] = []
    stamp: SignatureAnswer | None = None
    for one in reversed(checked):
        answer = one.answer(stamp)
        if one.stamp and answer.time and not answer.faults:
            stamp = answer
        told.append(answer)
    return tuple(reversed(told))


def _read(content: bytes) -> tuple[PdfFileReader, list[EmbeddedPdfSignature]]:
    reader = PdfFileReader(io.BytesIO(content), strict=True)
    found = list(reader.embedded_signatures)
    if len(found) > MOST_SIGNATURES:
        raise Unreadable(f"more than {MOST_SIGNATURES} signatures")
    return reader, sorted(found, key=lambda one: one.signed_revision)


def _carried(reader: PdfFileReader) -> RevocationData:
    """The revocation answers in the document's security store, and in signatures of older programs none."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        ocsps = tuple(reference.get_object().data for reference in store.ocsps)
        crls = tuple(reference.get_object().data for reference in store.crls)
    except (ValidationInfoReadingError, PdfReadError, ValueError, KeyError, TypeError, AttributeError):
        return RevocationData()
    return RevocationData(ocsps, crls)


class _Checked:
    """One signature on its way to its answer."""

    def __init__(
        self,
        content: bytes,
        reader: PdfFileReader,
        embedded: EmbeddedPdfSignature,
        others: Sequence[EmbeddedPdfSignature],
        *,
        at: datetime,
        trust: TrustStore,
        proof: RevocationData,
    ) -> None:
        self.content, self.reader, self.embedded, self.others = content, reader, embedded, others
        self.at, self.trust, self.revocation = at, trust, Kept(proof)
        self.stamp = str(embedded.sig_object_type) == "/DocTimeStamp"

    def answer(self, later: SignatureAnswer | None) -> SignatureAnswer:
        """The answer; `later` is the first archive stamp after it that holds."""
        one = self.embedded
        answer = SignatureAnswer(one.field_name, self.stamp, one.docmdp_level is not None and not self.stamp)
        covered = self._covered()
        if covered is None:
            return replace(answer, faults=(Fault.CONTAINER,))
        answer = self._stamp(answer, covered) if self.stamp else self._signature(answer, covered, later)
        unchanged = self._unchanged()
        faults = answer.faults if unchanged else (*answer.faults, Fault.CHANGED)
        return replace(answer, unchanged=unchanged, faults=faults)

    def _covered(self) -> bytes | None:
        """What the byte range covers, if the gap in it is exactly the signature's own container."""
        try:
            start, first, second, length = (int(part) for part in self.embedded.byte_range)
        except (ValueError, TypeError):
            return None
        gap = self.content[first:second]
        inside = start == 0 and 0 < first < second and length > 0 and second + length <= len(self.content)
        if not inside or str(self.embedded.sig_object.get("/SubFilter")) not in _SUBFILTERS:
            return None
        if gap[:1] != b"<" or gap[-1:] != b">" or not _is_hex(gap[1:-1], bytes(self.embedded.pkcs7_content)):
            return None
        return self.content[:first] + self.content[second : second + length]

    def _signature(self, answer: SignatureAnswer, covered: bytes, later: SignatureAnswer | None) -> SignatureAnswer:
        status = cms.verify_detached(
            content=covered,
            signature=_without_padding(bytes(self.embedded.pkcs7_content)),
            at=(instant(later.time) if later else None) or self.at,
            trust=self.trust,
            revocation=self.revocation,
        )
        return _judged(replace(answer, claimed=worded(self._claimed())), status, later)

    def _stamp(self, answer: SignatureAnswer, covered: bytes) -> SignatureAnswer:
        status = timestamps.verify(
            _without_padding(bytes(self.embedded.pkcs7_content)),
            digest=hashlib.sha256(covered).digest(),
            at=self.at,
            trust=self.trust,
            revocation=self.revocation,
        )
        if not status.readable or status.certificate is None:
            return replace(answer, faults=(Fault.CONTAINER,))
        faults = [Fault.NOT_INTACT] * (not status.intact) + [Fault.SIGNATURE_WRONG] * (not status.right)
        faults += list(_certificate_faults(status.certificate))
        answer = replace(
            answer,
            intact=status.intact,
            right=status.right,
            time=worded(status.time) if status.valid else "",
            time_by=_name(status.certificate) if status.valid else "",
            faults=tuple(faults),
        )
        return _about(answer, status.certificate)

    def _claimed(self) -> datetime | None:
        try:
            return self.embedded.self_reported_timestamp
        except (PdfReadError, ValueError, KeyError, TypeError):
            return None

    def _unchanged(self) -> bool:
        """Whether what follows this signature is what it allows: later signatures in their fields, proof, stamps."""
        try:
            # The digest was compared before, by the algorithm of its suite; the library, which knows SHA only, would
            # reckon it once more and stumble over SM3.
            self.embedded.external_digests.setdefault(self.embedded.external_md_algorithm, b"")
            self.embedded.compute_integrity_info()
        except (PdfReadError, ValueError, KeyError, TypeError, AssertionError, AttributeError, RecursionError):
            return False
        result = _difference(self.embedded)
        if _covered_level(self.embedded) not in _WHOLE or result is None or isinstance(result, SuspiciousModification):
            return False
        later = any(
            other.signed_revision > self.embedded.signed_revision and str(other.sig_object_type) != "/DocTimeStamp"
            for other in self.others
        )
        allowed = ModificationLevel.FORM_FILLING if later else ModificationLevel.LTA_UPDATES
        return bool(result.modification_level <= allowed)


def _statements(
    reader: PdfFileReader,
    signatures: Sequence[SignatureAnswer],
    *,
    at: datetime,
    trust: TrustStore,
    proof: RevocationData,
) -> tuple[SignatureAnswer, ...]:
    """The signatures that travel in the file beside what they are over: `name.p7s` over `name.json`.

    Whatever signed the file covers them, so that the first time proven for it is proven for them too.
    """
    files = attached(reader)
    seal = next((one for one in signatures if one.time and not one.faults), None)
    return tuple(
        _statement(name, files, seal, at=at, trust=trust, proof=proof)
        for name in sorted(files)
        if name.endswith(STATEMENT_SIGNATURE)
    )


def _statement(
    name: str,
    files: Mapping[str, bytes],
    seal: SignatureAnswer | None,
    *,
    at: datetime,
    trust: TrustStore,
    proof: RevocationData,
) -> SignatureAnswer:
    answer = SignatureAnswer(name, stamp=False, certifies=False, unchanged=True)
    content = files.get(name.removesuffix(STATEMENT_SIGNATURE) + STATEMENT)
    if content is None:
        return replace(answer, faults=(Fault.STATEMENT_MISSING,))
    known = instant(seal.time) if seal is not None else None
    status = cms.verify_detached(
        content=content, signature=files[name], at=known or at, trust=trust, revocation=Kept(proof)
    )
    return _judged(answer, status, seal)


def _judged(answer: SignatureAnswer, status: cms.SignatureStatus, later: SignatureAnswer | None) -> SignatureAnswer:
    """The answers about a detached signature, with the time that it or what stands over it proves."""
    if not status.readable or status.certificate is None:
        return replace(answer, faults=(Fault.CONTAINER,))
    stamp = status.stamp
    proven = stamp is not None and stamp.valid
    faults = [Fault.NOT_INTACT] * (not status.intact) + [Fault.SIGNATURE_WRONG] * (not status.right)
    faults += [Fault.TIME] * (stamp is not None and not proven) + list(_certificate_faults(status.certificate))
    answer = replace(answer, intact=status.intact, right=status.right, faults=tuple(faults))
    return _about(_timed(answer, stamp if proven else None, later if stamp is None else None), status.certificate)


def _covered_level(embedded: EmbeddedPdfSignature) -> SignatureCoverageLevel | None:
    """What the library found the signature to cover; None until it has looked, though its class says always."""
    return embedded.coverage


def _difference(embedded: EmbeddedPdfSignature) -> DiffResult | SuspiciousModification | None:
    """What the library found to follow the signature; None until it has looked, and where nothing follows."""
    return embedded.diff_result


def _coverage(reader: PdfFileReader, found: Sequence[EmbeddedPdfSignature]) -> Covers:
    """What follows the last signature: nothing, only revisions that bring proof or a stamp, or something else."""
    last = found[-1]
    covered = _covered_level(last)
    if covered == SignatureCoverageLevel.ENTIRE_FILE:
        return Covers.WHOLE
    stamped = {one.signed_revision for one in found}
    later = range(last.signed_revision + 1, reader.xrefs.total_revisions)
    if covered not in _WHOLE or not later:
        return Covers.LESS
    fine = all(number in stamped or _brings_proof(reader, number) for number in later)
    return Covers.PROOF_FOLLOWS if fine else Covers.LESS


def _brings_proof(reader: PdfFileReader, number: int) -> bool:
    """Whether a revision added to the security store: one that only touches the document's description does not."""
    before, after = _store(reader, number - 1), _store(reader, number)
    return after != before and all(new >= old for new, old in zip(after, before, strict=True))


def _store(reader: PdfFileReader, number: int) -> tuple[int, ...]:
    """How many certificates and answers the security store of a revision holds."""
    root = reader.get_historical_root(number)
    if "/DSS" not in root:
        return (0, 0, 0)
    store = root["/DSS"]
    return tuple(len(store[key]) if key in store else 0 for key in ("/Certs", "/OCSPs", "/CRLs"))


def _level(signatures: Sequence[SignatureAnswer], proof: RevocationData) -> Level:
    signed = [one for one in signatures if not one.stamp]
    if not all(one.time for one in signed):
        return Level.B_B
    if not (proof.ocsps or proof.crls) or not all(one.revocation == Revocation.GOOD for one in signed):
        return Level.B_T
    return Level.B_LTA if signatures[-1].stamp and signatures[-1].time else Level.B_LT


def _certificate_faults(status: CertificateStatus) -> Iterator[Fault]:
    if status.chain != Chain.TRUSTED:
        yield Fault.CHAIN
        return
    if status.validity != Validity.CURRENT:
        yield Fault.VALIDITY
    if status.usage != UsageAnswer.ALLOWED:
        yield Fault.USAGE
    if status.revocation == Revocation.REVOKED:
        yield Fault.REVOKED
    elif status.revocation != Revocation.GOOD:
        yield Fault.REVOCATION_UNKNOWN


def _about(answer: SignatureAnswer, status: CertificateStatus) -> SignatureAnswer:
    """The answer with what is known of the certificate."""
    facts = status.facts
    return replace(
        answer,
        chain=status.chain.value,
        validity=status.validity.value,
        usage=status.usage.value,
        revocation=status.revocation.value,
        revoked_at=worded(status.revoked_at),
        authority=status.authority,
        signer=facts.common_name if facts else "",
        organisation=facts.organisation if facts else "",
        serial=facts.serial if facts else "",
        fingerprint=facts.fingerprint if facts else "",
    )


def _timed(
    answer: SignatureAnswer, stamp: timestamps.StampStatus | None, later: SignatureAnswer | None
) -> SignatureAnswer:
    """The answer with the time and who proves it: the signature's own stamp, or the archive stamp over it."""
    if stamp is not None:
        return replace(answer, time=worded(stamp.time), time_by=_name(stamp.certificate))
    return replace(answer, time=later.time, time_by=later.time_by) if later is not None else answer


def _name(status: CertificateStatus | None) -> str:
    return status.facts.common_name if status is not None and status.facts is not None else ""


def _is_hex(written: bytes, content: bytes) -> bool:
    try:
        return bytes.fromhex(written.decode("ascii")) == content
    except (ValueError, UnicodeDecodeError):
        return False


def _without_padding(container: bytes) -> bytes:
    """The DER at the start of a container; what follows it must be zeros. Anything else stays as it is, unreadable."""
    try:
        length = len(asn1_cms.ContentInfo.load(container).dump())
    except (ValueError, TypeError):
        return container
    return container[:length] if not container[length:].strip(b"\0") else container
