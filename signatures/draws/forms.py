"""Forms of the centre's desk for draws."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commons.domain.time import SHANGHAI
from commons.people import queries as people
from signatures.draws.domain.plan import Beacon
from signatures.draws.services import PLATFORM, Holder


class Moment(forms.DateTimeField):
    """An instant in the time of Shanghai."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(widget=widget, help_text=_("UTC+8"), **options)

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        return found.replace(tzinfo=SHANGHAI) if found else None


class MomentsForm(forms.Form):
    """When a draw reveals, who holds secrets, and which beacon it waits for."""

    reveal_from = Moment(label=_("Revealing begins"))
    reveal_until = Moment(label=_("Revealing ends"))
    custodian = forms.CharField(
        label=_("Custodian beside the platform"),
        required=False,
        max_length=60,
        help_text=_("The sign-in name of a person, of the regulator for example. Needed where there is no beacon."),
    )
    party = forms.CharField(
        label=_("Party that adds a nonce"), required=False, max_length=60, help_text=_("A sign-in name, or nothing.")
    )
    beacon_source = forms.CharField(label=_("Public beacon"), required=False, max_length=80)
    beacon_round = forms.CharField(label=_("Round of the beacon"), required=False, max_length=80)
    beacon_known_from = Moment(label=_("Its value is known from"), required=False)

    def clean_custodian(self) -> Holder | None:
        return _holder(self.cleaned_data["custodian"])

    def clean_party(self) -> Holder | None:
        return _holder(self.cleaned_data["party"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        parts = [data.get(name) for name in ("beacon_source", "beacon_round", "beacon_known_from")]
        if any(parts) and not all(parts):
            raise forms.ValidationError(gettext("A beacon has a name, a round and the moment of its value."))
        return data

    @property
    def beacon(self) -> Beacon | None:
        data = self.cleaned_data
        if not data["beacon_source"]:
            return None
        return Beacon(data["beacon_source"], data["beacon_round"], data["beacon_known_from"])

    @property
    def custodians(self) -> list[Holder]:
        other = self.cleaned_data["custodian"]
        return [PLATFORM, other] if other else [PLATFORM]

    @property
    def parties(self) -> list[Holder]:
        other = self.cleaned_data["party"]
        return [other] if other else []


class DrawForm(MomentsForm):
    """A draw by hand."""

    title = forms.CharField(label=_("What is drawn"), max_length=200)
    subject = forms.CharField(
        label=_("For which procedure"), max_length=80, help_text=_("Its reference, such as procurement:12.")
    )
    roster = forms.CharField(
        label=_("Roster"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("One entry a line.")
    )
    exclusions = forms.CharField(
        label=_("Excluded"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Entries of the roster that may not be drawn, one a line."),
    )
    k = forms.IntegerField(label=_("How many are drawn"), min_value=1, initial=1)
    salted = forms.BooleanField(label=_("Publish the roster as salted hashes and open only the chosen"), required=False)
    field_order = ("title", "subject", "roster", "exclusions", "k", "salted")

    def lines(self, name: str) -> tuple[str, ...]:
        """The entries of a field, one a line."""
        return tuple(line.strip() for line in self.cleaned_data[name].splitlines() if line.strip())


class ReasonForm(forms.Form):
    """Why a draw is to be drawn anew."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It is published with the new draw: name no persons.")
    )


class BeaconForm(forms.Form):
    """What the beacon published for the announced round."""

    value = forms.RegexField(
        r"^([0-9a-fA-F]{2}){1,1024}$", label=_("Value of the beacon, in hexadecimal"), max_length=2048
    )


def _holder(username: str) -> Holder | None:
    if not username:
        return None
    person_id = people.person_id_of(username)
    held = people.roles_of(person_id) if person_id else ()
    if person_id is None or not held:
        raise forms.ValidationError(gettext("Nobody with a role signs in by this name."))
    return Holder(person_id, held[0].organisation_id)
