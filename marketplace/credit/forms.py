"""Forms of credit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import offer
from marketplace.credit.domain.ratings import ASPECTS, Side
from marketplace.credit.labels import ASPECTS as LABELS


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, required=required, widget=forms.Textarea(attrs={"rows": 4}))


class RateForm(forms.Form):
    """Stars for each aspect."""

    def __init__(self, *args: Any, side: Side, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.side = side
        for aspect in ASPECTS[side]:
            stars = [(str(number), f"{'★' * number} {number}") for number in range(most, 0, -1)]
            choices = [("", _("Choose")), *stars]  # nobody gives five stars by not looking
            self.fields[aspect] = forms.ChoiceField(label=LABELS[aspect], choices=choices)
        self.fields["words"] = _words(_("In words; needed for two stars or fewer"), required=False)

    def stars(self) -> dict[str, int]:
        return {aspect: int(self.cleaned_data[aspect]) for aspect in ASPECTS[self.side]}


class WordsForm(forms.Form):
    """Words."""

    words = _words(_("In words"))


class DecisionForm(forms.Form):
    """A numbered decision of the authority, one way or the other."""

    verdict = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    body = forms.CharField(label=_("Deciding authority"), max_length=80)
    number = forms.CharField(label=_("Number of the document"), max_length=60)
    file = forms.FileField(label=_("Document (PDF)"))
    words = _words(_("What it says"))

    def __init__(self, *args: Any, verdicts: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "verdict", verdicts)


class LetterForm(forms.Form):
    """A letter of the authority under its number."""

    body = forms.CharField(label=_("Issuing authority"), max_length=80)
    number = forms.CharField(label=_("Number of the letter"), max_length=60)
    file = forms.FileField(label=_("Document (PDF)"))
    words = _words(_("What it says, for everybody to read"))


class ProposeForm(forms.Form):
    """Propose an entry of a list."""

    colour = forms.ChoiceField(
        label=_("List"), choices=[("RED", _("Red list (honoured)")), ("BLACK", _("Black list (barred)"))]
    )
    reason = _words(_("Reason"))
