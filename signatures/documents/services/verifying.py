"""Checking an uploaded file: in the cage, by the trust list, and against the log."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, cast

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.uploads import limited
from commons.uploads.domain import Cage
from signatures.documents.domain.answers import DocumentAnswer, from_json
from signatures.documents.pades.trusting import store_as_json
from signatures.documents.queries import registration
from signatures.pki import queries as pki

LARGEST_BYTES = 20_000_000
JOB = "signatures.documents.pades.job:look"


class DocumentTooLarge(Refusal):
    code = "DOCUMENT_TOO_LARGE"
    message = gettext_noop("The document is larger than %(limit_mb)s MB; it is not one of this platform.")
    status = 413


def verify_document(file: BinaryIO, *, at: datetime, cage: Cage | None = None) -> DocumentAnswer:
    """The answers about a seekable file. Nothing of it is kept.

    Refuses `DocumentTooLarge`, and an `UploadUnsafe` for what is no PDF or hurts its reader.
    """
    sha256, size = _measured(file)
    if size > LARGEST_BYTES:
        raise DocumentTooLarge(limit_mb=str(LARGEST_BYTES // 1_000_000))
    arguments: dict[str, Any] = {"at": to_text(at), "trust": store_as_json(pki.trust_store())}
    answer = from_json(cast("dict[str, Any]", limited.run(JOB, file, arguments, cage=cage)))
    assert answer.sha256 == sha256, "the child read the file that it was given"
    found = registration(sha256)
    return replace(answer, registered=found is not None, registration=dict(found or {}))


def _measured(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(256 * 1024):
        digest.update(chunk)
        size += len(chunk)
        if size > LARGEST_BYTES:
            break
    file.seek(0)
    return digest.hexdigest(), size
