"""Forms of selections: the panel, its score sheet, the owner's pick."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField, offer
from marketplace.selection.domain.case import Case, Criterion


class PanelForm(forms.Form):
    """Logins of the members, one a line."""

    logins = forms.CharField(
        label=_("Logins of the members, one a line"),
        help_text=_("Nobody who works for an agency that signed up. The members' names are published with the result."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ScoreForm(forms.Form):
    """Points for each proposal and criterion."""

    def __init__(self, *args: Any, case: Case, numbers: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.case, self.numbers = case, numbers
        self.places: dict[str, tuple[str, Criterion]] = {}
        for number in numbers:
            for criterion in case.terms.criteria:
                name = f"{number}-{criterion.key}"
                self.places[name] = (number, criterion)
                self.fields[name] = DecimalField(
                    label=f"{criterion.label} (0–{criterion.points})",
                    min_value=Decimal(0),
                    max_value=criterion.points,
                    decimal_places=2,
                )

    def proposals(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The boxes of each proposal under its number and agency."""
        return [
            (
                f"{number} · {self.case.entrant(number).name}",
                [self[name] for name, (owner, _criterion) in self.places.items() if owner == number],
            )
            for number in self.numbers
        ]

    def sheet(self) -> dict[tuple[str, str], Decimal]:
        """Number and criterion to points."""
        return {(number, one.key): self.cleaned_data[name] for name, (number, one) in self.places.items()}


class PickForm(forms.Form):
    """One of the small list, with the reason."""

    number = forms.ChoiceField(label=_("Agency"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason, published"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, case: Case, numbers: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        word = _("credit")
        choices = [
            (number, f"{number} · {case.entrant(number).name} · {word} {case.entrant(number).credit:f}")
            for number in numbers
        ]
        offer(self, "number", choices)
