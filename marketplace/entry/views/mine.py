"""An organisation's own entry: particulars, services, certificates, practitioners, commitment, handing in."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.domain.refusals import Malformed, NotFound
from commons.domain.tasks import Task, TaskState
from commons.domain.text import gettext_noop
from commons.pages import FormPage, signed_in
from marketplace.catalogue import queries as catalogue
from marketplace.entry import queries, services
from marketplace.entry.domain.entrants import EDITABLE, ENTRANT, EntrantCommand, EntrantKind, EntrantState, StatusKind
from marketplace.entry.forms import EntryForm, LeaveForm, PractitionerForm, items_field
from marketplace.entry.labels import ENTRANT_STATES, STATUS_KINDS, check_words
from marketplace.entry.policies import can_enter, can_leave
from marketplace.entry.queries import EntrantView
from marketplace.entry.services import EntryFacts
from marketplace.entry.ties import ties_of

_SUSPENDED = EntrantState.SUSPENDED
"""Nobody leaves before the decision ends."""


class _Entry(FormPage):
    """The page of an entry; saving begins it."""

    kind: ClassVar[EntrantKind]
    page: ClassVar[str]

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_enter(actor, self.kind).require()
        self.found = queries.own_entrant(actor, self.kind)
        return EntryForm(data, initial=_initial(self.found))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found
        if found is None:
            return {"kind": self.kind.value}
        return {
            "kind": self.kind.value,
            "entry": found,
            "state": ENTRANT_STATES[found.state],
            "editable": found.state in EDITABLE,
            "may_leave": ENTRANT.allows(found.state, EntrantCommand.CANCEL) and found.state is not _SUSPENDED,
            "checks": [check_words(one) for one in found.checks],
            "feed": [(line, STATUS_KINDS[StatusKind(line.kind)]) for line in queries.history(found.uscc)],
            "now": timezone.now(),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor = signed_in(request)
        number = services.open_entry(actor=actor, kind=self.kind, at=at)
        services.save_entry(actor=actor, entrant_id=number, facts=EntryFacts(**form.cleaned_data), at=at)
        messages.success(request, _("Saved."))
        return reverse(self.page)


class OwnerEntry(_Entry):
    """The entry of a project owner."""

    template_name = "marketplace/entry/mine.html"
    kind = EntrantKind.OWNER
    page = "entry:owner_entry"


class AgencyEntry(_Entry):
    """The entry of an agency."""

    template_name = "marketplace/entry/mine.html"
    kind = EntrantKind.AGENCY
    page = "entry:agency_entry"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().context(request)
        if self.found is None:
            return context
        offers = queries.offers_of(self.found.id)
        chosen = [offer.item_id for offer in offers]
        choices = [(row.pk, f"{row.code} {row.name}") for row in catalogue.items()[:500]]
        known = catalogue.qualifications()
        held = queries.certificates([self.found.id]).get(self.found.id, [])
        context |= {
            "offers": offers,
            "items_form": items_field(choices, chosen),
            "held": [(one, known[one.code].words(one.grade) if one.code in known else one.code) for one in held],
            "practitioners": queries.practitioners_of(self.found.id),
            "practitioner_form": PractitionerForm(),
            "tasks": _tasks(self.found, bool(offers)),
        }
        return context


@require_POST
def offer(request: HttpRequest) -> HttpResponseRedirect:
    """Say which services the agency offers."""
    chosen = [int(one) for one in request.POST.getlist("items") if one.isascii() and one.isdigit() and len(one) < 10]
    services.offer_items(
        actor=signed_in(request), entrant_id=_own(request).id, item_ids=chosen[:500], at=timezone.now()
    )
    messages.success(request, _("Saved."))
    return _back("services")


@require_POST
def add_practitioner(request: HttpRequest) -> HttpResponseRedirect:
    """Name a professional."""
    own, form = _own(request), PractitionerForm(request.POST)
    if not form.is_valid():
        raise Malformed(field="practitioner", reason=gettext_noop("name, title and certificate are needed"))
    services.add_practitioner(actor=signed_in(request), entrant_id=own.id, at=timezone.now(), **form.cleaned_data)
    return _back("practitioners")


@require_POST
def remove_practitioner(request: HttpRequest, practitioner_id: int) -> HttpResponseRedirect:
    """Take a professional off the list."""
    own = _own(request)
    services.remove_practitioner(
        actor=signed_in(request), entrant_id=own.id, practitioner_id=practitioner_id, at=timezone.now()
    )
    return _back("practitioners")


@require_POST
def commit(request: HttpRequest) -> HttpResponseRedirect:
    """On to the dialogue in which the commitment letter is signed."""
    session = services.request_commitment(actor=signed_in(request), entrant_id=_own(request).id, at=timezone.now())
    return HttpResponseRedirect(session.url)


@require_POST
def refresh(request: HttpRequest) -> HttpResponseRedirect:
    """Pull licence and qualifications now."""
    services.refresh_credentials(actor=signed_in(request), entrant_id=_own(request).id, at=timezone.now())
    messages.success(request, _("Licence and qualifications are as the licence library says now."))
    return _back("credentials")


@require_POST
def submit(request: HttpRequest, entrant_id: int) -> HttpResponseRedirect:
    """Hand the entry in."""
    actor = signed_in(request)
    services.submit_entry(actor=actor, entrant_id=entrant_id, at=timezone.now())
    messages.success(request, _("Handed in. The centre checks it and tells you."))
    return HttpResponseRedirect(reverse(_page_of(queries.entrant(actor, entrant_id))))


@require_POST
def recheck(request: HttpRequest, entrant_id: int) -> HttpResponseRedirect:
    """The yearly re-check."""
    actor = signed_in(request)
    services.recheck(actor=actor, entrant_id=entrant_id, at=timezone.now())
    messages.success(request, _("Every check passed; the entry holds for another year."))
    return HttpResponseRedirect(reverse(_page_of(queries.entrant(actor, entrant_id))))


class Cancel(FormPage):
    """Leave the supermarket: what follows in words, then a tick."""

    template_name = "marketplace/entry/cancel.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        self.entry = queries.entrant(actor, self.kwargs["entrant_id"])
        can_leave(actor, self.entry.organisation_id, self.entry.kind).require()
        return LeaveForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        entry = self.entry
        return {
            "entry": entry,
            "back": reverse(_page_of(entry)),
            "under_way": ties_of(entry.organisation_id, entry.kind),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.cancel_entry(actor=signed_in(request), entrant_id=self.entry.id, at=at)
        messages.success(request, _("You have left the supermarket."))
        return reverse("workspace")


def _own(request: HttpRequest) -> EntrantView:
    actor = signed_in(request)
    can_enter(actor, EntrantKind.AGENCY).require()
    found = queries.own_entrant(actor, EntrantKind.AGENCY)
    if found is None:
        raise NotFound()
    return found


def _page_of(found: EntrantView) -> str:
    return "entry:owner_entry" if found.kind is EntrantKind.OWNER else "entry:agency_entry"


def _back(place: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('entry:agency_entry')}#{place}")


def _initial(found: EntrantView | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "contact_name": found.contact_name,
        "contact_phone": found.contact_phone,
        "introduction": found.introduction,
    }


def _tasks(found: EntrantView, offers: bool) -> list[Task]:
    """What is to be done before the entry can be handed in."""

    def of(title: str, done: bool, url: str, hint: str = "") -> Task:
        return Task(title, TaskState.DONE if done else TaskState.NOT_STARTED, url, hint)

    licence = found.licence_number or _("not pulled yet")
    tasks = [
        of(_("Contact"), bool(found.contact_name and found.contact_phone), "#contact"),
        of(_("Services that you offer"), offers, "#services"),
        of(_("Business licence and qualifications"), found.credentials_pulled_at is not None, "#credentials", licence),
        of(_("Sign the commitment letter"), found.committed, "#commitment"),
    ]
    return tasks if found.state in (*EDITABLE, EntrantState.SUBMITTED) else []
