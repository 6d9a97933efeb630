"""An organisation's people and their roles, kept by its administrator."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound, Refusal
from commons.evidence.queries import Record, records_in
from commons.forms import refuse
from commons.people import policies, queries, services
from commons.people.forms import EndRoleForm, OpenAccountForm, RoleForm
from commons.people.labels import KINDS, LEVELS, role_label
from commons.people.queries import Member, OrganisationView


class MembersView(LoginRequiredMixin, View):
    """The list, and the form that opens an account or grants a role."""

    form_class: type[RoleForm] = RoleForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.actor = cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.form_class(kind=self.organisation().kind))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        organisation = self.organisation()
        form = self.form_class(request.POST, kind=organisation.kind)
        if form.is_valid():
            try:
                return self.carry_out(form, organisation)
            except Refusal as refusal:
                refuse(form, refusal)
        return self.page(form, status=422)

    def carry_out(self, form: RoleForm, organisation: OrganisationView) -> HttpResponse:
        person_id = queries.person_id_of(form.cleaned_data["username"])
        if person_id is None:
            raise NotFound()
        services.grant_role(
            actor=self.actor, person_id=person_id, organisation_id=organisation.id, role=form.chosen, at=timezone.now()
        )
        messages.success(self.request, _("The role was granted and recorded."))
        return redirect(self.request.path)

    def organisation(self) -> OrganisationView:
        """The one in the address, which the operations desk may keep, else one's own."""
        found = queries.organisation(self.kwargs.get("organisation_id", self.actor.organisation_id or 0))
        if found is None:
            raise NotFound()
        policies.can_see_members(self.actor, found.id).require()
        return found

    def page(self, form: BaseForm, *, status: int = 200, **more: object) -> HttpResponse:
        organisation = self.organisation()
        members = queries.members_of(organisation.id, viewer=self.actor)
        records = _records(members)
        rows = [
            (
                member,
                LEVELS[member.assurance],
                [(one, role_label(one.role), records.get(one.membership_id)) for one in member.roles],
            )
            for member in members
        ]
        context = {
            "organisation": organisation,
            "is_own": organisation.id == self.actor.organisation_id,
            "kind": KINDS[organisation.kind],
            "rows": rows,
            "form": form,
            "own_id": self.actor.person_id,
            **more,
        }
        return render(self.request, self.template, context, status=status)

    template = "people/members.html"


def _records(members: tuple[Member, ...]) -> dict[int, Record]:
    """Where each role's granting stands in the log; a role that came with the person, where the person's entry does."""
    granted = {one.membership_id: f"person:{member.person_id}" for member in members for one in member.roles}
    keys = [f"RoleGranted:{number}" for number in granted]
    found = records_in(granted.values(), [*keys, "enrolled"])
    places = {number: (stream, f"RoleGranted:{number}") for number, stream in granted.items()}
    return {
        number: record
        for number, place in places.items()
        if (record := found.get(place) or found.get((place[0], "enrolled")))
    }


class OpenAccountView(MembersView):
    """Opens an account; its first password is shown once, on the answer, and is stored nowhere."""

    form_class = OpenAccountForm
    template = "people/open_account.html"

    def carry_out(self, form: RoleForm, organisation: OrganisationView) -> HttpResponse:
        opened = services.open_account(
            actor=self.actor,
            username=form.cleaned_data["username"],
            name=form.cleaned_data["name"],
            organisation_id=organisation.id,
            role=form.chosen,
            at=timezone.now(),
        )
        response = self.page(OpenAccountForm(kind=organisation.kind), opened=opened)
        response["Cache-Control"] = "no-store"
        return response


class EndRoleView(LoginRequiredMixin, View):
    """Asks for the reason, then ends the role and every session of the person."""

    def get(self, request: HttpRequest, membership_id: int) -> HttpResponse:
        return self.page(membership_id, EndRoleForm())

    def post(self, request: HttpRequest, membership_id: int) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        form, person_id = EndRoleForm(request.POST), queries.role_of_another(membership_id, viewer=actor).person_id
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                services.end_role(actor=actor, membership_id=membership_id, reason=reason, at=timezone.now())
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("The role has ended; the person is signed out everywhere."))
                return redirect(way_back(actor, person_id))
        return self.page(membership_id, form, status=422)

    def page(self, membership_id: int, form: EndRoleForm, *, status: int = 200) -> HttpResponse:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        held = queries.role_of_another(membership_id, viewer=actor)
        assert held.role is not None, "it was asked for by its role"
        context = {
            "member": held,
            "role": role_label(held.role),
            "form": form,
            "back": way_back(actor, held.person_id),
        }
        return render(self.request, "people/end_role.html", context, status=status)


class ResetView(LoginRequiredMixin, View):
    """Asks once more, then shows the new password, once."""

    def get(self, request: HttpRequest, person_id: int) -> HttpResponse:
        return self.page(person_id)

    def post(self, request: HttpRequest, person_id: int) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        queries.colleague(person_id, viewer=actor)
        opened = services.reset_sign_in(actor=actor, person_id=person_id, at=timezone.now())
        response = self.page(person_id, opened=opened)
        response["Cache-Control"] = "no-store"
        return response

    def page(self, person_id: int, **more: object) -> HttpResponse:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        member = queries.colleague(person_id, viewer=actor)
        context = {"member": member, "back": way_back(actor, person_id), **more}
        return render(self.request, "people/reset.html", context)


def way_back(actor: Actor, person_id: int) -> str:
    """Where the person stands: at the operations desk on a page of its own, else among the members."""
    return reverse("people:person", args=[person_id]) if actor.has(Role.OPERATOR) else reverse("people:members")
