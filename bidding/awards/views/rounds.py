"""Rounds of offers: the owner's desk, and the page of a supplier that remains."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from bidding.awards import queries, services
from bidding.awards.domain.rounds import RoundKind, RoundStage
from bidding.awards.forms import OfferForm, RoundForm
from bidding.awards.labels import ROUND_KINDS, ROUND_STAGES, fault_words, offer_texts
from bidding.awards.models import OfferRound
from bidding.awards.policies import can_confirm_report, can_make_offers, can_record_report
from bidding.tenders import queries as tenders
from bidding.tenders.domain.states import SectionState
from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotFound, NotPermitted
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from signatures.envelopes import queries as envelopes
from signatures.envelopes.labels import texts as envelope_texts
from signatures.envelopes.policies import can_watch_opening
from signatures.envelopes.views.intakes import bidders_part
from signatures.pages import signing_page


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
        asked = bool(rounds) and rounds[-1].kind == RoundKind.FINAL.value
        over = not rounds or queries.stage(rounds[-1], at) is RoundStage.OVER
        return {
            "terms": terms,
            "remaining": list(people.organisations(queries.remaining(terms)).values()),
            "rounds": [_told(row, terms, at) for row in rounds],
            "ranking": queries.ranking(terms, at=at),
            "may_unlock": bool(can_watch_opening(signed_in(request))),
            "may_open": bool(can_record_report(signed_in(request), terms)) and over and not asked
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


def _told(row: OfferRound, terms: tenders.SectionTerms, at: datetime) -> dict[str, Any]:
    """A round with its words: where it stands, what was offered, what does not count and why."""
    offers = [(one, fault_words(one.fault, one.cause)) for one in queries.offers_of(row, terms, at=at)]
    now = queries.stage(row, at)
    return {"row": row, "kind": ROUND_KINDS[row.kind], "offers": offers, "stage": now, "label": ROUND_STAGES[now]}


@method_decorator(signing_page, name="dispatch")  # type: ignore[arg-type]  # the page answers with HttpResponse
class Offer(FormPage):
    """The own offer in the newest round: sealed in the browser where the procedure seals, and unlocked here too."""

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
        actor, (terms, row), at = signed_in(request), self._round(request), timezone.now()
        told: dict[str, Any] = {"terms": terms, "row": row, "past": _past(actor, terms.section_id)}
        if row is None:
            return told
        now = queries.stage(row, at)
        told |= {"kind": ROUND_KINDS[row.kind], "kind_code": row.kind, "stage": now, "stage_label": ROUND_STAGES[now]}
        return told | _sealing(actor, row, terms, at)

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


def _past(actor: Actor, section_id: int) -> list[tuple[Any, ...]]:
    """What can be told of the own offers: those of a sealed round once it is over."""
    found = []
    for row in queries.rounds_of(section_id):
        own = queries.own_offer(row.pk, actor.organisation_id or 0)
        if own is not None:
            price = Decimal(own["price"]) if own["price"] else None
            why = fault_words(own.get("fault", ""), own.get("cause", ""))
            found.append((row, ROUND_KINDS[row.kind], {"price": price, "words": own["words"]}, why))
    return found


def _sealing(actor: Actor, row: OfferRound, terms: tenders.SectionTerms, at: datetime) -> dict[str, Any]:
    """What the sealing scripts need; nothing for a round that seals nothing, or is over."""
    if row.intake_id is None:
        return {}
    intake = envelopes.intake(row.intake_id)
    ceiling = as_text(terms.highest_ceiling) if terms.highest_ceiling is not None else ""
    return {
        "intake": intake,
        "envelope_texts": envelope_texts(),
        "offer": {"final": row.kind == RoundKind.FINAL.value, "ceiling": ceiling, "texts": offer_texts()},
        **bidders_part(actor, intake, at),
        **({"takes": False} if row.held_at is not None else {}),
    }
