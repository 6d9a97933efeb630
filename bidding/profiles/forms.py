"""The form of a procedure profile: its fields come from what profiles may declare, so a new procedure needs no code."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile, as_content
from bidding.profiles.domain.vocabulary import CHOICES, FLAG, LIMITS, SWITCH_LABELS, THRESHOLDS, Switch
from commons.domain.deadlines import Unit
from commons.parameters.domain.legality import Method
from commons.parameters.labels import METHODS
from commons.parameters.labels import UNITS as WORDS_OF_UNITS
from commons.texts import REGION_INVALID

WORDS: dict[str, Any] = {
    "true": _("yes"),
    "false": _("no"),
    "NONE": _("none"),
    "QUALIFIED": _("all who qualify"),
    "LIMITED": _("a limited number"),
    "AND": _("bidder and officers"),
    "OFFICERS": _("officers alone"),
    "AMOUNT": _("amount"),
    "DISCOUNT_RATE": _("discount rate"),
    "BOTH": _("both"),
    "CONTRACT": _("the contract"),
    "AWARD_NOTICE": _("the award notice"),
    "FAILS": _("the tender fails"),
    "GRANT": _("granted"),
    "TRANSFER": _("transferred"),
    "COMPETITION": _("it goes on while competition remains"),
}
UNITS = [(unit.value, WORDS_OF_UNITS[unit.value]) for unit in Unit]
MARKS = [("V", "V"), ("V2", "V2"), ("R", "R"), ("D", "D")]


class ProfileForm(forms.Form):
    """Everything that a profile declares; a limit whose count is empty is not declared."""

    code = forms.RegexField(label=_("Code"), regex=r"^[A-Z0-9_]{3,40}$", help_text=_("A new code is a new procedure."))
    label = forms.CharField(label=_("Name in English"), max_length=80)
    label_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    source = forms.CharField(label=_("Legal source"), max_length=200)
    region = forms.RegexField(
        label=_("Region"),
        regex=r"^([1-9][0-9]{5})?$",
        required=False,
        help_text=_("Empty for the whole country."),
        error_messages=REGION_INVALID,
    )
    valid_from = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Why it changes"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        self.content = as_content(profile)
        kwargs["initial"] = {**kwargs.get("initial", {}), **_initial(profile)}
        super().__init__(*args, **kwargs)
        methods = [(method.value, METHODS[method.value]) for method in Method]
        self.fields["method"] = forms.ChoiceField(label=_("Method"), choices=methods)
        for switch in Switch:
            choices = [(one, WORDS[one]) for one in CHOICES.get(switch, FLAG)]
            self.fields[f"switch_{switch.value}"] = forms.ChoiceField(
                label=gettext(SWITCH_LABELS[switch]), choices=choices
            )
        for name, (_bound, label) in LIMITS.items():
            self._row("limit", name.value, gettext(label))
        for key, (_bound, label) in THRESHOLDS.items():
            self._row("threshold", key.value, gettext(label))

    def _row(self, kind: str, name: str, label: str) -> None:
        """One line of the table of limits or thresholds; each cell tells a screen reader its line and column."""
        shape = r"^[0-9]{1,4}$" if kind == "limit" else r"^[0-9]{1,9}(\.[0-9]{1,4})?$"
        prefix = f"{kind}_{name}"
        self.fields[f"{prefix}_count"] = forms.RegexField(label=label, regex=shape, required=False)
        if kind == "limit":
            self.fields[f"{prefix}_unit"] = forms.ChoiceField(label=f"{label}: {gettext('Unit')}", choices=UNITS)
        self.fields[f"{prefix}_source"] = forms.CharField(
            label=f"{label}: {gettext('Source')}", max_length=200, required=False
        )
        self.fields[f"{prefix}_mark"] = forms.ChoiceField(label=f"{label}: {gettext('Certainty')}", choices=MARKS)
        for part in ("count", "unit", "source", "mark"):
            if field := self.fields.get(f"{prefix}_{part}"):
                style = "form-select" if part in ("unit", "mark") else "form-control"
                field.widget.attrs |= {"class": style, "aria-label": field.label}

    def rows(self, kind: str) -> list[list[Any]]:
        """The fields of each limit or threshold."""
        parts = ("count", "unit", "source", "mark") if kind == "limit" else ("count", "source", "mark")
        names = [name.value for name in (LIMITS if kind == "limit" else THRESHOLDS)]
        return [[self[f"{kind}_{name}_{part}"] for part in parts] for name in names]

    def switches(self) -> list[Any]:
        return [self[f"switch_{switch.value}"] for switch in Switch]

    def as_content(self) -> dict[str, Any]:
        """The profile's JSON with what was filled in; document set and formulas stay those of the profile."""
        data = self.cleaned_data
        limits, thresholds = {}, {}
        for name in LIMITS:
            if count := data[f"limit_{name.value}_count"]:
                limits[name.value] = {"count": count, **self._parts("limit", name.value, "unit")}
        for key in THRESHOLDS:
            if count := data[f"threshold_{key.value}_count"]:
                thresholds[key.value] = {"value": count, **self._parts("threshold", key.value)}
        return {
            **self.content,
            **{name: data[name] for name in ("code", "label", "label_zh", "source", "region", "method")},
            "switches": {switch.value: data[f"switch_{switch.value}"] for switch in Switch},
            "limits": limits,
            "thresholds": thresholds,
        }

    def _parts(self, kind: str, name: str, *more: str) -> dict[str, str]:
        return {part: self.cleaned_data[f"{kind}_{name}_{part}"] for part in (*more, "source", "mark")}


def _initial(profile: ProcedureProfile) -> dict[str, str]:
    found = {name: getattr(profile, name) for name in ("code", "label", "label_zh", "source", "region")}
    found["method"] = profile.method.value
    found |= {f"switch_{switch.value}": profile.choice(switch) for switch in Switch}
    for name, limit in profile.limits.items():
        for part in ("count", "unit", "source", "mark"):
            found[f"limit_{name.value}_{part}"] = getattr(limit, part)
    content = as_content(profile)["thresholds"]
    for key, row in content.items():
        for part, value in (("count", row["value"]), ("source", row["source"]), ("mark", row["mark"])):
            found[f"threshold_{key}_{part}"] = value
    return found
