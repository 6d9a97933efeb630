"""Procedures for everybody to read, and for operators to revise."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bidding.profiles import queries, services
from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import (
    FORMULAS,
    LIMITS,
    SECTOR_LABELS,
    SWITCH_LABELS,
    THRESHOLDS,
    Switch,
)
from bidding.profiles.forms import WORDS, ProfileForm
from bidding.profiles.policies import can_edit_profiles
from commons.domain.deadlines import local_day
from commons.domain.money import normal_text
from commons.pages import FormPage, actor_of, signed_in, who
from commons.parameters.labels import METHODS, UNITS


@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Every procedure in force, by sector, with the article that allows it or bars it."""
    today = local_day(timezone.now())
    offers = queries.choices(region="", on=today)
    groups = [
        (_(SECTOR_LABELS[sector]), [(name_of(offer.view.profile), offer) for offer in found])
        for sector, found in groupby(offers, key=lambda one: one.view.profile.sector)
    ]
    return render(request, "profiles/list.html", {"groups": groups})


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: switches, limits, thresholds, document set, formulas, and every version."""
    viewer = actor_of(request)
    view = queries.profile(code, on=local_day(timezone.now()))
    history = queries.history(code)
    profile = view.profile
    context = {
        "view": view,
        "name": name_of(profile),
        "sector": _(SECTOR_LABELS[profile.sector]),
        "method": METHODS[profile.method.value],
        "switches": [(_(SWITCH_LABELS[one]), WORDS[profile.choice(one)]) for one in Switch if profile.has(one)],
        "limits": [
            (_(LIMITS[name][1]), one, UNITS.get(one.unit.value, one.unit.value)) for name, one in profile.limits.items()
        ],
        "thresholds": [
            (_(THRESHOLDS[name][1]), normal_text(one.value), one) for name, one in profile.thresholds.items()
        ],
        "formulas": [(_(FORMULAS[one.formula]), one) for one in profile.formulas],
        "history": history,
        "who": who((one.entered_by for one in history), viewer=viewer),
        "english": (get_language() or "").startswith("en"),
        "may_edit": bool(can_edit_profiles(viewer)),
    }
    return render(request, "profiles/profile.html", context)


class EditProfile(FormPage):
    """A new version, or a procedure of its own under another code."""

    template_name = "profiles/edit.html"

    @cached_property
    def _profile(self) -> ProcedureProfile:
        return queries.profile(self.kwargs["code"], on=local_day(timezone.now())).profile

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_edit_profiles(signed_in(request)).require()
        today = local_day(timezone.now())
        self.made = ProfileForm(data, profile=self._profile, initial={"valid_from": today})
        return self.made

    def context(self, request: HttpRequest) -> dict[str, Any]:
        profile = self._profile
        return {
            "name": name_of(profile),
            "code": profile.code,
            "limits": self.made.rows("limit"),
            "thresholds": self.made.rows("threshold"),
            "switches": self.made.switches(),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, ProfileForm)
        version = services.enter_version(
            actor=signed_in(request),
            content=form.as_content(),
            valid_from=form.cleaned_data["valid_from"],
            reason=form.cleaned_data["reason"],
            at=at,
            based_on=self.kwargs["code"],
        )
        text = _("Version %(version)s is entered. Published tenders keep theirs.")
        messages.success(request, text % {"version": version})
        return reverse("profiles:list")


def name_of(profile: ProcedureProfile) -> str:
    """A procedure in the reader's language."""
    return profile.label if (get_language() or "").startswith("en") else profile.label_zh
