"""Signing in parallel: several persons sign a statement about the paper at the same time, beside it.

Their signatures are collected, and travel inside the PDF when the platform certifies it.
"""

from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.vault import queries as vault_queries
from signatures.documents import policies
from signatures.documents.domain.papers import GivenSignature, Mode, PaperCommand, PaperSignedAlready, PaperState
from signatures.documents.models import PaperParty
from signatures.documents.services.common import locked
from signatures.documents.services.following import ask_for_seal
from signatures.documents.services.keeping import keep_given
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
    given = GivenSignature(party.field, order.content, signed.finished.cms, order.certificate, signed.at)
    keep_given(paper, given, actor=signed.actor)
    if not paper.parties.filter(mode=Mode.PARALLEL, signed_at__isnull=True).exists():
        ask_for_seal(paper, at=signed.at)


register_kind(STATEMENT_KIND, label=gettext_noop("Statement about a document"), done=_done)
