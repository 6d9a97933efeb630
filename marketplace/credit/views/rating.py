"""Pages on which the sides rate each other, appeal, and speak in a hearing."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in
from commons.parameters import queries as parameters
from marketplace.credit import policies, services
from marketplace.credit.domain.ratings import Side
from marketplace.credit.forms import RateForm, WordsForm
from marketplace.credit.models import Listing, Rating
from marketplace.fulfilment import queries as engagements


class Rate(FormPage):
    """Rate the other side of a finished service."""

    template_name = "marketplace/credit/form.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Who has rated already reads what it gave."""
        given = Rating.objects.filter(engagement_id=self.kwargs["engagement_id"], side=self.side(request).value).first()
        if given is not None:
            return HttpResponseRedirect(reverse("credit:rating", args=[given.pk]))
        return super().get(request, **kwargs)

    def side(self, request: HttpRequest) -> Side:
        found = engagements.readable(signed_in(request), self.kwargs["engagement_id"])
        side = Side.OWNER if signed_in(request).organisation_id == found.owner_id else Side.AGENCY
        by = found.owner_id if side is Side.OWNER else found.agency_id
        policies.can_rate(signed_in(request), side, by).require()
        return side

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = engagements.readable(signed_in(request), self.kwargs["engagement_id"])
        on = found.selected_at.date()
        most = parameters.integer("evaluation.stars", trade_type="SUPERMARKET", region=found.region, on=on)
        return RateForm(data, side=self.side(request), most=most)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = engagements.engagement(self.kwargs["engagement_id"])
        return {"title": _("Rate the other side"), "about": found.title, "button": _("Give the rating")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, RateForm), "the form of this page"
        number = services.rate(
            actor=signed_in(request), engagement_id=self.kwargs["engagement_id"], side=form.side, stars=form.stars(),
            words=form.cleaned_data["words"], at=at,
        )  # fmt: skip
        return reverse("credit:rating", args=[number])


class Appeal(FormPage):
    """Who was rated appeals to the authority."""

    template_name = "marketplace/credit/form.html"

    def found(self) -> Rating:
        row = Rating.objects.select_related("engagement").filter(pk=self.kwargs["rating_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_appeal(signed_in(request), self.found().rated_id).require()
        return WordsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        about = self.found().engagement.title
        return {"title": _("Appeal against the rating"), "about": about, "button": _("Send the appeal")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        rating_id = self.kwargs["rating_id"]
        services.appeal(actor=signed_in(request), rating_id=rating_id, words=form.cleaned_data["words"], at=at)
        return reverse("credit:rating", args=[rating_id])


class Statement(FormPage):
    """The agency speaks before it is listed."""

    template_name = "marketplace/credit/form.html"

    def found(self) -> Listing:
        row = Listing.objects.select_related("agency").filter(pk=self.kwargs["listing_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_speak(signed_in(request), self.found().agency_id).require()
        return WordsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": _("Your statement"), "about": self.found().reason, "button": _("Send the statement")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        listing_id = self.kwargs["listing_id"]
        services.make_statement(
            actor=signed_in(request), listing_id=listing_id, words=form.cleaned_data["words"], at=at
        )
        return reverse("credit:listing", args=[listing_id])
