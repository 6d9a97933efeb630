"""The tender document as its owner edits it: clauses, scoring table, bills of quantities, addenda."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.tenders.domain.document import CHAPTER_LABELS, CHAPTERS, KINDS, Clause, TenderDocument, as_content
from bidding.tenders.labels import CRITERIA
from commons.forms import offer


class DocumentForm(forms.Form):
    """The clauses and the scoring table of a document, as one field each; `blind`: there are blind volumes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clauses: int, criteria: int, blind: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chapters = [(name, gettext(CHAPTER_LABELS[name])) for name in CHAPTERS]
        kinds = [(kind, CRITERIA[kind]) for kind in KINDS]
        for number in range(clauses):
            self._text(f"c{number}_number", _("Number"), 20)
            self._text(f"c{number}_title", _("Title"), 120)
            self.fields[f"c{number}_chapter"] = forms.ChoiceField(label=_("Chapter"), choices=chapters, required=False)
            self.fields[f"c{number}_text"] = forms.CharField(
                label=_("Text"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
            )
            self.fields[f"c{number}_star"] = forms.BooleanField(label=_("A breach rejects the bid ★"), required=False)
        for number in range(criteria):
            self._text(f"s{number}_code", _("Code"), 20)
            self._text(f"s{number}_title", _("Title"), 120)
            self.fields[f"s{number}_kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds, required=False)
            self._text(f"s{number}_points", _("Points"), 8)
            self._text(f"s{number}_standard", _("Standard"), 400)
            if not blind:
                continue
            self.fields[f"s{number}_blind"] = forms.BooleanField(label=_("Blind"), required=False)
        self.counts = (clauses, criteria)

    def _text(self, name: str, label: Any, longest: int) -> None:
        self.fields[name] = forms.CharField(label=label, required=False, max_length=longest)

    def rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Clauses and criteria that are not left empty."""
        data = self.cleaned_data
        names = ("chapter", "number", "title", "text", "star")
        clauses = [{name: data[f"c{n}_{name}"] for name in names} for n in range(self.counts[0])]
        columns = ("code", "title", "kind", "points", "standard", "blind")
        criteria = [{name: data.get(f"s{n}_{name}", False) for name in columns} for n in range(self.counts[1])]
        return [row for row in clauses if row["number"] or row["text"]], [row for row in criteria if row["code"]]


class BillForm(forms.Form):
    """A bill of quantities."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("xlsx or CSV with the columns 项目编码, 项目名称, 计量单位, 工程量; 项目特征 if you like."),
    )


class AddendumForm(forms.Form):
    """A clarification, with answers to the open questions."""

    text = forms.CharField(
        label=_("Clarification or change"), widget=forms.Textarea(attrs={"rows": 4}), max_length=8000
    )
    affects_bids = forms.BooleanField(
        label=_("It affects how bids are written"),
        required=False,
        initial=True,
        help_text=_("Then the deadline moves by itself if fewer days are left than the law asks."),
    )

    clause = forms.ChoiceField(
        label=_("Clause that changes"), required=False, help_text=_("A change is a new version of the documents.")
    )
    clause_text = forms.CharField(
        label=_("Its new text"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, questions: list[tuple[int, str]], clauses: Sequence[Clause] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (f"{one.chapter} {one.number}", f"{gettext(CHAPTER_LABELS[one.chapter])} {one.number} {one.title}")
            for one in clauses
        ]
        offer(self, "clause", [("", "—"), *named])
        for number, text in questions:
            self.fields[f"q{number}"] = forms.CharField(
                label=text, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
            )

    def changed(self, document: TenderDocument) -> dict[str, Any] | None:
        """The document with the clause changed; nothing where none was chosen."""
        place, text = self.cleaned_data["clause"], self.cleaned_data["clause_text"].strip()
        if not place or not text:
            return None
        clauses = tuple(
            replace(one, text=text) if f"{one.chapter} {one.number}" == place else one for one in document.clauses
        )
        return as_content(replace(document, clauses=clauses))

    def answers(self) -> dict[int, str]:
        """Question → answer, where one was given."""
        given = self.cleaned_data.items()
        return {int(name[1:]): value for name, value in given if name[0] == "q" and name[1:].isdigit() and value}
