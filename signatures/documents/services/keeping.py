"""Signatures beside a paper: kept with it until they travel inside the PDF that the platform certifies."""

import hashlib

from commons.domain.actor import Actor
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.vault import services as vault
from signatures.crypto.certificates import facts_of
from signatures.documents.domain.papers import GivenSignature
from signatures.documents.models import Paper, PaperParty
from signatures.documents.services.common import PLATFORM_ACTOR


def keep_given(paper: Paper, given: GivenSignature, *, actor: Actor) -> None:
    """Keep a valid signature of a parallel party, in the caller's transaction."""
    facts = facts_of(given.certificate)
    stored = vault.store(
        actor=PLATFORM_ACTOR,
        stream=[given.cms],
        name=f"{paper.number}-{given.field}.p7s",
        media_type="application/pkcs7-signature",
        at=given.signed_at,
        subject=paper.guard,
    )
    PaperParty.objects.filter(paper=paper, field=given.field).update(
        signed_at=given.signed_at,
        signer_name=facts.common_name[:200],
        serial=facts.serial[:64],
        certificate_sha256=facts.fingerprint,
        signature_id=stored.id,
        statement=given.statement,
    )
    payload: dict[str, JSON] = {
        "field": given.field,
        "sha256": stored.sha256,
        "statement_sha256": hashlib.sha256(given.statement).hexdigest(),
        "certificate_sha256": facts.fingerprint,
    }
    append(stream=paper.stream, type="StatementSigned", actor=actor, payload=payload, decided_at=given.signed_at)
