"""The centre's desk for entries, and the regulator's decisions on them."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.evidence.queries import records_of
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from marketplace.catalogue import queries as catalogue
from marketplace.entry import queries, services
from marketplace.entry.domain.entrants import EntrantKind, EntrantState
from marketplace.entry.forms import BanForm, ReturnForm
from marketplace.entry.labels import ENTRANT_KINDS, ENTRANT_STATES, check_words
from marketplace.entry.models import Entrant
from marketplace.entry.policies import READERS, can_ban, can_check, can_publish

PAGE = 25


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """What waits for the centre, the oldest first."""
    viewer = signed_in(request)
    if not viewer.has(*READERS):
        can_check(viewer).require()
    page = Paginator(queries.entrants_waiting(viewer), PAGE).get_page(request.GET.get("page"))
    rows = [(row, ENTRANT_KINDS[EntrantKind(row.kind)], ENTRANT_STATES[EntrantState(row.state)]) for row in page]
    return render(request, "marketplace/entry/desk.html", {"page": page, "rows": rows})


class Entry(FormPage):
    """One entry with what the registers say; returned from here."""

    template_name = "marketplace/entry/check.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.entry = queries.entrant(signed_in(request), self.kwargs["entrant_id"])
        return ReturnForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        viewer, found = signed_in(request), self.entry
        known = catalogue.qualifications()
        held = queries.certificates([found.id]).get(found.id, [])
        checking = found.state is EntrantState.CHECKING
        return {
            "entry": found,
            "person": people.natural_person(found.organisation_id) if found.is_person else None,
            "kind": ENTRANT_KINDS[found.kind],
            "state": ENTRANT_STATES[found.state],
            "checks": [check_words(one) for one in found.checks],
            "held": [(one, known[one.code].words(one.grade) if one.code in known else one.code) for one in held],
            "offers": queries.offers_of(found.id),
            "practitioners": queries.practitioners_of(found.id),
            "records": records_of(f"entrant:{found.id}"),
            "may_take": found.state is EntrantState.SUBMITTED and bool(can_check(viewer)),
            "may_return": checking and bool(can_check(viewer)),
            "may_publish": checking and bool(can_publish(viewer, Entrant.objects.get(pk=found.id))),
            "may_ban": bool(can_ban(viewer)),
            "now": timezone.now(),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        reason = form.cleaned_data["reason"]
        services.return_entry(actor=signed_in(request), entrant_id=self.entry.id, reason=reason, at=at)
        messages.success(request, _("The entry went back."))
        return reverse("entry:desk")


@require_POST
def take(request: HttpRequest, entrant_id: int) -> HttpResponseRedirect:
    """Begin the check: the registers are asked."""
    services.take_entry(actor=signed_in(request), entrant_id=entrant_id, at=timezone.now())
    return _to(entrant_id)


@require_POST
def ask_again(request: HttpRequest, entrant_id: int) -> HttpResponseRedirect:
    """Ask the registers again."""
    services.run_checks(actor=signed_in(request), entrant_id=entrant_id, at=timezone.now())
    return _to(entrant_id)


@require_POST
def publish(request: HttpRequest, entrant_id: int) -> HttpResponseRedirect:
    """Publish what somebody else checked."""
    services.publish_entry(actor=signed_in(request), entrant_id=entrant_id, at=timezone.now())
    messages.success(request, _("The entry is published."))
    return _to(entrant_id)


class Ban(FormPage):
    """Suspend, restrict, restore, lift: each under its number."""

    template_name = "marketplace/entry/ban.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_ban(signed_in(request)).require()
        self.entry = queries.entrant(signed_in(request), self.kwargs["entrant_id"])
        return BanForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"entry": self.entry, "state": ENTRANT_STATES[self.entry.state]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, BanForm), "the page makes its own form"
        said, actor = form.cleaned_data, signed_in(request)
        stored = vault.store(
            actor=actor,
            stream=said["document"],
            name=said["document"].name,
            media_type="application/pdf",
            at=at,
            subject=f"entrant:{self.entry.id}",
        )
        decision = NumberedDecision(said["body"], said["number"], stored.id)
        common: dict[str, Any] = {"actor": actor, "entrant_id": self.entry.id, "decision": decision, "at": at}
        if said["step"] in ("suspend", "restrict"):
            ban = services.suspend if said["step"] == "suspend" else services.restrict
            ban(reason=said["reason"], until=form.ends_at(), **common)
        else:
            end = services.restore if said["step"] == "restore" else services.lift
            end(reason=said["reason"], **common)
        messages.success(request, _("The decision is recorded and stands in the feed."))
        return reverse("entry:check", args=[self.entry.id])


def _to(entrant_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("entry:check", args=[entrant_id]))
