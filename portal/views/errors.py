"""What goes wrong outside of rules: unreadable requests, missing pages, forged forms, our own faults."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext

from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.texts import refusal_text
from portal import rendering


class BadRequest(Refusal):
    """The request itself is malformed: no view of ours has seen it."""

    code = "BAD_REQUEST"
    message = gettext_noop("The request could not be read. Go back, reload the page and try again.")
    status = 400


class RequestTooLarge(Refusal):
    """More than a form may carry besides its files."""

    code = "REQUEST_TOO_LARGE"
    message = gettext_noop("That was more than this page takes at once; nothing was changed. Send it in parts.")
    status = 413


class TooManyRequests(Refusal):
    """More requests than one may send in this time."""

    code = "TOO_MANY_REQUESTS"
    message = gettext_noop("That was too often. Wait a few minutes and try again.")
    status = 429
    retryable = True


class FormExpired(Refusal):
    """The form's protection token is missing or old (CSRF)."""

    code = "FORM_EXPIRED"
    message = gettext_noop(
        "This form is too old or was sent from elsewhere; nothing was changed. Reload the page and send it again."
    )
    status = 403


class CookiesNeeded(FormExpired):
    code = "COOKIES_NEEDED"
    message = gettext_noop(
        "Your browser sent no cookie; nothing was changed. Allow cookies for this site and send the form again."
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request may lie about its very host, so that nothing is built from it."""
    too_large = isinstance(exception, RequestDataTooBig)
    refusal = RequestTooLarge() if too_large else BadRequest()
    if request.path.startswith("/api/"):
        return rendering.problem_response(refusal, instance=request.path)
    title = gettext("Too large") if too_large else gettext("Not readable")
    return _plain(request, title, refusal_text(refusal), status=refusal.status)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return rendering.respond(request, NotPermitted())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return rendering.respond(request, NotFound())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    refusal = CookiesNeeded() if reason == REASON_NO_CSRF_COOKIE else FormExpired()
    if rendering.reads_json(request):
        return rendering.problem_response(refusal, instance=request.path)
    return rendering.page(request, refusal)


def locked_out(request: HttpRequest, credentials: object = None, *args: object, **kwargs: object) -> HttpResponse:
    """Too many failed sign-ins (axes): says how long, and whom to ask."""
    return render(request, "account/locked.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own fault. Uses neither session, database nor context, which may be what failed."""
    if request.path.startswith("/api/"):
        number = getattr(request, "request_id", "")
        body = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "request_id": number}
        return JsonResponse(body, status=500, content_type=rendering.PROBLEM)
    text = gettext(
        "Your request was not completed, and nothing that was not confirmed has been stored. Try again in a minute; "
        "a receipt that you already hold stays valid."
    )
    return _plain(request, gettext("Something broke on our side"), text, status=500)


def _plain(request: HttpRequest, title: str, text: str, *, status: int) -> HttpResponse:
    language, number = get_language() or "zh-hans", getattr(request, "request_id", "")
    context = {"title": title, "text": text, "language": language, "request_id": number}
    return HttpResponse(render_to_string("portal/plain.html", context), status=status)
