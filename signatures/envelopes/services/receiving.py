"""The bytes of an upload: appended to its file, reckoned on the way, checked against the sender's checksum."""

import base64
import binascii
import fcntl
import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from commons.domain.refusals import NotAllowedNow, Refusal
from commons.domain.text import gettext_noop
from signatures.envelopes import store
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.layout import Reckoned, Reckoner, open_prefix
from signatures.envelopes.services.accepting import accept
from signatures.envelopes.services.uploading import FINISHED, Upload, drop_upload

LEAVES = "sbe1-leaves"
"""The checksum of whole chunks: the digest, by the envelope's suite, over their leaves. Their bytes are hashed once."""
CHECKSUMS = ("sha256", "sha1", LEAVES)
LARGEST_PIECE = 32 * 1024 * 1024
"""Bytes of one PATCH: the server before us may hold one in memory or in a temporary file."""


class UploadElsewhere(Refusal):
    """The sender is at another place than the file."""

    code = "UPLOAD_OFFSET"
    message = gettext_noop("The upload stands at byte %(offset)s. Go on from there.")
    status = 409


class UploadBusy(Refusal):
    code = "UPLOAD_BUSY"
    message = gettext_noop("Another request is writing to this upload.")
    status = 423
    retryable = True


class ChecksumWrong(Refusal):
    code = "UPLOAD_CHECKSUM"
    message = gettext_noop("A piece arrived damaged. It is sent again.")
    status = 460
    retryable = True


class ChecksumUnknown(Refusal):
    code = "UPLOAD_CHECKSUM_UNKNOWN"
    message = gettext_noop("The checksum cannot be read. Use sha256, sha1 or, for whole chunks, sbe1-leaves.")
    status = 400


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says a piece must hash to."""

    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> "Checksum | None":
        """The header `Upload-Checksum`, if there is one. Raises `ChecksumUnknown`."""
        if not text:
            return None
        algorithm, _, encoded = text.partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ChecksumUnknown() from None
        if algorithm not in CHECKSUMS:
            raise ChecksumUnknown()
        return cls(algorithm, digest)


class _Reckoners:
    """How far this process has reckoned the uploads that run; what it does not know is read again at the end."""

    MOST = 64

    def __init__(self) -> None:
        self._known: OrderedDict[str, Reckoner] = OrderedDict()
        self._lock = Lock()

    def take(self, ref: str, offset: int) -> Reckoner | None:
        """The reckoner that stands at `offset`, out of the cache: whoever takes it puts it back or lets it go."""
        with self._lock:
            found = self._known.pop(ref, None)
        if found is None and offset == 0:
            return Reckoner()
        return found if found is not None and found.size == offset else None

    def put(self, ref: str, reckoner: Reckoner) -> None:
        with self._lock:
            self._known[ref] = reckoner
            while len(self._known) > self.MOST:
                self._known.popitem(last=False)


_reckoners = _Reckoners()


def offset_of(upload: Upload) -> int:
    """How many bytes the platform has."""
    return upload.length if upload.state == FINISHED else store.upload_path(upload.ref).stat().st_size


class Appending:
    """One PATCH: `write` pieces, then `finish` with the last; or `abort`. Locks the upload's file meanwhile."""

    def __init__(self, upload: Upload, *, offset: int, checksum: Checksum | None) -> None:
        """Raises `UploadElsewhere`, `UploadBusy`, `ChecksumUnknown` for leaves where no chunk begins."""
        if upload.state == FINISHED:
            raise UploadElsewhere(offset=str(upload.length))
        self._upload, self._start, self._checksum = upload, offset, checksum
        self._file = store.upload_path(upload.ref).open("r+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise UploadBusy() from None
        self._offset = self._file.seek(0, os.SEEK_END)
        if self._offset != offset:
            self._file.close()
            raise UploadElsewhere(offset=str(self._offset))
        self._reckoner = _reckoners.take(upload.ref, offset)
        self._digest: Any = None
        if checksum is None:
            return
        if checksum.algorithm != LEAVES:
            self._digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
        elif self._reckoner is None:
            self._reckoner = self._resumed()

    def _resumed(self) -> Reckoner:
        """Another process took what came before: for the leaves of this piece, the header is enough."""
        try:
            with store.upload_path(self._upload.ref).open("rb") as file:
                return Reckoner.resumed(open_prefix(file), self._offset)
        except EnvelopeBroken:
            self._file.close()
            raise ChecksumUnknown() from None

    def write(self, pieces: Sequence[bytes]) -> None:
        """Raises `EnvelopeBroken` as soon as what comes in cannot be an envelope; the upload is then dropped."""
        end = self._offset + sum(map(len, pieces))
        if end > self._upload.length or end - self._start > LARGEST_PIECE:
            raise NotAllowedNow(command="PATCH", state="TOO_LONG")
        for data in pieces:
            self._file.write(data)
            self._offset += len(data)
            if self._digest is not None:
                self._digest.update(data)
            if self._reckoner is not None:
                self._reckoner.feed(data)

    def finish(self, pieces: Sequence[bytes] = ()) -> int:
        """Write the last pieces; where the upload stands now.

        Raises as `write`, and `ChecksumWrong`; the piece is then forgotten.
        """
        self.write(pieces)
        if self._checksum is not None and self._hash() != self._checksum.digest:
            self.abort()
            raise ChecksumWrong()
        # The disk begins now: before the receipt all must lie there, and then little is left to wait for.
        os.posix_fadvise(self._file.fileno(), self._start, self._offset - self._start, os.POSIX_FADV_DONTNEED)
        self._file.close()
        self._put_back()
        return self._offset

    def _hash(self) -> bytes | None:
        if self._digest is not None:
            return bytes(self._digest.digest())
        return self._reckoner.digest_since(self._start) if self._reckoner else None

    def _put_back(self) -> None:
        if self._reckoner is not None and not self._reckoner.partial:
            _reckoners.put(self._upload.ref, self._reckoner)

    def abort(self) -> None:
        """The line broke: without a checksum the bytes that came count, with one the piece is forgotten."""
        if self._file.closed:
            return
        if self._checksum is not None:
            self._file.truncate(self._start)
        else:
            self._put_back()
        self._file.close()


def complete(upload: Upload, *, received_at: datetime) -> str:
    """Take the finished upload in; the number of its receipt. What is refused is dropped. Raises as `accept`."""
    path = store.upload_path(upload.ref)
    try:
        return accept(upload=upload, path=path, reckoned=_reckoned(upload), received_at=received_at)
    except Refusal:
        drop_upload(upload.ref)
        raise


def _reckoned(upload: Upload) -> Reckoned:
    reckoner = _reckoners.take(upload.ref, upload.length)
    if reckoner is None or upload.length == 0:
        reckoner = Reckoner()
        with store.upload_path(upload.ref).open("rb") as file:
            for piece in store.pieces(file):
                reckoner.feed(piece)
    return reckoner.finish()
