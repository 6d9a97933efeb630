"""The centre's desk for draws: prepare one, record a beacon, ask for a redraw."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commons.approvals import queries as approvals
from commons.pages import FormPage, signed_in
from signatures.draws import policies, queries, services
from signatures.draws.domain.plan import Plan
from signatures.draws.forms import BeaconForm, DrawForm, MomentsForm, ReasonForm


class DeskPage(FormPage):
    """A page of the desk: for the centre's staff."""

    template_name = "draws/form.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        policies.can_use_desk(signed_in(request)).require()
        return {"title": self.title(), "lead": self.lead(), "action": self.action()}

    def title(self) -> str:
        raise NotImplementedError

    def lead(self) -> str:
        return ""

    def action(self) -> str:
        raise NotImplementedError

    def draw_id(self) -> UUID:
        found: UUID = self.kwargs["draw_id"]
        return found


class NewDraw(DeskPage):
    """Prepare a draw; without other holders it is announced at once."""

    def title(self) -> str:
        return _("Prepare a draw")

    def lead(self) -> str:
        return _("The roster and all commitments stand in the log before anything that the result depends on is known.")

    def action(self) -> str:
        return _("Prepare")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_use_desk(signed_in(request)).require()
        return DrawForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, DrawForm), "the form is this page's own"
        data = form.cleaned_data
        plan = Plan(
            subject=data["subject"],
            title=data["title"],
            roster=form.lines("roster"),
            k=data["k"],
            reveal_from=data["reveal_from"],
            reveal_until=data["reveal_until"],
            exclusions=form.lines("exclusions"),
            salted=data["salted"],
            beacon=form.beacon,
        )
        made = services.announce(
            actor=signed_in(request), plan=plan, custodians=form.custodians, parties=form.parties, at=at
        )
        return reverse("draws:one", args=[made.id])


class RecordBeacon(DeskPage):
    """Record the beacon's value by hand, where no beacon file is kept."""

    def title(self) -> str:
        return _("Record the beacon's value")

    def action(self) -> str:
        return _("Record")

    def lead(self) -> str:
        view = queries.draw(self.draw_id())
        return _("Round %(round)s of %(source)s") % {"round": view.beacon_round, "source": view.beacon_source}

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_use_desk(signed_in(request)).require()
        return BeaconForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        view = queries.draw(self.draw_id())
        value = bytes.fromhex(form.cleaned_data["value"])
        named = {"source": view.beacon_source, "round": view.beacon_round}
        services.record_beacon(actor=signed_in(request), draw_id=view.id, value=value, at=at, **named)
        return reverse("draws:one", args=[view.id])


class AskForRedraw(DeskPage):
    """Ask a second person to let a draw be drawn anew, and see what was approved."""

    template_name = "draws/redraw.html"

    def title(self) -> str:
        return _("Draw anew")

    def lead(self) -> str:
        return _("The draw stays as it ended. The new one names it, the reason and how often was drawn.")

    def action(self) -> str:
        return _("Ask a second person")

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = approvals.about(signed_in(request), f"draw:{self.draw_id()}")
        return {**super().context(request), "draw": queries.draw(self.draw_id()), "asked": found}

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_use_desk(signed_in(request)).require()
        queries.draw(self.draw_id())
        return ReasonForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        reason = form.cleaned_data["reason"]
        services.request_redraw(actor=signed_in(request), draw_id=self.draw_id(), reason=reason, at=at)
        messages.success(request, _("Asked. Another person approves it."))
        return reverse("draws:ask_redraw", args=[self.draw_id()])


class DrawAnew(DeskPage):
    """The next draw of the chain, once a second person has approved it."""

    def title(self) -> str:
        return _("Draw anew")

    def action(self) -> str:
        return _("Prepare")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_use_desk(signed_in(request)).require()
        queries.draw(self.draw_id())
        approvals.one(signed_in(request), self.kwargs["approval_id"])
        return MomentsForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, MomentsForm), "the form is this page's own"
        made = services.redraw(
            actor=signed_in(request),
            draw_id=self.draw_id(),
            approval_id=self.kwargs["approval_id"],
            reveal_from=form.cleaned_data["reveal_from"],
            reveal_until=form.cleaned_data["reveal_until"],
            beacon=form.beacon,
            custodians=form.custodians,
            parties=form.parties,
            at=at,
        )
        return reverse("draws:one", args=[made.id])
