"""Keys for programs, made and ended by the person whom they stand for."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.forms import refuse
from commons.people import queries, services
from commons.people.forms import ApiKeyForm
from commons.people.labels import SCOPES


class KeysView(LoginRequiredMixin, View):
    """The person's keys; a new one is shown once, on the answer."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.actor = cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ApiKeyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ApiKeyForm(request.POST)
        if form.is_valid():
            try:
                key = services.make_api_key(
                    actor=self.actor,
                    label=form.cleaned_data["label"],
                    scopes=form.scopes,
                    valid_for=form.life,
                    at=timezone.now(),
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return self.page(ApiKeyForm(), key=key)
        return self.page(form, status=422)

    def page(self, form: ApiKeyForm, *, key: str = "", status: int = 200) -> HttpResponse:
        context = {"form": form, "key": key, "keys": _lines(self.actor)}
        response = render(self.request, "people/keys.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


def _lines(actor: Actor) -> list[tuple[queries.ApiKeyView, str]]:
    """The keys with what each opens, in words."""
    keys = queries.api_keys_of(actor, at=timezone.now())
    return [(key, ", ".join(str(SCOPES[scope]) for scope in key.scopes)) for key in keys]


class EndKeyView(LoginRequiredMixin, View):
    """Ends a key at once."""

    def post(self, request: HttpRequest, key_id: int) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        services.end_api_key(actor=actor, key_id=key_id, at=timezone.now())
        messages.success(request, _("The key has ended."))
        return redirect("people:keys")
