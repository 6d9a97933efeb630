"""Opening an account and setting a lost password anew; both prove an address by a code."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commons.pages import FormPage
from commons.people.queries import person_to_sign_in
from commons.registration import queries, services
from commons.registration.domain.codes import Purpose
from commons.registration.forms import CodeForm, LostPasswordForm, NewPasswordForm, RegisterForm
from commons.registration.secrets import source_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEXT = "registration_next"
"""The session's key for the page that the newcomer came from (an invitation)."""


class Register(FormPage):
    """Name, address, sign-in name and password."""

    template_name = "registering/register.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("registration:steps"))
        target = request.GET.get("next", "")
        if target and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            request.session[NEXT] = target
        return super().get(request, **kwargs)

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return RegisterForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        asked = form.cleaned_data
        token = services.begin_registration(
            username=asked["username"],
            name=asked["name"],
            password=asked["password"],
            contact=asked["contact"],
            language=get_language() or "zh-hans",
            source=source_of(request.META.get("REMOTE_ADDR", "")),
            at=at,
        )
        return reverse("registration:code", args=[token])


class Code(FormPage):
    """The code; the account opens with it, and its person is signed in."""

    template_name = "registering/code.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return CodeForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"check": queries.check(self.kwargs["token"], purpose=Purpose.REGISTER)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        target = request.session.get(NEXT, "")
        number = services.finish_registration(token=self.kwargs["token"], code=form.cleaned_data["code"], at=at)
        login(request, person_to_sign_in(number), backend=BACKEND)
        messages.success(request, _("Your account is open."))
        return target or reverse("registration:steps")


class LostPassword(FormPage):
    """Whose password is lost; says the same whether there is such an account or not."""

    template_name = "registering/lost.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return LostPasswordForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        token = services.begin_reset(
            username=form.cleaned_data["username"],
            contact=form.cleaned_data["contact"],
            language=get_language() or "zh-hans",
            source=source_of(request.META.get("REMOTE_ADDR", "")),
            at=at,
        )
        return reverse("registration:new_password", args=[token])


class NewPassword(FormPage):
    """The code and the new password."""

    template_name = "registering/new_password.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return NewPasswordForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"check": queries.check(self.kwargs["token"], purpose=Purpose.RESET)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        asked = form.cleaned_data
        services.finish_reset(token=self.kwargs["token"], code=asked["code"], password=asked["password"], at=at)
        messages.success(request, _("The new password is set, and every browser is signed out. Sign in with it now."))
        return reverse("account_login")

    def show(self, request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
        response = super().show(request, form, status=status)
        response["Cache-Control"] = "no-store"
        return response
