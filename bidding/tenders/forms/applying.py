"""Prequalification: the application of a bidder, and what its owner found of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commons.forms import offer

FEWEST_MEMBERS, MOST_MEMBERS = 2, 9


class ApplicationForm(forms.Form):
    """An application for prequalification."""

    statement = forms.CharField(
        label=_("How you meet what is asked"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    file = forms.FileField(label=_("Application documents"), required=False, help_text=_("PDF, at most 50 MB."))
    rows = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """How many fields for members stand below."""

    def __init__(self, data: Any, *args: Any, consortium: bool, members: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        rows = self.shown(data) if data is not None else max(FEWEST_MEMBERS, len(members))
        self.initial["rows"] = rows
        self.members = [f"member_{place}" for place in range(1, rows + 1)] if consortium else []
        given = (*members, *[""] * MOST_MEMBERS)
        for place, name in enumerate(self.members, 1):
            self.fields[name] = forms.CharField(
                label=gettext("Member %(number)s of your consortium besides you: unified social credit code")
                % {"number": place},
                required=False,
                max_length=18,
                initial=given[place - 1],
            )
        if self.members:
            last = self.fields[self.members[-1]]
            last.help_text = gettext("After the prequalification nobody joins or leaves.")

    @staticmethod
    def shown(data: Mapping[str, Any]) -> int:
        """How many fields for members the page has that sent `data`."""
        said = str(data.get("rows"))
        found = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else FEWEST_MEMBERS
        return min(max(found, FEWEST_MEMBERS), MOST_MEMBERS)

    @property
    def may_grow(self) -> bool:
        return bool(self.members) and len(self.members) < MOST_MEMBERS

    def codes(self) -> str:
        """The codes that are filled in, blanks between them."""
        return " ".join(code for name in self.members if (code := self.cleaned_data[name].strip()))


class JudgeForm(forms.Form):
    """What the review found of an application; a score only where it decides who is invited."""

    qualified = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("yes", _("Prequalified")), ("no", _("Not prequalified"))],
        widget=forms.RadioSelect,
    )
    score = forms.RegexField(label=_("Score"), regex=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", required=False)
    reason = forms.CharField(label=_("Grounds"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, staged: bool, scored: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not scored:
            del self.fields["score"]
        if staged:
            offer(self, "qualified", [("yes", _("Taken on")), ("no", _("Not taken on"))])
