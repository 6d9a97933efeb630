"""The machine checks over an opened bid: what the committee sees, and what the bidder could see before sealing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from bidding.bids.domain.checks import FileFacts, Finding, Given, check
from bidding.bids.domain.naming import recognisable
from bidding.bids.queries import requirements_of
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED, system_actor
from commons.domain.refusals import Refusal
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


def facts_of_document(document_id: int, names: Sequence[str], *, blind: bool, at: datetime) -> FileFacts:
    """Facts about a file of the vault. Into a blind volume a limited child process looks; others show their head."""
    opened = vault.open_document(actor=CHECKER, document_id=document_id, at=at, decision=ALLOWED)
    digest, size, head = hashlib.sha256(), 0, b""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        for chunk in opened.chunks:
            digest.update(chunk)
            size += len(chunk)
            head = head or chunk[:HEAD_BYTES]
            if blind:
                file.write(chunk)
        file.seek(0)
        found: dict[str, Any] = _look(file, names) if blind and size else {"is_pdf": MAGIC in head}
    return FileFacts(
        sha256=digest.hexdigest(),
        size=size,
        is_pdf=bool(found.get("is_pdf")),
        metadata=tuple(found.get("metadata", ())),
        marks=tuple(found.get("marks", ())),
    )


def _look(file: Any, names: Sequence[str]) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", limited.run("bidding.bids.pdf_facts:look", file, {"names": list(names)}))
    except Refusal:
        return {}
