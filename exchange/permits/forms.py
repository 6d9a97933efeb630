"""Forms of the registry."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField
from commons.texts import REGION_INVALID
from exchange.permits.domain.permits import PermitCommand
from exchange.permits.labels import HELD, INDUSTRIES, INSTRUMENT_LABELS
from exchange.projects.domain.trades import Instrument

REGION = r"^[1-9][0-9]{5}$"
POLLUTANTS = [(key, label) for key, label in INSTRUMENT_LABELS.items() if key != Instrument.CARBON]


def day(label: object, *, required: bool = True) -> forms.DateField:
    """A day with the browser's own picker."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=picker)  # type: ignore[arg-type]


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
            self.fields[need_name(key)] = DecimalField(
                label=_("%(pollutant)s that may be bought") % {"pollutant": label}, required=False, max_digits=12,
                decimal_places=3, min_value=Decimal("0.000"),
                help_text=_("Tonnes a year that the environmental assessment approves; empty where it says nothing."),
            )  # fmt: skip


class CorrectPermitForm(PermitForm):
    """The right particulars, and why the entry was wrong."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class RenewPermitForm(forms.Form):
    """The term that follows the one that runs."""

    applied_on = day(_("Applied for on"))
    valid_until = day(_("Last day of the new term"))
    document_ref = forms.CharField(label=_("Number of the decision"), max_length=120)


class MovementForm(forms.Form):
    """A movement of rights by decision: in, out of reach, back, or gone for good."""

    kind = forms.ChoiceField(
        label=_("What was decided"),
        choices=[
            ("ALLOCATE", _("Allocate")),
            ("FREEZE", _("Freeze")),
            ("UNFREEZE", _("Give free what this decision froze")),
            ("CANCEL", _("Cancel for good")),
        ],
        widget=forms.RadioSelect,
    )
    instrument = forms.ChoiceField(label=_("Instrument"), choices=list(INSTRUMENT_LABELS.items()))
    held_as = forms.ChoiceField(
        label=_("Held as"), required=False, choices=list(HELD.items()), help_text=_("Only of an allocation.")
    )
    region = forms.RegexField(
        label=_("Region"), regex=REGION, required=False, error_messages=REGION_INVALID,
        help_text=_("Only of an allocation: the region that issues it, six digits (GB/T 2260)."),
    )  # fmt: skip
    quantity = DecimalField(
        label=_("Quantity"), required=False, max_digits=15, decimal_places=3, min_value=Decimal("0.001"),
        help_text=_("Pollutants in tonnes a year, carbon in tonnes; empty where a freeze ends, which ends whole."),
    )  # fmt: skip
    valid_from = day(_("First day"), required=False)
    valid_until = day(_("Last day"), required=False)
    document_ref = forms.CharField(
        label=_("Number of the decision"), max_length=120, help_text=_("A freeze ends under the number it began with.")
    )
    document = forms.FileField(label=_("The decision itself"), required=False, help_text=_("PDF, at most 50 MB."))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput)
    """Sent twice, it is entered once."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        needed = {"ALLOCATE": ("quantity", "held_as", "region"), "UNFREEZE": ()}.get(
            said.get("kind", ""), ("quantity",)
        )
        for name in needed:
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed here."))
        first, last = said.get("valid_from"), said.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day lies before the first."))
        return said


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


def need_name(instrument: str) -> str:
    """The form field of the need of a pollutant that may be bought."""
    return "need_" + instrument.replace("-", "_")
