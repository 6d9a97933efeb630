"""Decrypting an envelope to files that nobody sees, and publishing them only when everything about it holds."""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from commons.domain.actor import system_actor
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from commons.vault import services as vault
from signatures import at_rest
from signatures.crypto.suites import Suite
from signatures.envelopes import attesting, store
from signatures.envelopes.domain import cipher, layout, payload, shamir
from signatures.envelopes.domain.encoding import from_base64
from signatures.envelopes.domain.header import EnvelopeBroken, Header, Mode
from signatures.envelopes.domain.payload import Attestation, Contents, PayloadBroken, Unpacker
from signatures.envelopes.domain.slots import BIDDER
from signatures.envelopes.domain.states import Cause, EnvelopeCommand, EnvelopeState, IntakeState
from signatures.envelopes.models import SealedEnvelope
from signatures.envelopes.services.common import locked_envelope, step_envelope
from signatures.envelopes.services.openings import fail, finish_when_done, forget_secrets, prefix_of, stored_commit

OPENER = system_actor("envelopes")
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that came out; `path` is gone once it is published."""

    path: Path
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that came out of an envelope whose stored bytes are those of its receipt."""

    contents: Contents
    files: tuple[OpenedFile, ...]
    attestation: Attestation
    suite: Suite


@dataclass(frozen=True, slots=True)
class NotOpened:
    """Why nothing came out."""

    cause: Cause
    findings: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Job:
    """What one decryption needs; no database."""

    ref: str
    commit: str
    bidder: str
    secrets: bytes


class _Buffers(threading.local):
    """Each thread's memory for a sealed chunk and for an opened one."""

    def __init__(self) -> None:
        self.sealed, self.plain = layout.Buffer(), layout.Buffer()


_buffers = _Buffers()


def decrypt_ready(intake_id: int, *, at: datetime) -> int:
    """Open every envelope of the intake that is unlocked, two at a time; how many ended. Harmless to repeat."""
    unlocked = SealedEnvelope.objects.filter(intake_id=intake_id, state=EnvelopeState.QUORUM_UNLOCKED)
    rows = unlocked.filter(intake__state=IntakeState.OPENING)
    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        # Decrypting begins with the first job that is ready; the database is asked for the others meanwhile.
        running = [
            (row.pk, pool.submit(_open, _job(row), stack.enter_context(store.unpublished())))
            for row in rows.prefetch_related("unlocks")
        ]
        return sum(_conclude(ref, future.result(), at) for ref, future in running)


def intake_of(envelope_ref: str) -> int | None:
    """The intake in whose opening the envelope is."""
    return SealedEnvelope.objects.filter(pk=envelope_ref).values_list("intake_id", flat=True).first()


def _job(row: SealedEnvelope) -> Job | NotOpened:
    """The secrets out of what bidder and officers handed over."""
    given = {unlock.label: _secret(row.pk, unlock.label, bytes(unlock.secret)) for unlock in row.unlocks.all()}
    kb = given.pop(BIDDER, None)
    assert row.organisation_id is not None, "it is being opened"
    organisation = people.organisation(row.organisation_id)
    assert organisation is not None, "a bidder's organisation is in the register"
    try:
        prefix = prefix_of(row)
        header = prefix.header
        shared = shamir.combine(list(given.values())[: header.policy.k], k=header.policy.k)
        secrets = cipher.both_secrets(kb, shared, Mode(header.policy.mode))
        cek = cipher.content_key(secrets, header)
    except (EnvelopeBroken, FileNotFoundError):
        return NotOpened(Cause.STORED_ALTERED, {"stored_commit": ""})
    except (shamir.BadShares, AssertionError) as error:
        return _blamed(row.pk, row.commit, Cause.BIDDER_FALSE_SHARES, str(error))
    if cipher.key_commitment(cek, header) != prefix.manifest.cek_commit:
        return _blamed(row.pk, row.commit, Cause.BIDDER_FALSE_SHARES, ", ".join(sorted(given)))
    return Job(row.pk, row.commit, organisation.uscc, secrets)


def _blamed(ref: str, commit: str, cause: Cause, detail: str) -> NotOpened:
    """The cause, unless the stored bytes are not those of the receipt: then nobody but the platform is to blame."""
    stored = stored_commit(ref)
    if stored != commit:
        return NotOpened(Cause.STORED_ALTERED, {"stored_commit": stored})
    return NotOpened(cause, {"detail": detail})


def _secret(ref: str, label: str, sealed: bytes) -> bytes:
    return from_base64(str(at_rest.unseal(sealed, place=f"unlock:{ref}:{label}")["secret"]))


def _open(job: "Job | NotOpened", folder: Path) -> Opened | NotOpened:
    """Decrypt into `folder`. What came out counts only when the last chunk passed and the commitment matches."""
    if isinstance(job, NotOpened):
        return job
    try:
        with store.open_sealed(job.ref) as file:
            return _open_file(job, file, folder)
    except cipher.NotAuthentic as error:
        return _blamed(job.ref, job.commit, Cause.BIDDER_FALSE_CONTENT, str(error))
    except PayloadBroken as error:
        return _blamed(job.ref, job.commit, Cause.BIDDER_FALSE_CONTENT, str(error))
    except (EnvelopeBroken, FileNotFoundError):
        return NotOpened(Cause.STORED_ALTERED, {"stored_commit": ""})


def _open_file(job: Job, file: BinaryIO, folder: Path) -> Opened | NotOpened:
    prefix = layout.open_prefix(file)
    header = prefix.header
    leaves: list[bytes] = []
    chunks = _noted(layout.chunks(file, header, _buffers.sealed), header, leaves)
    plain = cipher.open_chunks(cipher.content_key(job.secrets, header), header, chunks, _buffers.plain)
    contents, files = _unpack(plain, header, folder)
    sealed = layout.read_exactly(file, layout.ATTESTATION + layout.TAG)
    commit = layout.commitment(header, leaves)
    if commit != job.commit:
        return NotOpened(Cause.STORED_ALTERED, {"stored_commit": commit})
    if contents.bidder != job.bidder or not contents.belongs_to(header):
        return NotOpened(Cause.BIDDER_RELABELLED, {"bidder_ref": header.bidder_ref})
    return Opened(contents, files, _attestation(job.secrets, header, sealed, commit), header.suite)


def _attestation(secrets: bytes, header: Header, sealed: bytes, commit: str) -> Attestation:
    """What was signed; a block that cannot be read is as good as no signature, and the opening says so."""
    try:
        return payload.parse_attestation(cipher.open_attestation(secrets, header, sealed, commit))
    except (cipher.NotAuthentic, PayloadBroken):
        return Attestation()


def _noted(chunks: Iterator[memoryview], header: Header, leaves: list[bytes]) -> Iterator[memoryview]:
    for chunk in chunks:
        leaves.append(header.sealing.digest(chunk).digest())
        yield chunk


def _unpack(plain: Iterator[memoryview], header: Header, folder: Path) -> tuple[Contents, tuple[OpenedFile, ...]]:
    unpacker, writers = Unpacker(header.padded_len), _Writers(folder)
    with writers:
        for chunk in plain:
            for place, piece in unpacker.feed(chunk):
                writers.write(place, piece, of=unpacker.size_of(place))
        contents = unpacker.finish()
    return contents, tuple(writers.file(place, file.name) for place, file in enumerate(contents.files))


class _Writers:
    """The files as they come out, one after the other, hashed on the way."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._place = folder, -1
        self._file: BinaryIO | None = None
        self._digests: dict[int, hashlib._Hash] = {}
        self._sizes: dict[int, int] = {}

    def __enter__(self) -> "_Writers":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def write(self, place: int, piece: memoryview, *, of: int) -> None:
        """The next bytes of the file at `place`, which will have `of` bytes: its room on the disk is taken at once."""
        if place != self._place:
            self._close()
            self._place, self._file = place, self._path(place).open("xb")
            os.posix_fallocate(self._file.fileno(), 0, of)
            self._digests[place], self._sizes[place] = hashlib.sha256(), 0
        assert self._file is not None, "a file is open"
        self._file.write(piece)
        self._digests[place].update(piece)
        self._sizes[place] += len(piece)

    def file(self, place: int, name: str) -> OpenedFile:
        path = self._path(place)
        path.touch(exist_ok=True)  # an empty file had no piece
        digest = self._digests.get(place, hashlib.sha256())
        return OpenedFile(path, name, self._sizes.get(place, 0), digest.hexdigest())

    def _path(self, place: int) -> Path:
        return self._folder / f"{place}"

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _conclude(ref: str, result: Opened | NotOpened, at: datetime) -> bool:
    signature: dict[str, JSON] = {}
    if isinstance(result, Opened):
        row = SealedEnvelope.objects.get(pk=ref)
        assert row.received_at is not None and row.organisation_id is not None  # noqa: PT018  # it is being opened
        signature = attesting.check(
            result.attestation,
            commit=row.commit,
            suite=result.suite,
            organisation_id=row.organisation_id,
            received_at=row.received_at,
        )
    return _settle(ref, result, signature, at)


@transaction.atomic
def _settle(ref: str, result: Opened | NotOpened, signature: dict[str, JSON], at: datetime) -> bool:
    """Publish or fail, in one transaction; False when another worker was faster."""
    row = locked_envelope(ref)
    if row.state != EnvelopeState.QUORUM_UNLOCKED:
        return False
    if isinstance(result, NotOpened):
        fail(row, result.cause, result.findings, at=at)
        return True
    findings: dict[str, JSON] = {
        "files": [_publish(row, file, at) for file in result.files],
        "signature": signature,
    }
    # Names of files are the bidder's words: evidence holds their digests.
    told: dict[str, JSON] = {"files": [file.sha256 for file in result.files], "signature": signature}
    step_envelope(
        row, EnvelopeCommand.OPEN, actor=OPENER, at=at, payload={"found": told}, findings=findings, ended_at=at
    )
    forget_secrets(row)
    finish_when_done(row, at=at)
    return True


def _publish(row: SealedEnvelope, file: OpenedFile, at: datetime) -> dict[str, JSON]:
    document = vault.adopt(
        actor=OPENER,
        file=file.path,
        sha256=file.sha256,
        size=file.size,
        name=file.name,
        at=at,
        subject=f"envelope:{row.pk}",
        organisation_id=row.organisation_id,
    )
    return {"document": str(document.id), "name": document.name, "sha256": file.sha256, "size": str(file.size)}
