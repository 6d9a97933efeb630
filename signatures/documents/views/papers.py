"""The page of a paper: who signed, who is to sign, every registered state of the file."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commons.domain.actor import ALLOWED
from commons.domain.text import gettext_noop
from commons.pages import actor_of, signed_in
from commons.vault import services as vault
from signatures.documents import queries, services
from signatures.documents.domain.papers import Act, PaperState

STATE_TAGS = {
    PaperState.DRAWN: ("waiting", gettext_noop("being prepared")),
    PaperState.PREPARED: ("waiting", gettext_noop("to be signed")),
    PaperState.SIGNING: ("waiting", gettext_noop("being signed")),
    PaperState.SIGNED: ("done", gettext_noop("signed")),
    PaperState.ARCHIVED: ("done", gettext_noop("signed and archived")),
    PaperState.WITHDRAWN: ("stop", gettext_noop("withdrawn")),
}
ACT_LABELS = {
    Act.DRAWN: gettext_noop("drawn up"),
    Act.CERTIFIED: gettext_noop("certified by the platform"),
    Act.SIGNED: gettext_noop("signed"),
    Act.STAMPED: gettext_noop("stamped"),
    Act.ARCHIVED: gettext_noop("archive stamp"),
}


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The papers that wait for a signature of the reader's organisation."""
    return render(request, "documents/waiting.html", {"rows": queries.waiting_for(signed_in(request))})


@require_safe
def paper(request: HttpRequest, paper: str) -> HttpResponse:
    """One paper, for those who may read it."""
    actor = actor_of(request)
    found = queries.paper(actor, paper)
    tone, label = STATE_TAGS[found.state]
    context = {
        "paper": found,
        "state": (_(label), tone),
        "mine": [] if actor.is_anonymous else queries.may_sign(actor, found.id),
        "revisions": [(one, _(ACT_LABELS[one.act])) for one in queries.revisions(found.id)],
        "at": timezone.now(),
    }
    return render(request, "documents/paper.html", context)


@require_safe
def file(request: HttpRequest, paper: str) -> StreamingHttpResponse:
    """The newest state of the file."""
    actor = actor_of(request)
    found = queries.paper(actor, paper)
    opened = vault.open_document(actor=actor, document_id=found.document_id, at=timezone.now(), decision=ALLOWED)
    response = StreamingHttpResponse(opened.chunks, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{opened.document.name}"'
    return response


@require_POST
def sign(request: HttpRequest, paper: str, side: str) -> HttpResponse:
    """Open the dialogue in which the reader signs for its side."""
    actor = signed_in(request)
    found = queries.paper(actor, paper)
    back = reverse("documents:paper", args=[found.number])
    session = services.ask(actor=actor, paper_id=found.id, field=side, return_url=back, at=timezone.now())
    return HttpResponseRedirect(session.url)
