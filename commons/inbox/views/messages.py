"""The reader's messages."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.inbox import queries, services
from commons.pages import csv_response, signed_in


@require_GET
def inbox(request: HttpRequest) -> HttpResponseBase:
    """The messages, the newest first; `?unread=1` shows those that wait, `?format=csv` gives the page as a file."""
    reader = signed_in(request)
    unread_only = request.GET.get("unread") == "1"
    page = queries.page(reader, number=request.GET.get("page"), unread_only=unread_only)
    rows = queries.views(page)
    if request.GET.get("format") == "csv":
        lines = ((row.delivered_at, row.subject, row.link) for row in rows)
        return csv_response("inbox", [_("Delivered at"), _("What it says"), _("Page")], lines)
    return render(
        request,
        "commons/inbox/list.html",
        {"page": page, "rows": rows, "unread_only": unread_only, "newest": max((row.id for row in rows), default=0)},
    )


@require_POST
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark a message as read and go where it leads."""
    found = services.mark_read(actor=signed_in(request), message_id=message_id, at=timezone.now())
    return HttpResponseRedirect(found.link or reverse("inbox:list"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what the reader had on the screen."""
    newest = request.POST.get("newest", "")
    up_to = int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 19 else 0
    services.mark_all_read(actor=signed_in(request), at=timezone.now(), up_to=up_to)
    return HttpResponseRedirect(reverse("inbox:list"))
