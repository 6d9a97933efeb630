"""What a company enters into its library, and the agreement of a consortium."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.bids.labels import KINDS
from bidding.bids.services.consortia import Said


class ItemForm(forms.Form):
    """A licence, a person or a finished project."""

    kind = forms.ChoiceField(choices=list(KINDS.items()), label=_("Kind"))
    title = forms.CharField(max_length=120, label=_("Name of the licence, the person or the project"))
    number = forms.CharField(required=False, max_length=80, label=_("Number of the licence or certificate"))
    role = forms.CharField(required=False, max_length=60, label=_("Role of the person"))
    amount = forms.DecimalField(
        required=False, max_digits=16, decimal_places=2, min_value=0, label=_("Amount of the project, yuan")
    )
    valid_until = forms.DateField(
        required=False, label=_("Valid until, or finished on"), widget=forms.DateInput({"type": "date"})
    )


class ConsortiumForm(forms.Form):
    """The members of a consortium, one a line."""

    members = forms.CharField(
        label=_("Members, the lead first"),
        help_text=_("One a line: unified social credit code, share in percent, part of the work; with commas."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )

    def clean_members(self) -> list[Said]:
        """Each line as a member; a line that cannot be read is named."""
        found = []
        for line in self.cleaned_data["members"].replace("，", ",").splitlines():
            parts: list[Any] = [part.strip() for part in line.split(",", 2)]
            if not line.strip():
                continue
            try:
                found.append(Said(parts[0], Decimal(parts[1].rstrip("%")), parts[2]))
            except (IndexError, InvalidOperation):
                raise forms.ValidationError(_("This line cannot be read: %(line)s") % {"line": line}) from None
        return found

    def said(self) -> list[Said]:
        members: list[Said] = self.cleaned_data["members"]
        return members
