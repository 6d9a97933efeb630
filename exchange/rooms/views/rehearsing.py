"""A room of one's own with robots."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from commons.pages import FormPage, signed_in
from exchange.rooms.forms import RehearsalForm
from exchange.rooms.queries import pages as questions
from exchange.rooms.services import rehearsing


class RehearsalPage(FormPage):
    """Begin a rehearsal, or go back to the one that is running."""

    template_name = "exchange/rooms/rehearsal.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return RehearsalForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        room_id = questions.rehearsal_of(signed_in(request).person_id)
        return {"running_url": reverse("rooms:room", args=[room_id]) if room_id else ""}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        given = form.cleaned_data
        room_id = rehearsing.begin(actor=signed_in(request), format=given["format"], robots=given["robots"], at=at)
        return reverse("rooms:room", args=[room_id])
