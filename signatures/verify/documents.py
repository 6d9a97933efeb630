"""A signed PDF, offline: by root certificates from a file, and against an exported log. Needs pyHanko."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from commons.evidence.domain import exports
from commons.evidence.domain.trust import Keyring
from signatures.documents.domain.answers import DocumentAnswer
from signatures.documents.pades.checking import Unreadable, check
from signatures.documents.pades.trusting import store_of_roots
from signatures.verify.checking import LONGEST_LINE, BadInput

LARGEST = 64 * 2**20


def check_document(
    file: str, roots: str | None, log: str | None, trusted: Keyring | None = None, *, at: datetime | None = None
) -> DocumentAnswer:
    """The answers about the PDF. Without `log` nobody was asked whether it is registered. Raises `BadInput`."""
    from signatures.verify.command import opened

    if roots is None:
        raise BadInput("say with --roots which authorities are trusted: a PEM file with their root certificates")
    try:
        store = store_of_roots(Path(roots).read_bytes())
    except ValueError as error:
        raise BadInput(f"{roots} holds no certificates: {error}") from None
    with opened(file) as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput("the file is larger than 64 MiB")
    try:
        answer = check(content, at=at or datetime.now(UTC), trust=store)
    except Unreadable as error:
        raise BadInput(f"the file is no readable PDF: {error}") from None
    return answer if log is None else _registered(answer, log, trusted)


def _registered(answer: DocumentAnswer, log: str, trusted: Keyring | None) -> DocumentAnswer:
    """Whether the log holds, and one of its entries names the SHA-256 of the file."""
    try:
        with Path(log).open("rb") as stream:
            report = exports.check(iter(lambda: stream.readline(LONGEST_LINE), b""), trusted=trusted)
    except exports.NoExport as error:
        raise BadInput(str(error)) from None
    if not report.holds:
        raise BadInput(f"the log does not hold: {'; '.join(report.faults[:3])}")
    found = next((entry for entry in _entries(log) if _sha256(entry) == answer.sha256), None)
    facts = {"stream": str(found.get("stream", "")), "seq": str(found.get("seq", ""))} if found else {}
    return replace(answer, registered=found is not None, registration=facts)


def _entries(log: str) -> list[dict[str, Any]]:
    with Path(log).open("rb") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def _sha256(entry: dict[str, Any]) -> object:
    payload = entry.get("payload")
    return payload.get("sha256") if isinstance(payload, dict) else None
