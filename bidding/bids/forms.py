"""What a company enters into its library."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.bids.labels import KINDS


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
