"""Downloads from the vault: the guard of the document's subject decides."""

from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from commons.pages import actor_of
from commons.vault import services


@require_GET
def download(request: HttpRequest, document_id: int) -> StreamingHttpResponse:
    """The document, piece by piece, always as a file and never shown in the platform's own origin.

    Refuses `NotFound`, `NotPermitted`.
    """
    opened = services.open_document(actor=actor_of(request), document_id=document_id, at=timezone.now())
    response = StreamingHttpResponse(opened.chunks, content_type=opened.document.media_type)
    response["Content-Length"] = str(opened.document.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(opened.document.name)}"
    return response
