"""Documents of the exchange: who may read one is decided by the guard of its subject."""

from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from commons.pages import actor_of
from commons.vault import services as vault
from signatures.documents.queries import newest_file


@require_safe
def document(request: HttpRequest, document_id: int) -> StreamingHttpResponse:
    """The document, streamed; of a paper that is signed, its newest state. Refuses (`NotFound`, `NotPermitted`)."""
    newest = newest_file(document_id)
    opened = vault.open_document(actor=actor_of(request), document_id=newest, at=timezone.now())
    response = StreamingHttpResponse(opened.chunks, content_type=opened.document.media_type)
    response["Content-Length"] = str(opened.document.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(opened.document.name)}"
    return response
