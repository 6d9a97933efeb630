"""The machine checks over an opened bid: what the committee sees, and what the bidder could see before sealing."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

from bidding.bids.domain.checks import FileFacts, Finding, Given, check
from bidding.bids.domain.naming import recognisable
from bidding.bids.queries import requirements_of
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED, system_actor
from commons.domain.refusals import Refusal
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from commons.uploads import limited
from commons.vault import services as vault

CHECKER = system_actor("bid-checks")
HEAD_BYTES, MAGIC = 1024, b"%PDF-"
"""A PDF says so near its beginning (ISO 32000-1, annex H)."""
_IN_MEMORY = 8 * 2**20


def findings_for(given: Given, terms: SectionTerms) -> list[Finding]:
    """Every finding of the machine checks for this section."""
    return check(given, requirements_of(terms))


def names_of(organisation_id: int) -> tuple[str, ...]:
    """The names by which an organisation could be recognised in a blind volume."""
    organisation = people.organisation(organisation_id)
    return recognisable(organisation.name, organisation.uscc) if organisation else ()


class Wanted(NamedTuple):
    """A file of the vault to be looked at, and the names by which its bidder could be recognised in it."""

    document_id: int
    names: Sequence[str]
    blind: bool


def facts_of(wanted: Sequence[Wanted], *, at: datetime) -> dict[int, FileFacts]:
    """Facts about files of the vault, by document. Limited processes look into blind volumes."""
    with ExitStack() as stack:
        read = [_read(one, stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY)), at) for one in wanted]
        blind = [one for one in read if one.wanted.blind and one.size]
        files = [(cast(BinaryIO, one.file), {"names": list(one.wanted.names)}) for one in blind]
        looked = limited.run_each("bidding.bids.pdf_facts:look", files) if files else []
        seen = {one.wanted.document_id: found for one, found in zip(blind, looked, strict=True)}
        return {one.wanted.document_id: _facts(one, seen) for one in read}


class _Read(NamedTuple):
    wanted: Wanted
    sha256: str
    size: int
    head: bytes
    file: "SpooledTemporaryFile[bytes]"


def _read(wanted: Wanted, file: "SpooledTemporaryFile[bytes]", at: datetime) -> _Read:
    """The file once through; a blind volume is kept for the look into it."""
    opened = vault.open_document(actor=CHECKER, document_id=wanted.document_id, at=at, decision=ALLOWED)
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in opened.chunks:
        digest.update(chunk)
        size += len(chunk)
        head = head or chunk[:HEAD_BYTES]
        if wanted.blind:
            file.write(chunk)
    return _Read(wanted, digest.hexdigest(), size, head, file)


def _facts(one: _Read, seen: "Mapping[int, JSON | Refusal]") -> FileFacts:
    looked = seen.get(one.wanted.document_id, {"is_pdf": MAGIC in one.head})
    found = cast("Mapping[str, Any]", looked) if isinstance(looked, Mapping) else {}
    return FileFacts(
        sha256=one.sha256,
        size=one.size,
        is_pdf=bool(found.get("is_pdf")),
        metadata=tuple(found.get("metadata", ())),
        marks=tuple(found.get("marks", ())),
    )
