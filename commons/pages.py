"""What pages share: the actor of a request, forms that show refusals with what was filled in, CSV downloads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views import View

from commons.domain.actor import CENTRE_ROLES, Actor, Role
from commons.domain.csv_safe import Cell, lines
from commons.domain.refusals import Malformed, NotFound, NotPermitted, Refusal
from commons.people.models import Person
from commons.texts import refusal_text


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware made of the session."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


def signed_in(request: HttpRequest) -> Actor:
    """The actor, who must be a person. Refuses (`NotPermitted`) the anonymous, whom the portal leads to the sign-in."""
    actor = actor_of(request)
    if actor.person_id is None:
        raise NotPermitted()
    return actor


@contextmanager
def told_there(request: HttpRequest) -> Iterator[None]:
    """For a button: a refusal is told on the page that comes next; who may not, or asks for nothing, is refused."""
    try:
        yield
    except (NotPermitted, NotFound):
        raise
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal into the form: beside its field where it speaks of one, else on top."""
    field = str(refusal.fields.get("field", ""))
    if isinstance(refusal, Malformed) and field in form.fields:
        reason = gettext(str(refusal.fields.get("reason", ""))) if refusal.fields.get("reason") else ""
        form.add_error(field, capfirst(reason) or refusal_text(refusal))
    else:
        form.add_error(None, refusal_text(refusal))


class FormPage(View):
    """A page around one form. A refusal of the service stands on top of the form, with what was filled in kept."""

    template_name: ClassVar[str]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.show(request, self.form(request, None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request, request.POST)
        if not form.is_valid():
            return self.show(request, form, status=400)
        try:
            return HttpResponseRedirect(self.perform(request, form, timezone.now()))
        except NotPermitted:
            raise
        except Refusal as refusal:
            explain(form, refusal)
            return self.show(request, form, status=refusal.status)

    def show(self, request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
        return render(request, self.template_name, {"form": form, **self.context(request)}, status=status)

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        """The form, bound to `data` (and the request's files) when there is some."""
        raise NotImplementedError

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the page shows around the form; the place to refuse a viewer."""
        return {}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        """Do it; gives the address to go on to."""
        raise NotImplementedError


def who(references: Iterable[str], *, viewer: Actor) -> dict[str, str]:
    """Who acted, by the references that records keep: names for the centre and its overseers, the house for others."""
    wanted = set(references)
    numbers = {
        text: int(text.removeprefix("person:").partition("@")[0]) for text in wanted if text.startswith("person:")
    }
    names: dict[int, str] = {}
    if numbers and viewer.has(*CENTRE_ROLES, Role.AUDITOR, Role.REGULATOR):
        names = dict(Person.objects.filter(pk__in=numbers.values()).values_list("pk", "name"))
    house = {text: gettext("the platform") if text.startswith("system:") else gettext("the centre") for text in wanted}
    return {text: names.get(numbers.get(text, 0), house[text]) for text in wanted}


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> StreamingHttpResponse:
    """A download that a spreadsheet opens as data, never as formulas."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
