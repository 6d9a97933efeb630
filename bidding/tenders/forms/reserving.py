"""The form of a secret reserve."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.tenders.domain.reserves import Reserve
from bidding.tenders.forms.fields import amount


class ReserveForm(forms.Form):
    """How much at least, and whose decision it is. An empty amount takes a stated reserve back."""

    amount = amount(
        _("Secret reserve"),
        required=False,
        help_text=_("Yuan. Not below the start price, nor below the least price that the state sets."),
    )
    body = forms.CharField(label=_("Who decided it together"), max_length=80, required=False)
    number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    decided_on = forms.DateField(
        label=_("Day of the decision"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Published with the notice: who decided, number and day. The amount is not."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("amount") is not None:
            for name in ("body", "number", "decided_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(
                        name, gettext("A reserve is decided together: say by whom, when and under which number.")
                    )
        return given

    def said(self) -> Reserve | None:
        """What is stated; nothing where it is taken back."""
        given = self.cleaned_data
        found: Decimal | None = given["amount"]
        return None if found is None else Reserve(found, given["body"], given["number"], given["decided_on"])
