"""The stock admin, held tighter: a second factor for everybody, and no deletion of anything."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class NoDelete:
    """Mixed into every registered admin: nothing is deleted, corrections supersede."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class CentreAdminSite(admin.AdminSite):
    """Staff only, and only in sessions that began with a second factor."""

    site_header = _("Luochui administration")
    site_title = _("Luochui administration")
    index_title = _("Look-up; business changes are made in the workspaces")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and signed_in_with_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign-in is the platform's own (lock-out, second factor); here it is only asked for."""
        target = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return render(request, "portal/admin_needs_factor.html", {"staff": request.user.is_staff}, status=403)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        base = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(base.__name__, (NoDelete, base), {}), **options)

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")


def signed_in_with_second_factor(request: HttpRequest) -> bool:
    """Whether this session began with a code of a phone or a passkey."""
    if not request.user.is_authenticated:
        return False
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))
