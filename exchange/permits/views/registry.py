"""The registry for its keepers and the overseers."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotFound
from commons.domain.text import gettext_noop
from commons.pages import FormPage, csv_response, signed_in
from commons.people import queries as people
from exchange.permits import queries, services
from exchange.permits.domain.permits import Industry, Limit, PermitCommand, PermitFacts
from exchange.permits.forms import (
    POLLUTANTS,
    BasinForm,
    CorrectPermitForm,
    DecidePermitForm,
    PermitForm,
    RegistryFilter,
    RenewPermitForm,
    ReverseForm,
    TargetForm,
    limit_name,
    need_name,
)
from exchange.permits.labels import INSTRUMENT_LABELS
from exchange.permits.policies import can_move_rights, can_record_permit
from exchange.permits.queries import PermitView
from exchange.permits.views.mine import permit_rows

CSV_HEADER = ("number", "version", "holder", "region", "basin", "industry", "from", "until", "state", "limits")


@require_GET
def registry(request: HttpRequest) -> HttpResponseBase:
    """Every permit that matches, and a way to every holder."""
    actor = signed_in(request)
    chosen = RegistryFilter(request.GET or None)
    wanted = chosen.cleaned_data if chosen.is_bound and chosen.is_valid() else {}
    as_csv = request.GET.get("format") == "csv"
    found = queries.registry(actor, **wanted, page=None if as_csv else request.GET.get("page", "1"))
    if as_csv:
        return csv_response("permits", CSV_HEADER, map(_cells, found))
    context = {
        "rows": permit_rows(found),
        "page": found,
        "filter": chosen,
        "may_record": bool(can_record_permit(actor)),
    }
    return render(request, "permits/registry.html", context)


@require_GET
def holders(request: HttpRequest) -> HttpResponseBase:
    """Every organisation with an account of rights."""
    as_csv, search = request.GET.get("format") == "csv", request.GET.get("search", "")[:60]
    page = None if as_csv else request.GET.get("page", "1")
    found = queries.holders(signed_in(request), search=search, page=page)
    rows = [(line, [(INSTRUMENT_LABELS[held.instrument], held) for held in line.holdings]) for line in found]
    if as_csv:
        header = ("organisation", "instrument", "unit", "initial", "purchased", "reserve", "frozen", "cancelled")
        cells = (
            (line.organisation_name, h.instrument, h.unit, h.initial, h.purchased, h.reserve, h.frozen, h.cancelled)
            for line in found
            for h in line.holdings
        )
        return csv_response("holdings", header, cells)
    return render(request, "permits/holders.html", {"rows": rows, "page": found, "search": search})


class Permit(FormPage):
    """One permit with every version; its keepers decide about it here."""

    template_name = "permits/permit.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.history = queries.permit_history(signed_in(request), self.kwargs["number"])
        return DecidePermitForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        rows = permit_rows(self.history)
        return {"current": rows[0], "rows": rows, "may_record": bool(can_record_permit(signed_in(request)))}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.decide_permit(
            actor=signed_in(request),
            number=self.kwargs["number"],
            command=PermitCommand(form.cleaned_data["command"]),
            document_ref=form.cleaned_data["document_ref"],
            at=at,
        )
        messages.success(request, _("The decision is recorded."))
        return reverse("permits:permit", args=[self.kwargs["number"]])


class NewPermit(FormPage):
    """Record a permit."""

    template_name = "permits/record.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_record_permit(signed_in(request)).require()
        return PermitForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        facts = facts_of(form)
        services.record_permit(actor=signed_in(request), facts=facts, at=at)
        messages.success(request, _("The permit is recorded."))
        return reverse("permits:permit", args=[facts.number])


class CorrectPermit(FormPage):
    """Supersede an entry by the right one."""

    template_name = "permits/record.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_record_permit(actor).require()
        newest = queries.permit_history(actor, self.kwargs["number"])[0]
        form = CorrectPermitForm(data, initial=_initial(newest))
        form.fields["number"].disabled = True
        return form

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": self.kwargs["number"]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = self.kwargs["number"]
        services.correct_permit(
            actor=signed_in(request), number=number, facts=facts_of(form), reason=form.cleaned_data["reason"], at=at
        )
        messages.success(request, _("The entry is corrected; the earlier one stays in its history."))
        return reverse("permits:permit", args=[number])


class RenewPermit(FormPage):
    """Record the renewal of a permit: the term that follows the one that runs."""

    template_name = "permits/record.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_record_permit(actor).require()
        queries.permit_history(actor, self.kwargs["number"])
        return RenewPermitForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"number": self.kwargs["number"], "renewing": True}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        number = self.kwargs["number"]
        services.renew_permit(actor=signed_in(request), number=number, at=at, **form.cleaned_data)
        messages.success(request, _("The renewal is recorded; the new term follows the old one."))
        return reverse("permits:permit", args=[number])


class Reverse(FormPage):
    """Correct a movement by its reversal."""

    template_name = "permits/reverse.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_move_rights(signed_in(request)).require()
        return ReverseForm(data)

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        undone = services.reverse(
            actor=signed_in(request), movement_id=self.kwargs["movement_id"], at=at, **form.cleaned_data
        )
        messages.success(request, _("The movement is reversed; both stay in the registry."))
        return reverse("permits:holder", args=[undone.source_id or undone.target_id])


TARGET_IDS = "target_%s"
"""Two forms stand on the page of areas; both ask for the region."""


class Areas(FormPage):
    """Basins and missed quality targets, by region."""

    template_name = "permits/areas.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = queries.areas(signed_in(request))
        target = data is not None and data.get("step") == "miss"
        self.sent = TargetForm(data, auto_id=TARGET_IDS) if target else BasinForm(data)
        return self.sent

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "rows": [(area, [(INSTRUMENT_LABELS[line[1]], line) for line in area.missed]) for area in self.found],
            "target_form": self.sent if isinstance(self.sent, TargetForm) else TargetForm(auto_id=TARGET_IDS),
            "basin_form": self.sent if isinstance(self.sent, BasinForm) else BasinForm(),
            "may_record": bool(can_record_permit(signed_in(request))),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        work = services.miss_target if isinstance(form, TargetForm) else services.set_basin
        partial(work, actor=signed_in(request), at=at)(**form.cleaned_data)
        messages.success(request, _("The entry is made."))
        return reverse("permits:areas")


class MeetTarget(FormPage):
    """An area meets its quality target again."""

    template_name = "permits/reverse.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_record_permit(signed_in(request)).require()
        form = ReverseForm(data)
        del form.fields["reason"]
        return form

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.meet_target(
            actor=signed_in(request),
            target_id=self.kwargs["target_id"],
            met_from=local_day(at),
            document_ref=form.cleaned_data["document_ref"],
            at=at,
        )
        messages.success(request, _("The entry is made."))
        return reverse("permits:areas")


def facts_of(form: forms.Form) -> PermitFacts:
    """The particulars of a form. Refuses (`Malformed`) a holder that nobody knows."""
    said = form.cleaned_data
    organisation = people.organisation_by_uscc(said["uscc"].strip().upper())
    if organisation is None:
        raise Malformed(field="uscc", reason=gettext_noop("no organisation with this code is known here"))
    limits = tuple(
        Limit(key, said[limit_name(key)], said.get(need_name(key)))
        for key, _label in POLLUTANTS
        if said.get(limit_name(key)) is not None
    )
    return PermitFacts(
        number=said["number"].strip(),
        organisation_id=organisation.id,
        region=said["region"],
        basin=said["basin"].strip(),
        industry=Industry(said["industry"]),
        valid_from=said["valid_from"],
        valid_until=said["valid_until"],
        limits=limits,
        document_ref=said["document_ref"].strip(),
    )


def _initial(view: PermitView) -> dict[str, Any]:
    facts = view.facts
    organisation = people.organisation(facts.organisation_id)
    if organisation is None:
        raise NotFound()
    names = ("number", "region", "basin", "industry", "valid_from", "valid_until", "document_ref")
    known: dict[str, Any] = {name: getattr(facts, name) for name in names}
    limits = {limit_name(item.instrument): item.quantity for item in facts.limits}
    needs = {need_name(item.instrument): item.approved_need for item in facts.limits}
    return {**known, "uscc": organisation.uscc, **limits, **needs}


def _cells(view: PermitView) -> tuple[Any, ...]:
    facts = view.facts
    limits = "; ".join(f"{limit.instrument} {limit.quantity:f}" for limit in facts.limits)
    return (
        facts.number,
        view.version,
        view.organisation_name,
        facts.region,
        facts.basin,
        facts.industry,
        facts.valid_from,
        facts.valid_until,
        facts.state,
        limits,
    )
