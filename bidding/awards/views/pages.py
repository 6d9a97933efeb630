"""The result of a section: public page, the bidder's own debrief, and the desk from report to contract."""

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
from bidding.awards.domain.states import AwardState
from bidding.awards.forms import ReportForm
from bidding.awards.labels import AWARD_STATES, REPORT_STATES, SECURITY_STATES
from bidding.awards.models import Award, EvaluationReport
from bidding.awards.policies import can_award, can_confirm_report, can_record_report, can_see_bonds
from bidding.awards.queries import call_offs
from bidding.awards.views import after
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders.domain.states import SectionState
from bidding.tenders.labels import section_label
from commons.domain.actor import Role
from commons.domain.refusals import NotFound
from commons.pages import FormPage, actor_of, signed_in, told_there
from commons.people import queries as people
from commons.vault import services as vault
from signatures.documents import queries as papers


@require_safe
def result(request: HttpRequest, section_id: int) -> HttpResponse:
    """Candidates and awards, public; a bidder also reads its own result and the reasons."""
    terms, found = tenders.section_terms(section_id), queries.public_result(section_id)
    if found is None:
        raise NotFound()
    try:
        own = queries.debrief(actor_of(request), section_id)
    except NotFound:
        own = None
    awards = [(award, *AWARD_STATES[award.state]) for award in found.awards]
    actor = actor_of(request)
    mine = [award.id for award in found.awards if actor.has(Role.BIDDER) and award.winner_id == actor.organisation_id]
    securities = [view for number in mine if (view := queries.security_view(number)) is not None]
    context = {
        "mine": mine,
        "is_framework": terms.profile.has(Switch.FRAMEWORK),
        "call_offs": call_offs.published(section_id) if terms.profile.has(Switch.FRAMEWORK) else [],
        "securities": [(row, cash, SECURITY_STATES[row.state]) for row, cash in securities],
        "terms": terms,
        "owner": people.organisations([terms.owner_id])[terms.owner_id].name,
        "result": found,
        "awards": awards,
        "own": own,
        "as_rate": terms.price_kind != "AMOUNT",
    }
    return render(request, "awards/result.html", context)


@require_POST
def take_debrief(request: HttpRequest, section_id: int) -> HttpResponse:
    """The own result as a sealed paper."""
    number = services.draw_debrief(actor=signed_in(request), section_id=section_id, at=timezone.now())
    return HttpResponseRedirect(reverse("documents:paper", args=[number]))


@require_safe
def desk(request: HttpRequest, section_id: int) -> HttpResponse:
    """What the owner's side and the centre see of a section's result, with the next step."""
    actor, terms, at = signed_in(request), tenders.section_terms(section_id), timezone.now()
    can_confirm_report(actor, terms).require()
    reports = queries.reports_of(section_id)
    shown = queries.public_result(section_id)
    awards, room = queries.awards_of(section_id), queries.room_of(section_id)
    context = {
        "terms": terms,
        "state": section_label(terms.state, terms.profile),
        "reports": [(report, *REPORT_STATES[report.state], _reckoned(terms, report)) for report in reports],
        "may_confirm": {report.pk for report in reports if report.state == "ENTERED"
                        and report.entered_by_id != actor.person_id},
        "may_enter": bool(can_record_report(actor, terms)) and terms.state is SectionState.OPENED
                     and (room is None or room.ended_at is not None),
        "may_show": bool(can_record_report(actor, terms)) and terms.state is SectionState.EVALUATED,
        "may_award": bool(can_award(actor, terms)),
        "steps": after.steps_for(actor, terms),
        "is_framework": terms.profile.has(Switch.FRAMEWORK),
        "has_contract": any(award.state is AwardState.CONTRACTED for award in awards),
        "room": room,
        "room_prices": queries.ranked_prices(room) if room and room.ended_at else [],
        "has_rounds": queries.has_rounds(terms) and terms.opened_at is not None,
        "may_see_bonds": bool(can_see_bonds(actor, terms)),
        "result": shown,
        "as_rate": terms.price_kind != "AMOUNT",
        "open_lines": _open_lines(reports) if terms.state is SectionState.PUBLICIZED else [],
        "shown_long_enough": shown is not None and at >= shown.shown_until,
        "awards": [(award, *AWARD_STATES[award.state], papers.newest(f"award:{award.id}", services.AWARD_LETTER),
                    papers.newest(f"award:{award.id}", services.TENDER_CONTRACT)) for award in awards],
        "at": at,
    }  # fmt: skip
    return render(request, "awards/desk.html", context)


def _reckoned(terms: tenders.SectionTerms, report: EvaluationReport) -> dict[str, Any] | None:
    found = queries.reckoning_of(terms, report.lines.all())
    if found is None:
        return None
    lines = [(line, [(_(words), text) for words, text in line.facts]) for line in found.lines]
    return {"lines": lines, "steps": found.steps, "differs": found.differs}


class EnterReport(FormPage):
    """The committee's result, entered by the owner's side."""

    template_name = "tenders/form.html"

    def _terms(self, request: HttpRequest) -> tenders.SectionTerms:
        terms = tenders.section_terms(self.kwargs["section_id"])
        can_record_report(signed_in(request), terms).require()
        if terms.opened_at is None:
            raise NotFound()
        return terms

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        terms = self._terms(request)
        names = people.organisations(queries.remaining(terms))
        bidders = [(number, one.name) for number, one in sorted(names.items())]
        ranked = queries.ranking(terms, at=timezone.now())
        initial: dict[str, Any] = {}
        for line in ranked.lines if ranked else ():
            initial |= {f"rank{line.organisation_id}": line.rank, f"price{line.organisation_id}": line.price}
        facts = queries.facts_for(terms)
        as_rate, goes_on = terms.price_kind == "DISCOUNT_RATE", not terms.fails_when_fewer_after_review
        return ReportForm(
            data, request.FILES or None, bidders=bidders, facts=facts, as_rate=as_rate, goes_on=goes_on, initial=initial
        )

    def context(self, request: HttpRequest) -> dict[str, Any]:
        terms = self._terms(request)
        return {
            "title": _("Record the committee's report"),
            "submit": _("Record; a second person confirms"),
            "intro": _("Copy what the committee signed. A second person compares it with the signed paper."),
            "back": reverse("awards:desk", args=[terms.section_id]),
            "back_title": terms.title,
            "files": True,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ReportForm)
        actor, section_id = signed_in(request), self.kwargs["section_id"]
        file = form.cleaned_data["file"]
        stored = vault.store(
            actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True,
            subject=f"evaluation-report:{section_id}",
        )  # fmt: skip
        services.enter_report(
            actor=actor, section_id=section_id, lines=form.lines(), document_id=stored.id, at=at,
            competition=form.cleaned_data.get("competition", ""),
        )  # fmt: skip
        messages.success(request, _("Recorded. A second person confirms it against the signed paper."))
        return reverse("awards:desk", args=[section_id])


@require_POST
def confirm(request: HttpRequest, report_id: int) -> HttpResponse:
    """Confirm or reject as the second person."""
    report = EvaluationReport.objects.filter(pk=report_id).first()
    if report is None:
        raise NotFound()
    actor, at = signed_in(request), timezone.now()
    with told_there(request):
        if request.POST.get("outcome") == "reject":
            services.reject_report(actor=actor, report_id=report_id, reason=request.POST.get("reason", ""), at=at)
        else:
            services.confirm_report(actor=actor, report_id=report_id, at=at)
        messages.success(request, _("The report is decided."))
    return _desk(report.section_id)


@require_POST
def show(request: HttpRequest, section_id: int) -> HttpResponse:
    """Publish the candidates."""
    with told_there(request):
        services.publish_candidates(actor=signed_in(request), section_id=section_id, at=timezone.now())
        messages.success(request, _("The candidates are public."))
    return _desk(section_id)


@require_POST
def give(request: HttpRequest, section_id: int) -> HttpResponse:
    """Award to the ticked candidates."""
    actor, at, reason = signed_in(request), timezone.now(), request.POST.get("reason", "")[:2000]
    lines = [int(text) for text in request.POST.getlist("line") if text.isascii() and text.isdigit()]
    with told_there(request):
        services.award_section(actor=actor, section_id=section_id, line_ids=lines, at=at, reason=reason)
        messages.success(request, _("Awarded. Sign the award letter next."))
    return _desk(section_id)


@require_POST
def draw(request: HttpRequest, award_id: int) -> HttpResponse:
    """Draw the contract, which both sides sign."""
    actor, section_id = signed_in(request), _section_of(award_id)
    with told_there(request):
        services.draw_contract(actor=actor, award_id=award_id, at=timezone.now())
        messages.success(request, _("The contract is drawn. Both sides sign it."))
    return _desk(section_id)


@require_POST
def drop(request: HttpRequest, award_id: int) -> HttpResponse:
    """Record that the winner gave up."""
    actor, section_id, reason = signed_in(request), _section_of(award_id), request.POST.get("reason", "")[:2000]
    with told_there(request):
        services.give_up(actor=actor, award_id=award_id, reason=reason, at=timezone.now())
        messages.success(request, _("Recorded. The next candidate follows, or the section failed."))
    return _desk(section_id)


def _desk(section_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("awards:desk", args=[section_id]))


def _section_of(award_id: int) -> int:
    section_id = Award.objects.filter(pk=award_id).values_list("section_id", flat=True).first()
    if section_id is None:
        raise NotFound()
    return section_id


def _open_lines(reports: list[EvaluationReport]) -> list[Any]:
    confirmed = [report for report in reports if report.state == "CONFIRMED"]
    return list(confirmed[0].lines.filter(rank__gt=0, award__isnull=True).order_by("rank")) if confirmed else []
