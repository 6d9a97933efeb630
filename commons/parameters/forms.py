"""Forms of the rule parameters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.parameters.definitions import TRADE_TYPES
from commons.parameters.domain.legality import Method, Verdict
from commons.parameters.domain.values import Mark
from commons.parameters.labels import MARKS, METHODS, TRADES, VERDICTS
from commons.texts import REGION_INVALID

_REGION_HELP = _("Six digits; empty for the whole country.")
_TRADES = [(name, TRADES[name]) for name in ("", *TRADE_TYPES)]


class FilterForm(forms.Form):
    """For which trade, region and day the list is shown."""

    trade_type = forms.ChoiceField(label=_("Trade"), choices=_TRADES, required=False)
    region = forms.RegexField(
        r"\A([1-9][0-9]{5})?\Z",
        label=_("Region"),
        required=False,
        help_text=_REGION_HELP,
        error_messages=REGION_INVALID,
    )
    on = forms.DateField(label=_("On the day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    words = forms.CharField(label=_("Search"), required=False, max_length=60)


class _Sourced(forms.Form):
    """Where a value comes from, and why it changes."""

    mark = forms.ChoiceField(
        label=_("How sure is the source"), choices=[(mark.value, MARKS[mark.value][0]) for mark in Mark]
    )
    valid_from = forms.DateField(
        label=_("Holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Projects that are published already keep the value of their day of publication."),
    )
    reason = forms.CharField(label=_("Reason of the change"), max_length=200)


class ValueForm(_Sourced):
    """A value from a day on."""

    field_order = ("value", "trade_type", "region", "valid_from", "source", "mark", "reason")

    value = forms.CharField(label=_("Value"), max_length=200)
    trade_type = forms.ChoiceField(label=_("Trade"), choices=_TRADES, required=False)
    region = forms.CharField(label=_("Region"), required=False, max_length=6, help_text=_REGION_HELP)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Law and article, or the local order with its number.")
    )


class LegalityForm(_Sourced):
    """Whether a method is lawful from a day on."""

    field_order = ("method", "sector", "region", "verdict", "valid_from", "article", "mark", "reason")

    method = forms.ChoiceField(label=_("Method"), choices=[(method.value, METHODS[method.value]) for method in Method])
    sector = forms.ChoiceField(label=_("Trade"), choices=_TRADES, required=False)
    region = forms.CharField(label=_("Region"), required=False, max_length=6, help_text=_REGION_HELP)
    verdict = forms.ChoiceField(
        label=_("The method is"), choices=[(verdict.value, VERDICTS[verdict.value][0]) for verdict in Verdict]
    )
    article = forms.CharField(
        label=_("Article or reform basis"), max_length=300, help_text=_("A reform basis with its number and date.")
    )
