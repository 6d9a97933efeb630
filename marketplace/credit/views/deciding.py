"""Pages on which the authority decides: appeals, lists."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from marketplace.credit import policies, services
from marketplace.credit.domain.listing import ListColour, ListingState
from marketplace.credit.forms import DecisionForm, LetterForm, ProposeForm
from marketplace.credit.models import Listing, Rating
from marketplace.entry import queries as entry


class _Authority(FormPage):
    """A form of the authority's alone."""

    template_name = "marketplace/credit/form.html"
    title: Any = ""
    button: Any = _("Issue the document")
    verdicts: tuple[tuple[str, Any], ...] = ()

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_decide(signed_in(request)).require()
        return DecisionForm(data, request.FILES if data is not None else None, verdicts=list(self.choices()))

    def choices(self) -> tuple[tuple[str, Any], ...]:
        return self.verdicts

    def about(self) -> str:
        raise NotImplementedError

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": self.title, "about": self.about(), "button": self.button}

    def decision(self, request: HttpRequest, said: dict[str, Any], at: datetime) -> NumberedDecision:
        return _numbered(request, said, at)


def _numbered(request: HttpRequest, said: dict[str, Any], at: datetime) -> NumberedDecision:
    """What the authority issued, with its document in the vault."""
    kept = vault.store(
        actor=signed_in(request), stream=said["file"], name=said["file"].name, media_type="application/pdf", at=at,
        sensitive=True, subject="credit",
    )  # fmt: skip
    return NumberedDecision(said["body"], said["number"], kept.id)


class Appealed(_Authority):
    title = _("Decide about the appeal")
    verdicts = (("ANNUL", _("The rating is annulled")), ("UPHOLD", _("The rating stands")))

    def about(self) -> str:
        row = Rating.objects.select_related("engagement").filter(pk=self.kwargs["rating_id"]).first()
        if row is None:
            raise NotFound()
        return row.engagement.title

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        services.decide_appeal(
            actor=signed_in(request), rating_id=self.kwargs["rating_id"], annul=said["verdict"] == "ANNUL",
            decision=self.decision(request, said, at), words=said["words"], at=at,
        )  # fmt: skip
        return reverse("credit:rating", args=[self.kwargs["rating_id"]])


class Listed(_Authority):
    title = _("Decide about the list")

    def found(self) -> Listing:
        row = Listing.objects.select_related("agency").filter(pk=self.kwargs["listing_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def about(self) -> str:
        return self.found().agency.name

    def choices(self) -> tuple[tuple[str, Any], ...]:
        if self.found().state == ListingState.LISTED.value:
            return (("REPAIR", _("End the entry: credit repair")),)
        return (("LIST", _("Put it on the list")), ("DROP", _("Drop it")))

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, listing_id = form.cleaned_data, self.kwargs["listing_id"]
        decision = self.decision(request, said, at)
        if said["verdict"] == "REPAIR":
            services.repair_listing(actor=signed_in(request), listing_id=listing_id, decision=decision, at=at)
        else:
            list_it = said["verdict"] == "LIST"
            services.decide_listing(
                actor=signed_in(request), listing_id=listing_id, list_it=list_it, decision=decision, at=at
            )
        return reverse("credit:listing", args=[listing_id])


class Letter(FormPage):
    """The authority sends an agency a letter that stands in its public record."""

    template_name = "marketplace/credit/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_decide(signed_in(request)).require()
        if not entry.was_published(self.kwargs["organisation_id"]):
            raise NotFound()
        return LetterForm(data, request.FILES if data is not None else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = people.organisation(self.kwargs["organisation_id"])
        if found is None:
            raise NotFound()
        return {"title": _("Send a letter"), "about": found.name, "button": _("Issue the document")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, agency_id = form.cleaned_data, self.kwargs["organisation_id"]
        letter = _numbered(request, said, at)
        services.issue_letter(actor=signed_in(request), agency_id=agency_id, letter=letter, words=said["words"], at=at)
        return reverse("credit:agency", args=[agency_id])


class Propose(FormPage):
    """The authority proposes an entry of the red or the black list."""

    template_name = "marketplace/credit/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_decide(signed_in(request)).require()
        if not entry.was_published(self.kwargs["organisation_id"]):
            raise NotFound()
        return ProposeForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = people.organisation(self.kwargs["organisation_id"])
        if found is None:
            raise NotFound()
        return {"title": _("Propose an entry"), "about": found.name, "button": _("Propose it")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        number = services.propose_listing(
            actor=signed_in(request), agency_id=self.kwargs["organisation_id"], colour=ListColour(said["colour"]),
            reason=said["reason"], at=at,
        )  # fmt: skip
        return reverse("credit:listing", args=[number])
