"""What a company enters into its library, and the agreement of a consortium."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.bids.labels import KINDS
from bidding.bids.services.consortia import Said
from commons.forms import DecimalField


class ItemForm(forms.Form):
    """A licence, a person or a finished project."""

    kind = forms.ChoiceField(choices=list(KINDS.items()), label=_("Kind"))
    title = forms.CharField(max_length=120, label=_("Name of the licence, the person or the project"))
    number = forms.CharField(required=False, max_length=80, label=_("Number of the licence or certificate"))
    role = forms.CharField(required=False, max_length=60, label=_("Role of the person"))
    amount = DecimalField(
        required=False, max_digits=16, decimal_places=2, min_value=0, label=_("Amount of the project, yuan")
    )
    valid_until = forms.DateField(
        required=False, label=_("Valid until, or finished on"), widget=forms.DateInput({"type": "date"})
    )


class MemberForm(forms.Form):
    """One member of a consortium; a row that is left empty is none."""

    uscc = forms.CharField(label=_("Unified social credit code"), required=False, max_length=18)
    share = DecimalField(
        label=_("Share, percent"), required=False, max_digits=6, decimal_places=3, min_value=0, max_value=100
    )
    role = forms.CharField(label=_("Part of the work"), required=False, max_length=200)
    licence = forms.CharField(label=_("Qualifications that it brings, with grade"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        needed = ("uscc", "share", "role")
        given = [name for name in (*needed, "licence") if said.get(name) not in (None, "")]
        for name in needed if given else ():
            if name not in given and name not in self.errors:
                self.add_error(name, _("Fill this row in whole, or leave it empty."))
        return said


FEWEST_ROWS, MOST_ROWS = 3, 10


class ConsortiumForm(forms.Form):
    """The members of a consortium, a row each, the lead first."""

    rows = forms.IntegerField(min_value=FEWEST_ROWS, max_value=MOST_ROWS, widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, members: list[dict[str, Any]]) -> None:
        super().__init__(data, initial={"rows": max(FEWEST_ROWS, len(members))})
        count = _count(data.get("rows")) if data is not None else self.initial["rows"]
        given = [*members, *({} for _ in range(MOST_ROWS))]
        self.members = [MemberForm(data, prefix=str(n), initial=given[n]) for n in range(count)]

    def is_valid(self) -> bool:
        """Every row, so that each tells what it lacks."""
        return all([super().is_valid(), *(row.is_valid() for row in self.members)])

    def said(self) -> list[Said]:
        """The rows that are filled in."""
        found = [row.cleaned_data for row in self.members if row.cleaned_data.get("uscc")]
        return [Said(one["uscc"], one["share"], one["role"], one["licence"]) for one in found]


def _count(text: Any) -> int:
    return min(max(int(text), FEWEST_ROWS), MOST_ROWS) if str(text).isascii() and str(text).isdigit() else FEWEST_ROWS
