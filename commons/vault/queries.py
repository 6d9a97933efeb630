"""Questions about documents, answered with values."""

from commons.vault.domain.documents import StoredDocument
from commons.vault.models import Document

__all__ = ["StoredDocument", "document", "documents", "documents_of", "view"]


def document(document_id: int) -> StoredDocument | None:
    """The document, for callers that decide themselves who may know of it."""
    row = Document.objects.select_related("content").filter(id=document_id).first()
    return view(row) if row else None


def documents(document_ids: list[int]) -> dict[int, StoredDocument]:
    """Several documents at once, by id."""
    rows = Document.objects.select_related("content").filter(id__in=document_ids)
    return {row.pk: view(row) for row in rows}


def documents_of(subject: str, *, limit: int = 200) -> list[StoredDocument]:
    """The documents of a subject, oldest first."""
    rows = Document.objects.select_related("content").filter(subject=subject).order_by("id")
    return [view(row) for row in rows[:limit]]


def view(row: Document) -> StoredDocument:
    """The row as a value."""
    return StoredDocument(
        row.pk,
        row.content.sha256,
        row.content.size,
        row.name,
        row.media_type,
        row.subject,
        row.sensitive,
        row.stored_by_id,
        row.organisation_id,
        row.stored_at,
    )
