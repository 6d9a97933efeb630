"""Steps around a result that are taken more rarely: live room, review again, failing and closing."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bidding.awards import services
from bidding.awards.forms import FailForm, FilingForm, RoomForm
from bidding.awards.policies import can_award, can_open_room
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.states import SectionState
from bidding.tenders.forms.centre import DecisionForm
from bidding.tenders.services.common import store_decision
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.vault import services as vault

STEPS: tuple[tuple[str, str | Promise, frozenset[SectionState]], ...] = (
    ("review_again", gettext_lazy("Send it back to the committee"), frozenset({SectionState.PUBLICIZED})),
    ("fail", gettext_lazy("Declare that it failed"), frozenset({SectionState.OPENED, SectionState.PUBLICIZED})),
    ("close", gettext_lazy("Report the result and close"), frozenset({SectionState.CONTRACTED})),
)
"""What the owner may do, by the section's state."""


def steps_for(actor: Actor, terms: tenders.SectionTerms) -> list[tuple[str | Promise, str]]:
    """The rarer steps that are open to the reader now, with their addresses."""
    found: list[tuple[str | Promise, str]] = []
    if can_award(actor, terms):
        found += [
            (title, reverse(f"awards:{name}", args=[terms.section_id]))
            for name, title, states in STEPS
            if terms.state in states
        ]
    waits = terms.state is SectionState.BIDDING and terms.profile.has(Switch.ROOM)
    if waits and can_open_room(actor, terms) and terms.bid_deadline and timezone.now() >= terms.bid_deadline:
        found.append((_("Open the live room"), reverse("awards:room", args=[terms.section_id])))
    return found


class _OwnerStep(FormPage):
    """A form of the section's owner."""

    template_name = "tenders/form.html"
    title: str | Promise
    submit: str | Promise
    intro: str | Promise = ""
    files = False

    def terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = tenders.section_terms(self.kwargs["section_id"])
        can_award(signed_in(request), terms).require()
        return terms

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms = self.terms(request)
        return {
            "title": self.title,
            "submit": self.submit,
            "intro": self.intro,
            "files": self.files,
            "back": reverse("awards:desk", args=[terms.section_id]),
            "back_title": terms.title,
        }

    def desk(self) -> str:
        return reverse("awards:desk", args=[self.kwargs["section_id"]])


class ReviewAgain(_OwnerStep):
    """An objection or a complaint was upheld: the committee reviews again."""

    title = gettext_lazy("Send it back to the committee")
    submit = gettext_lazy("Record and reopen the review")
    intro = gettext_lazy("The candidates are no longer shown; the earlier report stays on record.")
    files = True

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.terms(request)
        return DecisionForm(data, request.FILES or None)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, terms = signed_in(request), self.terms(request)
        subject = f"evaluation-report:{terms.section_id}"
        decision = store_decision(actor, form.cleaned_data, subject=subject, at=at)
        reason = form.cleaned_data["reason"]
        services.reopen_review(actor=actor, section_id=terms.section_id, decision=decision, reason=reason, at=at)
        messages.success(request, _("The review is open again."))
        return self.desk()


class Close(_OwnerStep):
    """The result is reported to the authority; the section ends."""

    title = gettext_lazy("Report the result and close")
    submit = gettext_lazy("Record the filing and close")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.terms(request)
        return FilingForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        section_id = self.kwargs["section_id"]
        services.close_section(actor=signed_in(request), section_id=section_id, at=at, **form.cleaned_data)
        messages.success(request, _("Reported and closed."))
        return self.desk()


class Fail(_OwnerStep):
    """Too few valid bids, or no candidate left: the owner declares it."""

    title = gettext_lazy("Declare that it failed")
    submit = gettext_lazy("Declare and publish")
    intro = gettext_lazy("The committee rejects bids, not the owner: the cause must follow from what was found.")
    files = True

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return FailForm(data, request.FILES or None, reserve=self.terms(request).reserve is not None)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, given, section_id = signed_in(request), form.cleaned_data, self.kwargs["section_id"]
        paper = vault.store(
            actor=actor, stream=given["file"], name=given["file"].name, media_type="application/pdf", at=at,
            sensitive=True, subject=f"evaluation-report:{section_id}",
        )  # fmt: skip
        services.declare_failed(
            actor=actor, section_id=section_id, cause=FailureCause(given["cause"]), reason=given["reason"],
            document_id=paper.id, at=at,
        )  # fmt: skip
        messages.success(request, _("Published. The section can be tendered again as a new round."))
        return self.desk()


class OpenRoom(_OwnerStep):
    """The live room of a section whose price is found in one."""

    title = gettext_lazy("Open the live room")
    submit = gettext_lazy("Open the room")
    intro = gettext_lazy("Everybody who took the documents may bid. Fewer than needed: the section fails instead.")

    def terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = tenders.section_terms(self.kwargs["section_id"])
        can_open_room(signed_in(request), terms).require()
        if not terms.profile.has(Switch.ROOM):
            raise NotFound()
        return terms

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.terms(request)
        return RoomForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        plan = services.RoomPlan(said["opens_at"], said["step"], said["minutes"] * 60_000, said["extension"] * 1_000)
        section_id = self.kwargs["section_id"]
        room_id = services.open_price_room(actor=signed_in(request), section_id=section_id, plan=plan, at=at)
        if room_id is None:
            messages.warning(request, _("Fewer suppliers than needed took the documents: the section failed."))
        else:
            messages.success(request, _("The room is open for entry; every supplier is told."))
        return self.desk()
