"""Pages that stand still: verifying, accessibility and help, the interface for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.generic import TemplateView

from commons.domain.refusals import Refusal
from portal.context import address


class VerifyView(TemplateView):
    """The front door of everything that anybody can check: certificates, receipts, the log."""

    template_name = "portal/verify.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = request.GET.get("number", "").strip()
        page = address("certificates:verify_number")
        return (
            redirect(f"{page}?{urlencode({'number': number})}")
            if number and page
            else super().get(request, *args, **kwargs)
        )


class DevelopersView(TemplateView):
    """The interface for programs, with every refusal code that it may answer."""

    template_name = "portal/developers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(codes=sorted(Refusal.registry), **kwargs)
