"""Pages on which the owner names a panel and picks, and members score."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from commons.domain.refusals import Malformed, NotPermitted
from commons.domain.text import gettext_noop
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from marketplace.procurement import queries as procurements
from marketplace.selection import policies, queries, services
from marketplace.selection.forms import PanelForm, PickForm, ScoreForm
from marketplace.selection.queries import SelectionView
from marketplace.signups import queries as signups


class _Page(FormPage):
    """A form around one selection."""

    def found(self) -> SelectionView:
        return queries.selection(self.kwargs["selection_id"])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found()
        return {"selection": found, "notice": procurements.procurement(found.procurement_id)}

    def done(self) -> str:
        return reverse("selection:selection", args=[self.kwargs["selection_id"]])

    def require_owner(self, request: HttpRequest) -> None:
        """Refuses (`NotPermitted`) everybody but the owner's people."""
        owner_id = procurements.procurement(self.found().procurement_id).owner_organisation_id
        policies.can_choose(signed_in(request), owner_id).require()


class Panel(_Page):
    """The owner names who scores the proposals."""

    template_name = "marketplace/selection/panel.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.require_owner(request)
        return PanelForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        person_ids = []
        for login in form.cleaned_data["logins"].split():
            person_id = people.person_id_of(login)
            if person_id is None:
                raise Malformed(field="logins", reason=gettext_noop("nobody has this login"))
            person_ids.append(person_id)
        services.name_panel(
            actor=signed_in(request), selection_id=self.kwargs["selection_id"], person_ids=person_ids, at=at
        )
        return self.done()


class Scores(_Page):
    """A member scores every proposal for every criterion."""

    template_name = "marketplace/selection/scores.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = self.found()
        if found.id not in queries.to_score(signed_in(request)):
            raise NotPermitted()
        return ScoreForm(data, case=found.case, numbers=found.outcome.eligible)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found()
        organisations = queries.entrant_organisations(found.id)
        offers = {one.organisation_id: one for one in signups.sign_ups_of(found.procurement_id)}
        rows = [(number, offers.get(organisations[number])) for number in found.outcome.eligible]
        return {**super().context(request), "rows": [(number, offer) for number, offer in rows if offer is not None]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ScoreForm), "the form of this page"
        services.hand_in_sheet(
            actor=signed_in(request), selection_id=self.kwargs["selection_id"], sheet=form.sheet(), at=at
        )
        return self.done()


class Pick(_Page):
    """The owner picks from the small list."""

    template_name = "marketplace/selection/pick.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.require_owner(request)
        found = self.found()
        return PickForm(data, case=found.case, numbers=found.outcome.eligible)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.pick(
            actor=signed_in(request),
            selection_id=self.kwargs["selection_id"],
            number=form.cleaned_data["number"],
            reason=form.cleaned_data["reason"],
            at=at,
        )
        return self.done()
