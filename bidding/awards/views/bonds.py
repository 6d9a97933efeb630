"""The bonds of a section after its opening, and the performance securities of its awards."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bidding.awards import queries, services
from bidding.awards.domain.securities import ARTICLES, GROUND_TEXTS, ForfeitureState, Ground
from bidding.awards.forms import AskSecurityForm, ForfeitForm, HandInForm
from bidding.awards.labels import BOND_FORMS, FORFEITURE_STATES, SECURITY_STATES, bond_state
from bidding.awards.models import Award, Forfeiture
from bidding.awards.policies import can_award, can_sign_as_winner
from bidding.tenders import queries as tenders
from bidding.tenders.services.common import store_decision
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.pages import FormPage, signed_in, told_there
from commons.vault import services as vault


@require_safe
def bonds(request: HttpRequest, section_id: int) -> HttpResponse:
    """Each bond with its state and when it is due, what is proposed, and the performance securities."""
    actor, terms = signed_in(request), tenders.section_terms(section_id)
    lines = queries.bonds_of(actor, terms)
    owner = bool(can_award(actor, terms))
    given = [award for award in queries.awards_of(section_id) if award.state != "GIVEN_UP"]
    context = {
        "terms": terms,
        "rows": [_row(line, may_act=owner) for line in lines],
        "proposed": _proposed(actor, section_id, owner=owner),
        "securities": [_security(award, may_act=owner) for award in given],
        "is_owner": owner,
        "settled": tenders.bonds_settled_at(section_id),
    }
    return render(request, "awards/bonds.html", context)


def _row(line: queries.BondLine, *, may_act: bool) -> dict[str, Any]:
    kept = line.forfeiture
    return {
        "line": line,
        "form": BOND_FORMS[line.form],
        "state": bond_state(line.form, line.state),
        "forfeiture": FORFEITURE_STATES[kept.state] if kept else None,
        "may_keep": may_act and line.standing and (kept is None or kept.state != ForfeitureState.PROPOSED),
    }


def _proposed(actor: Actor, section_id: int, *, owner: bool) -> list[dict[str, Any]]:
    rows = Forfeiture.objects.filter(section_id=section_id).select_related("organisation").order_by("-pk")
    return [
        {
            "row": row,
            "ground": _(GROUND_TEXTS[Ground(row.ground)]),
            "article": ARTICLES[Ground(row.ground)],
            "state": FORFEITURE_STATES[row.state],
            "may_decide": owner and row.state == ForfeitureState.PROPOSED,
        }
        for row in rows
    ]


def _security(award: queries.AwardView, *, may_act: bool) -> dict[str, Any]:
    found = queries.security_view(award.id)
    row, cash = found or (None, None)
    return {
        "award": award,
        "row": row,
        "cash": cash,
        "state": SECURITY_STATES[row.state] if row else None,
        "may_ask": may_act and row is None and award.state == "NOTIFIED" and not award.contract_no,
        "may_judge": may_act and row is not None and row.state == "HANDED_IN",
        "may_return": may_act and row is not None and row.state == "GIVEN",
    }


class Forfeit(FormPage):
    """Propose to keep a bond, with the owner's numbered decision."""

    template_name = "tenders/form.html"

    def _terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = tenders.section_terms(self.kwargs["section_id"])
        can_award(signed_in(request), terms).require()
        return terms

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self._terms(request)
        return ForfeitForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms = self._terms(request)
        return {
            "title": _("Propose to keep a bond"),
            "submit": _("Propose; a second person approves"),
            "intro": _("Money then goes to the owner (in government procurement to the treasury), and a guarantee is "
                       "claimed, once a second person of your organisation approves."),
            "back": reverse("awards:bonds", args=[terms.section_id]),
            "back_title": terms.title,
            "files": True,
        }  # fmt: skip

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, section_id = signed_in(request), self.kwargs["section_id"]
        decision = store_decision(actor, form.cleaned_data, subject=f"evaluation-report:{section_id}", at=at)
        services.propose_forfeiture(
            actor=actor,
            section_id=section_id,
            organisation_id=self.kwargs["organisation_id"],
            ground=Ground(form.cleaned_data["ground"]),
            decision=decision,
            reason=form.cleaned_data["reason"],
            at=at,
        )
        messages.success(request, _("Proposed. A second person of your organisation decides."))
        return reverse("awards:bonds", args=[section_id])


class AskSecurity(FormPage):
    """How much performance security the winner gives, until when."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return AskSecurityForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        award, terms = _award(self.kwargs["award_id"])
        can_award(signed_in(request), terms).require()
        return {
            "title": _("Ask for a performance security"),
            "submit": _("Ask the winner"),
            "intro": award.line.organisation.name,
            "back": reverse("awards:bonds", args=[terms.section_id]),
            "back_title": terms.title,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        _row, terms = _award(self.kwargs["award_id"])
        data = form.cleaned_data
        services.ask_security(
            actor=signed_in(request), award_id=_row.pk, amount=data["amount"], due_at=data["due_at"], at=at
        )
        messages.success(request, _("Asked. The winner has a virtual account for it, or hands a paper in."))
        return reverse("awards:bonds", args=[terms.section_id])


class HandIn(FormPage):
    """The winner hands in a guarantee in the place of money."""

    template_name = "tenders/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return HandInForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        award, terms = _award(self.kwargs["award_id"])
        can_sign_as_winner(signed_in(request), award).require()
        return {
            "title": _("Hand in a performance guarantee"),
            "submit": _("Hand in"),
            "back": reverse("awards:result", args=[terms.section_id]),
            "back_title": terms.title,
            "files": True,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        award, terms = _award(self.kwargs["award_id"])
        actor, file = signed_in(request), form.cleaned_data["file"]
        can_sign_as_winner(actor, award).require()
        stored = vault.store(
            actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True,
            subject=f"award:{award.pk}",
        )  # fmt: skip
        number = form.cleaned_data["number"]
        services.hand_in_security(actor=actor, award_id=award.pk, number=number, document_id=stored.id, at=at)
        messages.success(request, _("Handed in. The owner looks at it."))
        return reverse("awards:result", args=[terms.section_id])


@require_POST
def decide(request: HttpRequest, forfeiture_id: int) -> HttpResponse:
    """Approve as the second person, or say no."""
    row = Forfeiture.objects.filter(pk=forfeiture_id).first()
    if row is None:
        raise NotFound()
    actor, at = signed_in(request), timezone.now()
    with told_there(request):
        if request.POST.get("outcome") == "reject":
            reason = request.POST.get("reason", "")[:500]
            services.reject_forfeiture(actor=actor, forfeiture_id=row.pk, reason=reason, at=at)
        else:
            services.approve_forfeiture(actor=actor, forfeiture_id=row.pk, at=at)
        messages.success(request, _("Decided."))
    return _bonds(row.section_id)


@require_POST
def let_go(request: HttpRequest, section_id: int, organisation_id: int) -> HttpResponse:
    """Give the bond of a winner that gave up back all the same."""
    actor, at, reason = signed_in(request), timezone.now(), request.POST.get("reason", "")[:500]
    with told_there(request):
        services.let_go(actor=actor, section_id=section_id, organisation_id=organisation_id, reason=reason, at=at)
        messages.success(request, _("The bond goes back."))
    return _bonds(section_id)


@require_POST
def judge(request: HttpRequest, award_id: int) -> HttpResponse:
    """Accept a paper, turn it down, or give the security back."""
    award, _terms = _award(award_id)
    actor, at = signed_in(request), timezone.now()
    outcome, reason = request.POST.get("outcome"), request.POST.get("reason", "")[:500]
    with told_there(request):
        if outcome == "return":
            services.return_security(actor=actor, award_id=award_id, reason=reason, at=at)
        else:
            accepted = outcome == "accept"
            services.judge_security(actor=actor, award_id=award_id, accepted=accepted, reason=reason, at=at)
        messages.success(request, _("Recorded."))
    return _bonds(award.section_id)


def _award(award_id: int) -> tuple[Award, tenders.SectionTerms]:
    award = Award.objects.select_related("line__organisation").filter(pk=award_id).first()
    if award is None:
        raise NotFound()
    return award, tenders.section_terms(award.section_id)


def _bonds(section_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("awards:bonds", args=[section_id]))
