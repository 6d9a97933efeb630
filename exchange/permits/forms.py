"""Forms of the registry."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField
from commons.texts import REGION_INVALID
from exchange.permits.domain.permits import PermitCommand
from exchange.permits.labels import INDUSTRIES, INSTRUMENT_LABELS
from exchange.projects.domain.trades import Instrument

REGION = r"^[1-9][0-9]{5}$"
POLLUTANTS = [(key, label) for key, label in INSTRUMENT_LABELS.items() if key != Instrument.CARBON]


def day(label: object) -> forms.DateField:
    """A day with the browser's own picker."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # type: ignore[arg-type]


class RegistryFilter(forms.Form):
    """What the registry's list shows."""

    search = forms.CharField(label=_("Holder, permit number or code"), required=False, max_length=60)
    instrument = forms.ChoiceField(label=_("Pollutant"), required=False, choices=[("", _("All")), *POLLUTANTS])
    region = forms.RegexField(label=_("Region"), regex=REGION, required=False, error_messages=REGION_INVALID)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "instrument" else "form-control"


class PermitForm(forms.Form):
    """What stands on a permit; further pollutants come with the import or a correction."""

    number = forms.CharField(label=_("Number of the permit"), max_length=40)
    uscc = forms.CharField(label=_("Unified social credit code of the holder"), max_length=18)
    region = forms.RegexField(
        label=_("Region"), regex=REGION, help_text=_("Six digits (GB/T 2260)."), error_messages=REGION_INVALID
    )
    basin = forms.CharField(label=_("Basin"), max_length=40, required=False)
    industry = forms.ChoiceField(label=_("Industry"), choices=list(INDUSTRIES.items()))
    valid_from = day(_("First day"))
    valid_until = day(_("Last day"))
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        for key, label in POLLUTANTS:
            self.fields[limit_name(key)] = DecimalField(
                label=label, required=False, max_digits=12, decimal_places=3, min_value=Decimal("0.000"),
                help_text=_("Permitted tonnes a year; empty where the permit does not name it."),
            )  # fmt: skip


class CorrectPermitForm(PermitForm):
    """The right particulars, and why the entry was wrong."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DecidePermitForm(forms.Form):
    """A decision about a permit."""

    command = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (PermitCommand.SUSPEND.value, _("Suspend")),
            (PermitCommand.RESUME.value, _("Put in force again")),
            (PermitCommand.REVOKE.value, _("Revoke")),
            (PermitCommand.SURRENDER.value, _("Accept the surrender")),
        ],
    )
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)


class ReverseForm(forms.Form):
    """Why a movement was wrong."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)


class BasinForm(forms.Form):
    """The basin of a region."""

    region = forms.RegexField(
        label=_("Region"), regex=REGION, help_text=_("Six digits (GB/T 2260)."), error_messages=REGION_INVALID
    )
    basin = forms.CharField(label=_("Basin"), max_length=40)
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)


class TargetForm(forms.Form):
    """An area that misses its quality target."""

    region = forms.RegexField(
        label=_("Region"), regex=REGION, help_text=_("Six digits (GB/T 2260)."), error_messages=REGION_INVALID
    )
    instrument = forms.ChoiceField(label=_("Pollutant"), choices=POLLUTANTS)
    missed_from = day(_("Since"))
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)


def limit_name(instrument: str) -> str:
    """The form field of a pollutant's limit."""
    return "limit_" + instrument.replace("-", "_")
