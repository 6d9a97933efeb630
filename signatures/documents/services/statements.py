"""Signing in parallel: several persons sign a statement about the paper at the same time, beside it.

Their signatures are collected, and travel inside the PDF when the platform certifies it.
"""

import hashlib

from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.evidence.services import append
from commons.vault import queries as vault_queries
from commons.vault import services as vault
from signatures.crypto.certificates import facts_of
from signatures.documents import policies
from signatures.documents.domain.papers import Mode, PaperCommand, PaperSignedAlready, PaperState
from signatures.documents.models import Paper, PaperParty
from signatures.documents.services.common import PLATFORM_ACTOR, locked
from signatures.documents.services.drawing import ask_for_seal
from signatures.signing.kinds import Signed, register_kind

STATEMENT_KIND = "signatures.statement"
FORMAT = "luochui-paper-statement/v1"


def statement_of(party: PaperParty) -> bytes:
    """What a parallel party signs: canonical JSON that binds number, title, role and the SHA-256 of the drawn file."""
    paper = party.paper
    drawn = vault_queries.document(paper.document_id)
    assert drawn is not None, "papers lie in the vault"
    return canonical.encode(
        {
            "format": FORMAT,
            "paper": paper.number,
            "title": paper.title,
            "field": party.field,
            "role": party.role,
            "sha256": drawn.sha256,
        }
    )


def _done(signed: Signed) -> None:
    """Keep the signature with the paper; when it was the last one, the platform certifies."""
    order = signed.order
    paper = locked(int(order.context["paper"]))
    party = PaperParty.objects.select_for_update().select_related("paper").get(pk=int(order.context["party"]))
    policies.can_sign(signed.actor, party).require()
    if party.signed_at is not None:
        raise PaperSignedAlready()
    if paper.state != PaperState.DRAWN or statement_of(party) != order.content:
        raise NotAllowedNow(command=PaperCommand.SIGN.value, state=paper.state)
    _keep(paper, party, signed)
    if not paper.parties.filter(mode=Mode.PARALLEL, signed_at__isnull=True).exists():
        ask_for_seal(paper, at=signed.at)


def _keep(paper: Paper, party: PaperParty, signed: Signed) -> None:
    facts = facts_of(signed.order.certificate)
    stored = vault.store(
        actor=PLATFORM_ACTOR,
        stream=[signed.finished.cms],
        name=f"{paper.number}-{party.field}.p7s",
        media_type="application/pkcs7-signature",
        at=signed.at,
        subject=paper.guard,
    )
    PaperParty.objects.filter(pk=party.pk).update(
        signed_at=signed.at,
        signer_name=facts.common_name[:200],
        serial=facts.serial[:64],
        certificate_sha256=facts.fingerprint,
        signature_id=stored.id,
        statement=signed.order.content,
    )
    payload = {
        "field": party.field,
        "sha256": stored.sha256,
        "statement_sha256": hashlib.sha256(signed.order.content).hexdigest(),
        "certificate_sha256": facts.fingerprint,
    }
    append(stream=paper.stream, type="StatementSigned", actor=signed.actor, payload=payload, decided_at=signed.at)


register_kind(STATEMENT_KIND, label=gettext_noop("Statement about a document"), done=_done)
