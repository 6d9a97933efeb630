"""Sections of a draft."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import services
from bidding.tenders.domain.sections import CallOffMethod, SectionTermsDraft, bond_cap
from bidding.tenders.forms.drafting import SectionForm
from bidding.tenders.forms.reserving import ReserveForm
from bidding.tenders.models import Section
from bidding.tenders.policies import can_decide_for_owner
from bidding.tenders.views.owners import OwnerForm
from commons.domain.money import normal_text
from commons.domain.refusals import NotFound
from commons.pages import signed_in


class NewSection(OwnerForm):
    """A section."""

    title = gettext_lazy("Add a section")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return SectionForm(data, profile=self.profile(request))

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.add_section(
            actor=signed_in(request), tender_id=self.kwargs["tender_id"], terms=section_of(form), at=at
        )
        return self.draft_url() + "#sections"


class EditSection(OwnerForm):
    """A section of a draft; says how high its bond may be."""

    title = gettext_lazy("Change a section")

    def _section(self) -> Section:
        row = Section.objects.filter(pk=self.kwargs["section_id"], tender_id=self.kwargs["tender_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        section, profile = self._section(), self.profile(request)
        names = ("title", "scope", "kind", "estimate", "ceiling", "bond", "awards", "price_kind", "call_offs",
                 "right_use", "right_unit", "right_years", "start_price")  # fmt: skip
        initial = {name: getattr(section, name) for name in names} | {
            "grades": "\n".join(section.grades),
            "right_area": normal_text(section.right_area) if section.right_area is not None else None,
            "alternatives": "\n".join(f"{one['label']} {one['ceiling']}" for one in section.alternatives),
        }
        form = SectionForm(data, profile=profile, initial=initial)
        cap = bond_cap(profile, section.estimate)
        if cap and "bond" in form.fields:
            text = _("At most %(cap)s yuan for this estimate (%(source)s).")
            form.fields["bond"].help_text = text % {"cap": f"{cap[0]:,}", "source": cap[1]}
        return form

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.change_section(actor=signed_in(request), section_id=self._section().pk, terms=section_of(form), at=at)
        return self.draft_url() + "#sections"


class StateReserve(OwnerForm):
    """The secret reserve of a right: taken in, and shown to nobody again before the opening."""

    title = gettext_lazy("Secret reserve")

    def _section(self, request: HttpRequest) -> Section:
        actor, tender = signed_in(request), self.tender(request)
        can_decide_for_owner(actor, tender).require()
        row = tender.sections.filter(pk=self.kwargs["section_id"]).first()
        if row is None or not self.profile(request).has(Switch.RESERVE):
            raise NotFound()
        return row

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        stated = getattr(self._section(request), "reserve", None)
        return ReserveForm(data, initial=dict(stated.decision) if stated else {})

    def context(self, request: HttpRequest) -> dict[str, Any]:
        stated = getattr(self._section(request), "reserve", None)
        intro = _("No award is made below it. It is sealed as you save it, and nobody reads it before the bids are.")
        if stated is not None:
            at = timezone.localtime(stated.stated_at).strftime("%Y-%m-%d %H:%M")
            kept = _("A reserve was stated at %(at)s. Stated again, it takes its place; an empty amount takes it back.")
            intro = f"{intro} {kept % {'at': at}}"
        return {**super().context(request), "intro": intro}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ReserveForm)
        actor, section_id, said = signed_in(request), self._section(request).pk, form.said()
        if said is None:
            services.take_reserve_back(actor=actor, section_id=section_id, at=at)
            messages.success(request, _("The right is granted without a secret reserve."))
        else:
            services.state_reserve(actor=actor, section_id=section_id, reserve=said, at=at)
            messages.success(request, _("The secret reserve is sealed until the bids are read out."))
        return self.draft_url() + "#sections"


@require_POST
def remove_section(request: HttpRequest, tender_id: int, section_id: int) -> HttpResponse:
    """Take a section out of a draft."""
    services.remove_section(actor=signed_in(request), section_id=section_id, at=timezone.now())
    return HttpResponseRedirect(reverse("tenders:draft", args=[tender_id]) + "#sections")


def section_of(form: forms.Form) -> SectionTermsDraft:
    assert isinstance(form, SectionForm)
    given = form.cleaned_data
    return SectionTermsDraft(
        title=given["title"],
        scope=given["scope"],
        kind=given["kind"],
        estimate=given["estimate"],
        price_kind=given["price_kind"],
        ceiling=given["ceiling"],
        bond=given.get("bond"),
        alternatives=given.get("alternatives") or (),
        awards=given.get("awards") or 1,
        call_offs=given.get("call_offs") or CallOffMethod.DIRECT,
        grades=tuple(line.strip() for line in given.get("grades", "").splitlines() if line.strip()),
        right=form.right(),
    )
