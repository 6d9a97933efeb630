"""Forms of an entry, of its practitioners and of bans."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.domain.time import SHANGHAI
from commons.texts import PHONE_INVALID

PHONE = r"^[0-9+() -]{5,30}$"


class EntryForm(forms.Form):
    """What an organisation says of itself."""

    contact_name = forms.CharField(label=_("Contact"), max_length=64)
    contact_phone = forms.RegexField(label=_("Telephone"), regex=PHONE, error_messages=PHONE_INVALID)
    introduction = forms.CharField(
        label=_("What others should know of you"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PractitionerForm(forms.Form):
    """One professional."""

    name = forms.CharField(label=_("Name"), max_length=40)
    title = forms.CharField(label=_("Professional title"), max_length=80)
    certificate = forms.CharField(label=_("Certificate number"), max_length=40)
    valid_until = forms.DateField(
        label=_("Last day of the certificate"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class ReturnForm(forms.Form):
    """Why an entry goes back."""

    reason = forms.CharField(label=_("What is to be mended"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class LeaveForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(label=_("I have read what follows and leave the supermarket"))


class BanForm(forms.Form):
    """A decision of the authority on an organisation's standing."""

    step = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("suspend", _("Suspend the entry in this city")),
            ("restrict", _("Restrict in the whole province")),
            ("restore", _("End the suspension")),
            ("lift", _("Lift the restriction")),
        ],
    )
    body = forms.CharField(label=_("Deciding authority"), max_length=80)
    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    document = forms.FileField(label=_("The decision (PDF)"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    until = forms.DateField(
        label=_("Last day, if it ends by itself"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def ends_at(self) -> datetime | None:
        """The end of the last day in Shanghai."""
        day = self.cleaned_data["until"]
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1) if day else None


def items_field(choices: list[tuple[int, str]], chosen: Any) -> forms.Form:
    """The services that an agency offers, as boxes to tick."""

    class ItemsForm(forms.Form):
        items = forms.MultipleChoiceField(
            label=_("Services that you offer"),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=chosen,
        )

    return ItemsForm()
