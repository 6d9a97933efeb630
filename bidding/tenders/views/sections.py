"""Sections of a draft."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from bidding.tenders import services
from bidding.tenders.domain.sections import CallOffMethod, SectionTermsDraft, bond_cap
from bidding.tenders.forms.drafting import SectionForm
from bidding.tenders.models import Section
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
