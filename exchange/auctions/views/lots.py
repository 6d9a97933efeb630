"""The page of a lot: what is offered, where it stands, what comes next, and what the reader can do."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.actor import Actor
from commons.domain.refusals import AssuranceTooLow
from commons.pages import FormPage, actor_of, signed_in
from commons.parameters import queries as parameters
from exchange.auctions import queries
from exchange.auctions.domain.formats import PROFILES, Profile, choices, room_rules
from exchange.auctions.domain.methods import METHOD_LABELS, Method
from exchange.auctions.domain.secrecy import Sight
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.domain.timetable import local_day
from exchange.auctions.policies import can_act_as_seller, can_register, can_run_procedure
from exchange.contracts.models import Deal
from exchange.notices.queries import kind_label, notices_of_lot
from exchange.projects import services as projects
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.projects.forms import LotForm, local_input
from exchange.projects.models import Lot
from exchange.projects.policies import can_change_project
from exchange.projects.queries import draft, lot_view


@require_safe
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The public page of a lot; who is signed in sees its own part of it too."""
    actor, at = actor_of(request), timezone.now()
    found = queries.public_lot(lot_id)
    seen = queries.sight_of(actor, found)
    open_now = _registration_open(found, at)
    context = {
        "lot": lot_view(found, at),
        "project": found.project,
        "profile": _profile(found),
        "phases": _phases(found.profile),
        "terms": read_terms(found.project.parameters),
        "deposit_for_all": queries.deposit_needed(found, found.quantity),
        "method": _(METHOD_LABELS[Method(found.method)]) if found.method else "",
        "notices": [(notice, kind_label(notice)) for notice in notices_of_lot(found)],
        "deals": _deals(found) if Sight.WINNERS in seen else [],
        "count": queries.buyer_count(actor, found),
        "own": queries.own_registration(actor, found.pk),
        "open_now": open_now,
        "may_register": _may_register(actor, found),
        "is_seller": bool(can_act_as_seller(actor, found.project)),
        "is_staff": bool(can_run_procedure(actor)),
        "at": at,
    }
    return render(request, "exchange/auctions/lot.html", context)


def _registration_open(found: Lot, at: datetime) -> bool:
    starts, ends = found.registration_starts_at, found.registration_ends_at
    open_state = found.state in (LotState.ANNOUNCED, LotState.REGISTERING)
    return bool(open_state and starts and ends and starts <= at < ends)


def _may_register(actor: Actor, found: Lot) -> bool:
    """Whether to offer it: also to a buyer who signed in too weakly, who is then told how to sign in better."""
    decision = can_register(actor, found)
    return bool(decision) or isinstance(decision.refusal, AssuranceTooLow)


def _deals(found: Lot) -> list[Deal]:
    deals = Deal.objects.filter(lot=found, notified_at__isnull=False).select_related("buyer")
    return list(deals.order_by("id"))


def _profile(found: Lot) -> dict[str, str]:
    profile = PROFILES[found.profile_name]
    return {"label": _(profile.label), "explanation": _(profile.explanation)}


def _phases(rules: dict[str, Any]) -> list[tuple[str, int]]:
    """The lengths that the snapshot fixes, in seconds."""
    names = (
        ("free_ms", _("Free phase")),
        ("waiting_ms", _("Waiting")),
        ("timed_ms", _("Timed phase")),
        ("extension_ms", _("Time left after a bid")),
        ("session_ms", _("Length of the session")),
    )
    return [(label, int(rules[name]) // 1000) for name, label in names if int(rules.get(name) or 0)]


def _choices(kind: TradeType) -> list[tuple[str, Profile]]:
    return choices(kind, demonstrating=not settings.PRODUCTION)


class LotPage(FormPage):
    """Add a lot to a draft, or change it."""

    template_name = "exchange/projects/lot.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        project = self._project(request)
        kind = TradeType(project.trade_type)
        profiles = [(name, _(profile.label)) for name, profile in _choices(kind)]
        return LotForm(data, trade_type=kind, profiles=profiles, initial=self._initial(request))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        project = self._project(request)
        explained = [
            (_(profile.label), _(profile.explanation)) for _name, profile in _choices(TradeType(project.trade_type))
        ]
        return {"project": project, "profiles": explained, "is_new": "lot_id" not in self.kwargs}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, project_id = signed_in(request), self.kwargs["project_id"]
        terms = LotTerms(**{**form.cleaned_data, "instrument": Instrument(form.cleaned_data["instrument"])})
        self._require_playable(request, terms, at)
        if "lot_id" in self.kwargs:
            projects.change_lot(actor=actor, lot_id=self.kwargs["lot_id"], terms=terms, at=at)
        else:
            projects.add_lot(actor=actor, project_id=project_id, terms=terms, at=at)
        return reverse("projects:draft", args=[project_id]) + "#lots"

    def _require_playable(self, request: HttpRequest, terms: LotTerms, at: datetime) -> None:
        """Refuses while drafting, and not only at the publication, terms under which no room could be run."""
        project, day = self._project(request), local_day(at)
        kind = TradeType(project.trade_type)
        snapshot = parameters.snapshot(trade_type=kind.value, region=project.region, on=day)
        room_rules(terms, kind, snapshot)

    def _project(self, request: HttpRequest) -> Any:
        if not hasattr(self, "_found"):
            actor = signed_in(request)
            self._found = draft(actor, self.kwargs["project_id"])
            can_change_project(actor, self._found).require()
        return self._found

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        wanted = self.kwargs.get("lot_id")
        for row in self._project(request).lots.all():
            if row.pk == wanted:
                names = ("instrument", "quantity", "term_years", "start_price", "step")
                values = {name: getattr(row, name) for name in names}
                return {**values, "profile": row.profile_name, "opens_at": local_input(row.opens_at)}
        return self._suggested(request)

    def _suggested(self, request: HttpRequest) -> dict[str, Any]:
        """What the rules of the region suggest for a new lot, where they name it."""
        project = self._project(request)
        rows = parameters.current(trade_type=project.trade_type, region=project.region, on=local_day(timezone.now()))
        keys = {"term_years": "right.term_years", "step": "room.step"}
        return {field: rows[key].value for field, key in keys.items() if key in rows}
