"""Purchases under a framework: the owner's page over all suppliers, one supplier's page, and second competitions."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bidding.awards import services
from bidding.awards.domain.rounds import RoundStage
from bidding.awards.domain.states import CallOffState
from bidding.awards.forms import CallOffForm, CompetitionForm, DeclineForm, RefuseCallOffForm, SettleForm
from bidding.awards.labels import CALL_OFF_STATES, ROUND_STAGES, fault_words, offer_texts
from bidding.awards.models import Award, CallOffCompetition
from bidding.awards.policies import can_award, can_confirm_report, can_refuse_call_off, can_see_award
from bidding.awards.queries import call_offs as queries
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders.domain.sections import CALL_OFF_METHODS, CALL_OFF_SOURCES, CallOffMethod
from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotFound, NotPermitted
from commons.pages import FormPage, signed_in, told_there
from signatures.envelopes import queries as envelopes
from signatures.envelopes.labels import roster_label
from signatures.envelopes.labels import texts as envelope_texts
from signatures.envelopes.policies import can_seal, can_watch_opening
from signatures.envelopes.views.intakes import bidders_part
from signatures.pages import signing_page


def _framework(section_id: int) -> tenders.SectionTerms:
    terms = tenders.section_terms(section_id)
    if not terms.profile.has(Switch.FRAMEWORK):
        raise NotFound()
    return terms


def _method(terms: tenders.SectionTerms) -> dict[str, str]:
    return {"method": _(CALL_OFF_METHODS[terms.call_offs]), "method_source": CALL_OFF_SOURCES[terms.call_offs]}


@require_safe
def framework(request: HttpRequest, section_id: int) -> HttpResponse:
    """Every supplier with what was called off, whose turn it is, and the second competitions."""
    actor, terms = signed_in(request), _framework(section_id)
    can_confirm_report(actor, terms).require()
    turns = terms.call_offs is CallOffMethod.ROTATION
    competes = terms.call_offs is CallOffMethod.COMPETITION
    suppliers = queries.suppliers_of(section_id)
    at = timezone.now()
    context = {
        "terms": terms,
        "suppliers": suppliers,
        "turns": turns,
        "following": queries.in_turn(section_id) if turns else None,
        "competes": competes,
        "competitions": [(row, *ROUND_STAGES[queries.stage(row, at)])
                         for row in queries.competitions_of(section_id)],
        "may_act": bool(can_award(actor, terms)) and bool(suppliers),
        **_method(terms),
    }  # fmt: skip
    return render(request, "awards/framework.html", context)


class CallOffs(FormPage):
    """The purchases from one supplier, for both sides; the owner places the next where choice or turn decides."""

    template_name = "awards/call_offs.html"

    def _award(self, request: HttpRequest) -> Award:
        award = queries.award(self.kwargs["award_id"])
        can_see_award(signed_in(request), award).require()
        return award

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        terms = _framework(self._award(request).section_id)
        several = len(queries.standing(terms.section_id)) > 1
        return CallOffForm(data, chosen=several and terms.call_offs is CallOffMethod.DIRECT)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        award = self._award(request)
        terms = _framework(award.section_id)
        placed = list(award.call_offs.order_by("number"))
        total = sum((one.committed for one in placed), start=award.amount * 0)
        owner = bool(can_award(signed_in(request), terms))
        return {
            "award": award,
            "terms": terms,
            "placed": [(one, *CALL_OFF_STATES[CallOffState(one.state)]) for one in placed],
            "is_supplier": bool(can_refuse_call_off(signed_in(request), award)),
            "total": total,
            "left": award.amount - total,
            "is_owner": owner,
            "may_place": owner and award.state == "CONTRACTED" and _is_its_turn(award, terms),
            **_method(terms),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        award, said = self._award(request), form.cleaned_data
        services.call_off(actor=signed_in(request), award_id=award.pk, at=at, **said)
        messages.success(request, _("The call-off is placed; the supplier is told."))
        return reverse("awards:call_offs", args=[award.pk])


class Refuse(FormPage):
    """The supplier does not deliver what was ordered."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return RefuseCallOffForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        row = queries.call_off(self.kwargs["call_off_id"])
        can_refuse_call_off(signed_in(request), row.award).require()
        intro = _(
            "“%(title)s”. The owner is told and may order from another supplier. What a refusal without good cause "
            "costs you, the framework agreement says."
        ) % {"title": row.title}
        return {
            "title": _("Refuse the order"),
            "submit": _("Refuse the order"),
            "intro": intro,
            "back": reverse("awards:call_offs", args=[row.award_id]),
            "back_title": _("Call-offs"),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        row, reason = queries.call_off(self.kwargs["call_off_id"]), form.cleaned_data["reason"]
        services.refuse_call_off(actor=signed_in(request), call_off_id=row.pk, reason=reason, at=at)
        messages.success(request, _("The order is refused; the owner is told."))
        return reverse("awards:call_offs", args=[row.award_id])


class Settle(FormPage):
    """The owner accepts what was delivered."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return SettleForm(data, initial={"accepted": queries.call_off(self.kwargs["call_off_id"]).amount})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        row = queries.call_off(self.kwargs["call_off_id"])
        can_award(signed_in(request), tenders.section_terms(row.award.section_id)).require()
        return {
            "title": _("Accept the delivery"),
            "submit": _("Accept"),
            "intro": f"{row.award.line.organisation.name} · {row.title}",
            "back": reverse("awards:call_offs", args=[row.award_id]),
            "back_title": _("Call-offs"),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        row, said = queries.call_off(self.kwargs["call_off_id"]), form.cleaned_data
        services.settle_call_off(actor=signed_in(request), call_off_id=row.pk, at=at, **said)
        messages.success(request, _("The delivery is accepted; the supplier is told."))
        return reverse("awards:call_offs", args=[row.award_id])


class Decline(FormPage):
    """The supplier whose turn it is declines."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return DeclineForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        award = queries.award(self.kwargs["award_id"])
        terms = _framework(award.section_id)
        can_award(signed_in(request), terms).require()
        return {
            "title": _("A turn is declined"),
            "submit": _("Record it; the next supplier follows"),
            "intro": award.line.organisation.name,
            "back": reverse("awards:framework", args=[terms.section_id]),
            "back_title": terms.title,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        award = queries.award(self.kwargs["award_id"])
        reason = form.cleaned_data["reason"]
        services.decline_turn(actor=signed_in(request), award_id=award.pk, reason=reason, at=at)
        messages.success(request, _("Recorded. The turn goes to the next supplier."))
        return reverse("awards:framework", args=[award.section_id])


class Compete(FormPage):
    """A second competition among the suppliers of a framework."""

    template_name = "tenders/form.html"

    def _terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = _framework(self.kwargs["section_id"])
        can_award(signed_in(request), terms).require()
        if terms.call_offs is not CallOffMethod.COMPETITION:
            raise NotFound()
        return terms

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        terms = self._terms(request)
        suppliers = [(one.award_id, one.name) for one in queries.suppliers_of(terms.section_id)]
        rosters = [(one.id, roster_label(one.name, one.k, one.n, one.suite)) for one in envelopes.active_rosters()]
        return CompetitionForm(data, suppliers=suppliers, rosters=rosters, initial={"roster": terms.roster_id})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms = self._terms(request)
        intro = _(
            "Every supplier that can meet the need quotes sealed, at most its agreed prices. When the time is over, "
            "suppliers and officers unlock together, and the lowest quote supplies; of equal ones the better place in "
            "the first stage."
        )
        return {
            "title": _("Second competition"),
            "submit": _("Ask the suppliers"),
            "intro": intro,
            "back": reverse("awards:framework", args=[terms.section_id]),
            "back_title": terms.title,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, CompetitionForm)
        said = form.cleaned_data
        number = services.open_competition(
            actor=signed_in(request),
            section_id=self.kwargs["section_id"],
            need=services.Need(said["title"], said["words"], said["closes_at"]),
            ceilings=form.ceilings(),
            roster_id=int(said["roster"]),
            left_out=said["left_out"],
            at=at,
        )
        messages.success(request, _("The suppliers are asked, all at the same time."))
        return reverse("awards:competition", args=[number])


@signing_page
@require_safe
def competition(request: HttpRequest, competition_id: int) -> HttpResponse:
    """A second competition: a supplier that was asked quotes and unlocks here; owner and overseers follow it."""
    actor, at = signed_in(request), timezone.now()
    row = queries.competition(competition_id)
    terms = tenders.section_terms(row.section_id)
    own = queries.quote_of(row, actor.organisation_id)
    if own is None and not can_confirm_report(actor, terms):
        raise NotPermitted()
    now = queries.stage(row, at)
    seen = queries.quotes_of(row) if own is None else [own]
    context: dict[str, Any] = {
        "row": row,
        "terms": terms,
        "stage": now,
        "stage_label": ROUND_STAGES[now],
        "quotes": [(one, fault_words(one.fault, one.cause)) for one in seen],
        "bought": row.placed,
        "may_follow": now is RoundStage.OVER
        and row.placed is None
        and row.call_offs.exists()
        and bool(can_award(actor, terms)),
        "may_unlock": own is None and bool(can_watch_opening(actor)),
        "is_supplier": own is not None,
        **_method(terms),
    }
    if own is not None and can_seal(actor):
        context |= _sealing(actor, row, as_text(own.ceiling), at)
    return render(request, "awards/competition.html", context)


@require_POST
def take_next(request: HttpRequest, competition_id: int) -> HttpResponse:
    """Buy at the next lowest quote after the supplier refused."""
    with told_there(request):
        services.take_next_quote(actor=signed_in(request), competition_id=competition_id, at=timezone.now())
        messages.success(request, _("The next lowest quote supplies; its supplier is told."))
    return redirect("awards:competition", competition_id)


def _sealing(actor: Actor, row: CallOffCompetition, ceiling: str, at: datetime) -> dict[str, Any]:
    """What the sealing scripts of the page need, and the state of the own envelope."""
    assert row.intake_id is not None, "given in the transaction that begins it"
    intake = envelopes.intake(row.intake_id)
    return {
        "intake": intake,
        "kind_code": "FINAL",
        "envelope_texts": envelope_texts(),
        "offer": {"final": True, "ceiling": ceiling, "texts": offer_texts()},
        **bidders_part(actor, intake, at),
    }


def _is_its_turn(award: Award, terms: tenders.SectionTerms) -> bool:
    if terms.call_offs is CallOffMethod.COMPETITION:
        return False
    following = queries.in_turn(terms.section_id) if terms.call_offs is CallOffMethod.ROTATION else award
    return following is not None and following.pk == award.pk
