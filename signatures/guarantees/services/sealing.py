"""The guarantee's PDF under the platform's seal, with what its issuer signed and the signature inside it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, override

from commons.domain.actor import system_actor
from commons.evidence.domain import canonical
from commons.outbox import services as outbox
from signatures.documents import services as documents
from signatures.guarantees import safe
from signatures.guarantees.domain.dossier import Version
from signatures.guarantees.domain.terms import GuaranteeData
from signatures.guarantees.models import Guarantee
from signatures.guarantees.services import papers
from signatures.guarantees.services.common import locked, record

CLERK = system_actor("guarantees")
ISSUER = "issuer"
"""The files in the PDF: `issuer.json`, the data that the issuer signed, and `issuer.p7s`, its signature."""


def ask_for_seal(ref: str, version: int, *, at: datetime) -> None:
    """Promise the sealed PDF of that version for after the commit."""
    outbox.enqueue(topic="guarantee.paper", key=f"{ref}:{version}", payload={"ref": ref}, at=at)


def seal_paper(ref: str, *, at: datetime) -> bool:
    """Put the sealed PDF of the version that stands in the place of the drawn one. Twice is harmless.

    Speaks to the authorities, so it holds no transaction meanwhile. Raises what `documents.seal_record` raises.
    """
    row = Guarantee.objects.defer("paper").get(ref=ref)
    signed = safe.open_dossier(row).versions[-1]
    content = _sealed(signed, at=at)
    with transaction.atomic():
        row, dossier = locked(ref)
        if dossier.versions[-1] != signed:
            return False
        Guarantee.objects.filter(pk=row.pk).update(paper=safe.seal_paper(ref, content))
        payload = {"sha256": canonical.digest(content), "version": str(len(dossier.versions))}
        record(row, "GuaranteePaperSealed", actor=CLERK, role="platform", at=at, payload=payload)
    return True


def _sealed(signed: Version, *, at: datetime) -> bytes:
    facts = GuaranteeData.parse(signed.data)
    with override(papers.LANGUAGE):
        role = gettext("Issuer of the guarantee")
        title = f"{gettext('Guarantee')} {facts.number}"
    beside = documents.Beside(ISSUER, role, signed.data, signed.signature)
    return documents.seal_record(papers.draft_pdf(facts), [beside], title=title, at=at)
