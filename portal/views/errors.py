"""What goes wrong outside of rules: unreadable requests, missing pages, forged forms, our own faults."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.domain.text import gettext_noop
from portal import rendering


class BadRequest(Refusal):
    """The request itself is malformed: no view of ours has seen it."""

    code = "BAD_REQUEST"
    message = gettext_noop("The request could not be read. Go back, reload the page and try again.")
    status = 400


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
    return rendering.respond(request, BadRequest())


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
    request_id = getattr(request, "request_id", "")
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "request_id": request_id}
        return JsonResponse(body, status=500, content_type=rendering.PROBLEM)
    request.user = AnonymousUser()
    text = render_to_string("portal/500.html", {"request_id": request_id, "language": get_language() or "zh-hans"})
    return HttpResponseServerError(text)
