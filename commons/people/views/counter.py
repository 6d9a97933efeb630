"""The operations desk of the centre: find people and organisations, bring them in, help who cannot sign in."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST

from commons.domain.actor import Assurance
from commons.evidence.queries import records_of
from commons.pages import FormPage, signed_in
from commons.people import counter, policies, services
from commons.people.forms import CloseAccountForm, DeskForm, EnterOrganisationForm, LevelForm
from commons.people.labels import KINDS, LEVELS, role_label


class DeskView(View):
    """One question, and whom it finds."""

    def get(self, request: HttpRequest) -> HttpResponse:
        viewer, form = signed_in(request), DeskForm(request.GET or None)
        policies.can_keep_people(viewer).require()
        asked = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
        found = counter.organisations_found(asked, viewer=viewer, page=request.GET.get("organisations", "1"))
        people = counter.people_found(asked, viewer=viewer, page=request.GET.get("people", "1"))
        context = {
            "form": form,
            "asked": asked,
            "organisations": [(one, KINDS[one.kind]) for one in found],
            "people": people,
            "organisations_page": found,
        }
        return render(request, "people/desk.html", context)


class EnterOrganisationView(FormPage):
    """An organisation that does not register itself; then its first administrator."""

    template_name = "people/enter_organisation.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_keep_people(signed_in(request)).require()
        return EnterOrganisationForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = services.enter_organisation(actor=signed_in(request), at=at, **form.cleaned_data)
        messages.success(request, _("The organisation is entered. Open the account of its first administrator."))
        return reverse("people:open_account_of", args=[number])


class PersonView(View):
    """The person's roles everywhere, and what the desk can do."""

    def get(self, request: HttpRequest, person_id: int) -> HttpResponse:
        viewer, at = signed_in(request), timezone.now()
        found = counter.person_file(person_id, viewer=viewer, at=at)
        context = {
            "person": found,
            "level": LEVELS[found.assurance],
            "held": [(one, role_label(one.role)) for one in found.held],
            "is_own": viewer.person_id == found.id,
            "records": records_of(f"person:{found.id}"),
        }
        return render(request, "people/person.html", context)


class OfPerson(FormPage):
    """A form about a person, who stands beside it."""

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = counter.person_file(self.kwargs["person_id"], viewer=signed_in(request), at=timezone.now())
        return {"person": found, "level": LEVELS[found.assurance]}

    def back(self) -> str:
        return reverse("people:person", args=[self.kwargs["person_id"]])


class LevelView(OfPerson):
    """How surely the person is known, by what was shown at the counter; a lower level ends every session."""

    template_name = "people/level.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_keep_people(signed_in(request)).require()
        return LevelForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        level, source = Assurance(form.cleaned_data["level"]), f"counter:{form.cleaned_data['shown']}"
        services.set_assurance(
            actor=signed_in(request), person_id=self.kwargs["person_id"], level=level, source=source, at=at
        )
        messages.success(request, _("The level is recorded."))
        return self.back()


class CloseView(OfPerson):
    """Closes the account for good."""

    template_name = "people/close.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_keep_people(signed_in(request)).require()
        return CloseAccountForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.deactivate(
            actor=signed_in(request), person_id=self.kwargs["person_id"], reason=form.cleaned_data["reason"], at=at
        )
        messages.success(request, _("The account is closed; the person is signed out everywhere and holds no role."))
        return self.back()


@require_POST
def end_sessions(request: HttpRequest, person_id: int) -> HttpResponse:
    """Sign the person out everywhere: a telephone was lost."""
    actor, at = signed_in(request), timezone.now()
    policies.can_end_sessions_of(actor, person_id).require()
    counter.person_file(person_id, viewer=actor, at=at)
    services.end_sessions(person_id=person_id, reason="ENDED_AT_THE_DESK", at=at, actor=actor)
    messages.success(request, _("The person is signed out everywhere."))
    return HttpResponseRedirect(reverse("people:person", args=[person_id]))
