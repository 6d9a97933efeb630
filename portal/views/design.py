"""The living style page: every fragment of the design language with sample content."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from commons.domain.tasks import Task, TaskState


class SampleForm(forms.Form):
    """A form that was sent empty, to show its errors."""

    price = forms.CharField(label="Price")
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)


class DesignView(TemplateView):
    """For staff, and for everybody in the embedded demo city."""

    template_name = "portal/design.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.PRODUCTION and not getattr(request.user, "is_staff", False):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        form = SampleForm({})
        form.is_valid()
        return super().get_context_data(
            form=form,
            now=now,
            amount=Decimal("1680500.50"),
            tonnes=Decimal("1.680"),
            hash="c0ffee00" * 8,
            tones=("neutral", "info", "done", "waiting", "stop"),
            tasks=sample_tasks(),
            answers=[
                {"label": "Price", "value": "¥ 20,500.00", "url": "#price"},
                {"label": "Quantity", "value": "1.68 t"},
            ],
            steps=[
                {"title": _("Notice published"), "state": "done", "at": now - timedelta(days=9)},
                {"title": _("Registration ends"), "state": "next", "at": now + timedelta(days=1), "provisional": True},
                {"title": _("Room opens"), "state": "", "at": now + timedelta(days=2)},
            ],
            columns=[(_("Bidder"), False), (_("Price"), True)],
            rows=[("07", "20,500.00"), ("12", "20,400.00")],
            record={"who": "person:12@3", "at": now, "hash": "c0ffee00" * 8},
            **kwargs,
        )


def sample_tasks() -> list[Task]:
    return [
        Task(_("Company data"), TaskState.DONE, "#"),
        Task(_("Permit and need"), TaskState.INCOMPLETE, "#", _("The term of the permit is missing.")),
        Task(_("Deposit"), TaskState.IN_PROGRESS, "#"),
        Task(_("Rehearsal"), TaskState.NOT_STARTED, "#"),
        Task(_("Live room"), TaskState.CANNOT_START, "", _("It opens when the deposit has arrived.")),
    ]
