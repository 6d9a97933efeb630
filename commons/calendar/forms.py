"""Forms of the calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.domain.deadlines import LONGEST, Direction, Unit

DAY = {"type": "date"}


class DayForm(forms.Form):
    """What a day is, from now on."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    region = forms.CharField(
        label=_("Region"),
        required=False,
        max_length=6,
        help_text=_("Six digits; empty for the whole country. A typhoon day of Foshan: 440600."),
    )
    working = forms.TypedChoiceField(
        label=_("The day is"),
        choices=[("yes", _("a working day")), ("no", _("a day off"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    name = forms.CharField(label=_("Name of the day"), max_length=64, required=False)
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("The notice or order with its number and date.")
    )
    reason = forms.CharField(
        label=_("Reason, when an entry is replaced"),
        max_length=200,
        required=False,
        help_text=_("The entry in force stays on record and names this one as its successor."),
    )


class YearForm(forms.Form):
    """The arrangement of a year is entered."""

    source = forms.CharField(label=_("Notice with its number"), max_length=200)


class DeadlineForm(forms.Form):
    """A limit to compute."""

    start = forms.DateField(label=_("From (day 0)"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    add = forms.IntegerField(label=_("How many"), min_value=0, max_value=LONGEST)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[(Unit.WORKING_DAY.value, _("working days")), (Unit.DAY.value, _("days"))]
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[(Direction.AFTER.value, _("after")), (Direction.BEFORE.value, _("before"))],
    )
