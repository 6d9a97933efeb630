"""Forms of rosters, rehearsals and supervision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from signatures.crypto.suites import Suite
from signatures.envelopes.labels import suite_choices


class RosterForm(forms.Form):
    """Who opens, and how many of them together."""

    name = forms.CharField(label=_("Name of the roster"), max_length=80)
    members = forms.MultipleChoiceField(label=_("Officers"), widget=forms.CheckboxSelectMultiple)
    k = forms.IntegerField(label=_("How many open together"), min_value=2, max_value=15, initial=2)
    suite = forms.TypedChoiceField(
        label=_("Algorithms"),
        coerce=Suite,
        required=False,
        empty_value=Suite.INTERNATIONAL,
        initial=Suite.INTERNATIONAL,
        help_text=_(
            "Every officer's key is of them, and every file that is sealed to this roster. With the national ones a "
            "browser seals about 5 megabytes in a second."
        ),
    )

    def __init__(self, data: Any, *, colleagues: dict[int, str]) -> None:
        super().__init__(data)
        offered = self.fields["suite"]
        assert isinstance(offered, forms.TypedChoiceField)
        offered.choices = suite_choices()
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(number), name) for number, name in colleagues.items()]


class RehearsalForm(forms.Form):
    """An opening for practice."""

    roster = forms.TypedChoiceField(label=_("Roster of officers"), coerce=int)
    minutes = forms.IntegerField(label=_("Minutes until the deadline"), min_value=1, max_value=120, initial=20)

    def __init__(self, data: Any, *, rosters: list[tuple[int, str]]) -> None:
        super().__init__(data)
        field = self.fields["roster"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(str(number), name) for number, name in rosters]


class SupervisionForm(forms.Form):
    """What the supervisor saw."""

    remark = forms.CharField(label=_("What you saw"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DutyForm(forms.Form):
    """Until when an officer is away; empty: on duty."""

    away_until = forms.DateTimeField(
        label=_("Away until (empty: on duty)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
