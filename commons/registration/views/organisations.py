"""From an account to a bidder: real name, organisation, colleagues."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor, Assurance
from commons.domain.refusals import NotFound
from commons.domain.tasks import Task, TaskState
from commons.identity.services import verify_person
from commons.pages import FormPage, actor_of, signed_in
from commons.people.labels import LEVELS, role_label
from commons.people.middleware import ORGANISATION
from commons.people.policies import can_administer_members
from commons.people.queries import OrganisationView, organisation, person_to_sign_in
from commons.registration import queries, services
from commons.registration.forms import IdentityForm, InviteForm, OrganisationForm, PersonForm


@require_GET
def steps(request: HttpRequest) -> HttpResponse:
    """What stands between the person and the first bid, as tasks."""
    actor = signed_in(request)
    person = person_to_sign_in(actor.person_id or 0)
    context = {
        "tasks": tasks(actor, known=Assurance(person.assurance)),
        "level": LEVELS[Assurance(person.assurance)],
        "held": request.held_roles,  # type: ignore[attr-defined]  # set by ActorMiddleware
    }
    return render(request, "registering/steps.html", context)


def tasks(actor: Actor, *, known: Assurance) -> list[Task]:
    """The five steps with their states: one that cannot start yet says why."""
    named, joined = known >= Assurance.REAL_NAME, actor.organisation_id is not None
    strong = actor.assurance >= Assurance.FACE_OR_LICENCE
    later = _("Confirm your real name first.")
    return [
        Task(_("Open an account"), TaskState.DONE),
        Task(_("Confirm your real name"), _done(named), reverse("registration:identity")),
        Task(
            _("Register your organisation or accept an invitation"),
            _done(joined) if named or joined else TaskState.CANNOT_START,
            reverse("registration:organisation"),
            "" if named or joined else later,
        ),
        Task(_("Set up a second factor or a passkey"), _done(strong), reverse("mfa_index")),
        Task(
            _("Register as a bidder for a lot"),
            TaskState.NOT_STARTED if joined else TaskState.CANNOT_START,
            "/notices/",
            "" if joined else _("You act for no organisation yet."),
        ),
    ]


def _done(done: bool) -> TaskState:
    return TaskState.DONE if done else TaskState.NOT_STARTED


class ConfirmIdentity(FormPage):
    """Real name by the identity system."""

    template_name = "registering/identity.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        person = person_to_sign_in(signed_in(request).person_id or 0)
        return IdentityForm(data, initial={"name": person.name})

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        level = verify_person(
            actor=signed_in(request), number=form.cleaned_data["number"], name=form.cleaned_data["name"], at=at
        )
        messages.success(request, _("You are known at level %(level)s now.") % {"level": LEVELS[level]})
        return reverse("registration:steps")


class RegisterOrganisation(FormPage):
    """An organisation by its code; the person becomes its first administrator."""

    template_name = "registering/organisation.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        signed_in(request)
        return OrganisationForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = services.register_organisation(actor=signed_in(request), at=at, **form.cleaned_data)
        request.session[ORGANISATION] = number
        found = organisation(number)
        messages.success(
            request, _("You are the administrator of %(name)s now.") % {"name": found.name if found else ""}
        )
        return reverse("registration:steps")


class RegisterPerson(FormPage):
    """A person who buys for themself, by the number of the identity card."""

    template_name = "registering/person.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        signed_in(request)
        return PersonForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"name": person_to_sign_in(signed_in(request).person_id or 0).name}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = services.register_natural_person(actor=signed_in(request), number=form.cleaned_data["number"], at=at)
        request.session[ORGANISATION] = number
        messages.success(request, _("You act for yourself now, as a project owner."))
        return reverse("workspace")


class Invite(FormPage):
    """Invite a colleague, and see whom one has invited."""

    template_name = "registering/invite.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return InviteForm(data, kind=self._organisation(request).kind)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found, actor = self._organisation(request), signed_in(request)
        waiting = queries.invitations_of(found.id, viewer=actor, at=timezone.now())
        return {"organisation": found, "waiting": [(one, role_label(one.role)) for one in waiting]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, InviteForm)
        services.invite(
            actor=signed_in(request),
            organisation_id=self._organisation(request).id,
            role=form.chosen,
            contact=form.cleaned_data["contact"],
            at=at,
        )
        messages.success(request, _("The invitation is under way."))
        return reverse("registration:invite")

    def _organisation(self, request: HttpRequest) -> OrganisationView:
        actor = signed_in(request)
        can_administer_members(actor, actor.organisation_id or 0).require()
        found = organisation(actor.organisation_id or 0)
        if found is None:
            raise NotFound()
        return found


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take an invitation back."""
    services.withdraw(actor=signed_in(request), number=number, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return HttpResponseRedirect(reverse("registration:invite"))


class AcceptInvitation(FormPage):
    """Who invites, to what; taken up by the account of the invited address."""

    template_name = "registering/invitation.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return forms.Form(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.invitation(actor_of(request), self.kwargs["token"], at=timezone.now())
        return {"invitation": found, "role": role_label(found.role), "here": request.path}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = services.accept(actor=signed_in(request), token=self.kwargs["token"], at=at)
        request.session[ORGANISATION] = number
        messages.success(request, _("The role is yours now."))
        return reverse("registration:steps")
