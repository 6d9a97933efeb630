"""Public pages of tenders; they work without JavaScript. Nothing on them tells who takes part, or how many."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from bidding.profiles.domain.vocabulary import FORMULAS, LIMITS, SECTOR_LABELS, THRESHOLDS, Sector, Switch
from bidding.tenders.domain.discrimination import label_of
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.states import SectionState
from bidding.tenders.labels import (
    SECTION_KINDS,
    call_off_label,
    chosen_how,
    deadline_labels,
    failure_label,
    ground_label,
    notice_label,
    notice_words,
    place_label,
    procedure_name,
    section_label,
    sectors,
)
from bidding.tenders.models import Section, Tender, TenderNotice
from bidding.tenders.policies import can_run_procedure, can_take_part
from bidding.tenders.queries import pages
from commons.domain.money import normal_text
from commons.pages import actor_of, csv_response
from commons.parameters.labels import UNITS
from exchange.rooms import queries as rooms
from signatures.crypto.suites import Suite
from signatures.envelopes.labels import SUITES

PAGE = 20
STAGE_LABELS = {
    "prequalifying": gettext_lazy("Prequalification"),
    "bidding": gettext_lazy("Bids invited"),
    "review": gettext_lazy("Opened, under review"),
    "result": gettext_lazy("Outcome"),
    "suspended": pgettext_lazy("tender", "Suspended"),
    "ended": gettext_lazy("Ended"),
}


@require_safe
def tenders(request: HttpRequest) -> HttpResponseBase:
    """All public tenders, by words and filters; the address holds the search."""
    search = pages.Search.of(request.GET)
    found = pages.public_tenders(search)
    if request.GET.get("format") == "csv":
        return _csv(found[:5_000])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "page": page,
        "rows": [(tender, _sector(tender), states_of(tender)) for tender in page],
        "stages": STAGE_LABELS.items(),
        "sectors": sectors(),
        "at": timezone.now(),
    }
    return render(request, "tenders/list.html", context)


@require_safe
def tender(request: HttpRequest, tender_id: int) -> HttpResponse:
    """One tender: what comes next and by when, sections, addenda with answers, every notice, the rules that apply."""
    viewer, at = actor_of(request), timezone.now()
    found = pages.readable_tender(viewer, tender_id)
    profile = pages.snapshot_of(found)
    alone = _single_source(notices := list(found.notices.order_by("-published_at", "-pk")))
    formula, staged = profile.formula(found.award_method), profile.has(Switch.TWO_STAGE)
    context = {
        "tender": found,
        "project": found.project,
        "sector": _sector(found),
        "owner_label": profile.owner_label,
        "procedure": procedure_name(profile),
        "award": _(FORMULAS[found.award_method]) if found.award_method in FORMULAS else "",
        "award_source": formula.source if formula else "",
        "sealed_with": SUITES[Suite(found.suite)] if found.roster_id else "",
        "sections": [
            (
                section,
                *section_label(section.state, profile),
                _why(section, notices),
                call_off_label(section.call_offs),
                SECTION_KINDS[section.kind],
            )
            for section in found.sections.all()
        ],
        "steps": list(timeline(found)),
        "addenda": found.addenda.prefetch_related("questions").order_by("-number"),
        "findings": [(one, f"{place_label(one.place)} · {_(label_of(one.rule))}")
                     for one in found.findings.filter(gone_at=None)],
        "objections": found.objections.filter(answered_at__isnull=False).order_by("-answered_at"),
        "notices": [(one, notice_label(one.kind, profile), notice_words(one.kind, one.body)) for one in notices],
        "rules": list(rules_of(profile)),
        "own": pages.own_part(viewer, found),
        "applied": pages.applied_for(viewer, found) if profile.applies_first else (),
        "own_objections": pages.own_objections(viewer, found),
        "may_take_part": bool(can_take_part(viewer, found)),
        "may_decide": bool(can_run_procedure(viewer)),
        "in_stages": staged,
        "chosen_how": chosen_how(profile, found.qualified_maximum),
        "single_source": alone,
        "ground": ground_label(str(alone.get("ground") or "")),
        "live_defence": profile.has(Switch.LIVE_DEFENCE),
        "rooms": _rooms(found) if profile.has(Switch.ROOM) else {},
        "has_rounds": profile.has(Switch.ROUNDS),
        "successors": found.successors.filter(published_at__isnull=False),
        "at": at,
    }  # fmt: skip
    return render(request, "tenders/tender.html", context)


@require_safe
def tender_json(request: HttpRequest, tender_id: int) -> JsonResponse:
    """The same page as data."""
    data = pages.tender_data(pages.readable_tender(actor_of(request), tender_id))
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})


WHY = {
    SectionState.SUSPENDED.value: TenderNoticeKind.SUSPENSION.value,
    SectionState.TERMINATED.value: TenderNoticeKind.TERMINATION.value,
}


def _why(section: Section, notices: list[TenderNotice]) -> str:
    """Why a section failed, stands still or was ended, as its newest notice says; nothing for one that goes on."""
    if section.failure:
        return failure_label(section.failure)
    kind = WHY.get(section.state)
    found = next((one for one in notices if one.kind == kind and one.section_id in (None, section.pk)), None)
    if found is None:
        return ""
    words = notice_words(found.kind, {**found.body, "section": ""}).lines
    return " ".join([*words, f"{found.decision_body} {found.decision_no}".strip()]).strip()


def _rooms(tender: Tender) -> dict[int, int]:
    """The live room of each section whose price is found in one; nothing before it is opened."""
    found = {section.pk: rooms.room_of_subject(f"section:{section.pk}") for section in tender.sections.all()}
    return {key: room.room_id for key, room in found.items() if room is not None}


def _single_source(notices: list[TenderNotice]) -> Mapping[str, Any]:
    """What the notice says of the one supplier that is asked; nothing where several are."""
    return next((one.body["single_source"] for one in notices if one.body.get("single_source")), {})


def states_of(tender: Tender) -> list[tuple[Any, str]]:
    """The different states of a tender's sections, each once."""
    found = dict.fromkeys(section.state for section in tender.sections.all())
    profile = pages.snapshot_of(tender)
    return [section_label(state, profile) for state in found]


def rules_of(profile: Any) -> Iterator[dict[str, str]]:
    """Every number of the procedure with its source."""
    for name, limit in profile.limits.items():
        yield {
            "label": _(LIMITS[name][1]),
            "value": f"{limit.count} {UNITS.get(limit.unit.value, limit.unit.value)}",
            "source": limit.source,
        }
    for name, one in profile.thresholds.items():
        yield {"label": _(THRESHOLDS[name][1]), "value": normal_text(one.value), "source": one.source}


def timeline(tender: Tender) -> Iterator[dict[str, Any]]:
    """The dates of a tender in order; the first that is not over is next."""
    reached = {section.state for section in tender.sections.all()}
    suspended = SectionState.SUSPENDED.value in reached
    profile = pages.snapshot_of(tender)
    staged, (taken, ends) = profile.has(Switch.TWO_STAGE), deadline_labels(profile)
    rows = [
        (_("Notice published"), tender.published_at),
        (_("First stage: proposals end") if staged else _("Applications end"), tender.applications_end_at),
        (taken, tender.documents_until),
        (ends, tender.bid_deadline),
        *sorted(
            (_("Section %(number)s: bid deadline and opening") % {"number": section.number}, section.own_deadline)
            for section in tender.sections.all()
            if section.own_deadline
        ),
    ]
    at, found = timezone.now(), False
    for title, moment in rows:
        if moment is None:
            continue
        done = moment <= at
        state = "done" if done else "" if found or suspended else "next"
        found = found or not done
        hint = _("The clock stands still; this date will move.") if suspended and not done else ""
        yield {"title": title, "at": moment, "state": state, "hint": hint}


def _sector(tender: Tender) -> str:
    return _(SECTOR_LABELS[Sector(tender.project.sector)])


def _csv(found: Any) -> HttpResponseBase:
    owner = pgettext("of a tender", "Owner")
    header = [_("Code"), _("Title"), owner, _("Sector"), _("Section"), _("State"), _("Bid deadline")]
    rows = (
        (tender.code, tender.title, tender.project.owner.name, tender.project.sector, section.number, section.state,
         section.deadline)
        for tender in found
        for section in _sections(tender)
    )  # fmt: skip
    return csv_response("tenders", header, rows)


def _sections(tender: Tender) -> list[Section]:
    return list(tender.sections.all())
