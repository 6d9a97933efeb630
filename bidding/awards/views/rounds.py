"""Rounds of offers: the owner's desk, and the page of a supplier that remains."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bidding.awards import queries, services
from bidding.awards.domain.rounds import RoundKind
from bidding.awards.forms import OfferForm, RoundForm
from bidding.awards.labels import ROUND_KINDS
from bidding.awards.models import OfferRound
from bidding.awards.policies import can_confirm_report, can_make_offers, can_record_report
from bidding.tenders import queries as tenders
from bidding.tenders.domain.states import SectionState
from commons.domain.refusals import NotFound, NotPermitted
from commons.pages import FormPage, signed_in
from commons.people import queries as people


class Rounds(FormPage):
    """Who remains, every round with its offers once it is over, the ranking; a form for the next round."""

    template_name = "awards/rounds.html"

    def _terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = tenders.section_terms(self.kwargs["section_id"])
        can_confirm_report(signed_in(request), terms).require()
        if not queries.has_rounds(terms) or terms.opened_at is None:
            raise NotFound()
        return terms

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        terms = self._terms(request)
        remain = people.organisations(queries.remaining(terms))
        return RoundForm(data, suppliers=[(number, one.name) for number, one in sorted(remain.items())])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms, at = self._terms(request), timezone.now()
        rounds = queries.rounds_of(terms.section_id)
        over = bool(rounds) and rounds[-1].kind == RoundKind.FINAL.value
        running = bool(rounds) and at < rounds[-1].closes_at
        return {
            "terms": terms,
            "remaining": list(people.organisations(queries.remaining(terms)).values()),
            "rounds": [(row, ROUND_KINDS[row.kind], queries.offers_of(row, terms, at=at), at < row.closes_at)
                       for row in rounds],
            "ranking": queries.ranking(terms, at=at),
            "may_open": bool(can_record_report(signed_in(request), terms)) and not over and not running
            and terms.state is SectionState.OPENED,
        }  # fmt: skip

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, section_id = form.cleaned_data, self.kwargs["section_id"]
        common: dict[str, Any] = {"actor": signed_in(request), "section_id": section_id, "at": at}
        if said["step"] == "exclude":
            services.exclude(organisation_id=int(said["supplier"]), reason=said["words"], **common)
            messages.success(request, _("The supplier is told that it does not remain, and why."))
        else:
            kind = RoundKind(said["step"])
            services.open_round(kind=kind, words=said["words"], closes_at=said["closes_at"], **common)
            messages.success(request, _("The round is open; every supplier that remains is told at the same time."))
        return reverse("awards:rounds", args=[section_id])


class Offer(FormPage):
    """The own offer in the round that runs; it can be replaced until the round is over."""

    template_name = "awards/offer.html"

    def _round(self, request: HttpRequest) -> tuple[tenders.SectionTerms, OfferRound | None]:
        actor, terms = signed_in(request), tenders.section_terms(self.kwargs["section_id"])
        can_make_offers(actor).require()
        if not queries.has_rounds(terms) or terms.opened_at is None:
            raise NotFound()
        if actor.organisation_id not in queries.remaining(terms):
            raise NotPermitted()
        rounds = queries.rounds_of(terms.section_id)
        return terms, rounds[-1] if rounds else None

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        _terms, row = self._round(request)
        own = queries.own_offer(row.pk, signed_in(request).organisation_id or 0) if row else None
        final = row is not None and row.kind == RoundKind.FINAL.value
        return OfferForm(data, final=final, initial={"price": own["price"], "words": own["words"]} if own else None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor, (terms, row) = signed_in(request), self._round(request)
        past = [
            (one, ROUND_KINDS[one.kind], queries.own_offer(one.pk, actor.organisation_id or 0))
            for one in queries.rounds_of(terms.section_id)
        ]
        return {
            "terms": terms,
            "row": row,
            "kind": ROUND_KINDS[row.kind] if row else "",
            "runs": row is not None and timezone.now() < row.closes_at,
            "past": past,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        _terms, row = self._round(request)
        if row is None:
            raise NotFound()
        said = form.cleaned_data
        services.hand_in_offer(
            actor=signed_in(request), round_id=row.pk, price=said["price"], words=said["words"], at=at
        )
        messages.success(
            request, _("Handed in. Nobody reads it before the round is over; you can replace it until then.")
        )
        return reverse("awards:offer", args=[self.kwargs["section_id"]])
