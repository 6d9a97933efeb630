"""Forms of the owner's, the centre's and the bidder's pages of tenders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import FORMULAS, SECTOR_LABELS, Sector, Switch
from bidding.tenders.domain.completeness import items_for
from bidding.tenders.domain.document import CHAPTER_LABELS, CHAPTERS, KINDS, Clause, TenderDocument, as_content
from bidding.tenders.domain.sections import CALL_OFF_METHODS, kinds_of
from bidding.tenders.labels import CRITERIA, PRICE_KINDS, SECTION_KINDS, in_language
from commons.domain.time import SHANGHAI
from commons.forms import DecimalField
from commons.texts import PHONE_INVALID, REGION_INVALID
from signatures.envelopes.labels import suite_choices

REGION = r"^[1-9][0-9]{5}$"


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    """An instant in the time of Beijing."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text or _("Time of Beijing (UTC+8)."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


def amount(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    """Yuan, to the fen."""
    return DecimalField(
        label=label, required=required, max_digits=16, decimal_places=2, min_value=Decimal("0.01"),
        help_text=help_text or _("Yuan."),
    )  # fmt: skip


class PlanForm(forms.Form):
    """A plan and its budget."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    number = forms.CharField(label=_("Number of the plan"), max_length=60)
    title = forms.CharField(label=_("Title"), max_length=120)
    sector = forms.ChoiceField(label=_("Sector"), choices=[])
    budget = amount(_("Budget"))
    budget_source = forms.CharField(label=_("Where the money comes from"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"] = forms.ChoiceField(label=_("Sector"), choices=sectors())


class ProjectForm(forms.Form):
    """A project that tenders belong to."""

    title = forms.CharField(label=_("Title of the project"), max_length=120)
    region = forms.RegexField(
        label=_("Region"),
        initial="440600",
        help_text=_("Six digits (GB/T 2260); Foshan is 440600."),
        regex=REGION,
        error_messages=REGION_INVALID,
    )
    budget = amount(_("Budget"))
    approval_body = forms.CharField(label=_("Who approved the project"), max_length=80, required=False)
    approval_no = forms.CharField(label=_("Number of the approval"), max_length=60, required=False)

    def __init__(self, *args: Any, plans: list[tuple[str, str]], owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owners:
            self.fields["owner"] = forms.ChoiceField(label=_("Owner that you act for"), choices=owners)
        self.fields["sector"] = forms.ChoiceField(label=_("Sector"), choices=sectors())
        choices = [("", _("none")), *plans]
        self.fields["plan"] = forms.ChoiceField(label=_("Plan"), required=False, choices=choices)


class TenderForm(forms.Form):
    """The facts of a tender."""

    title = forms.CharField(label=_("Title of the notice"), max_length=120)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    single_source_reason = forms.CharField(
        label=_("Why one supplier alone is asked"),
        required=False,
        max_length=4000,
        help_text=_("For a single source or a direct purchase; published with the notice, with the supplier's name."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    applications_end_at = moment(_("Applications end"))
    documents_until = moment(_("Documents can be taken until"))
    bid_deadline = moment(_("Bid deadline"))
    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = forms.RegexField(
        label=_("Telephone"), regex=r"^[0-9+() -]{5,30}$", required=False, error_messages=PHONE_INVALID
    )
    designated_media = forms.CharField(
        label=_("Designated media"),
        required=False,
        max_length=400,
        help_text=_("Where else the notice is published; one in each line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consortium_allowed = forms.BooleanField(label=_("Consortia may bid"), required=False)
    sme_reserved = forms.BooleanField(label=_("Reserved for small and medium enterprises"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, profiles: list[tuple[str, str]] | None = None, profile: ProcedureProfile | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if profiles is not None:
            self.fields["profile_code"] = forms.ChoiceField(label=_("Procedure"), choices=profiles)
            self.order_fields(["profile_code"])
        if profile is not None:
            asked = {
                "consortium_allowed": Switch.CONSORTIUM,
                "sme_reserved": Switch.SME_RESERVATION,
            }
            for name, switch in asked.items():
                if not profile.has(switch):
                    del self.fields[name]
            if not profile.is_single_source:
                del self.fields["single_source_reason"]
            if not profile.applies_first:
                del self.fields["applications_end_at"]


class SectionForm(forms.Form):
    """One section."""

    title = forms.CharField(label=_("Title"), max_length=120)
    scope = forms.CharField(label=_("Scope"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label=_("Kind"), choices=list(SECTION_KINDS.items()))
    estimate = amount(_("Estimate"))
    ceiling = amount(_("Ceiling price"), required=False)
    alternatives = forms.CharField(
        label=_("Alternative maxima"),
        required=False,
        max_length=1000,
        help_text=_("One solution in each line with its own ceiling, for example 钢结构方案 11500000.00."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    bond = DecimalField(label=_("Tender bond"), required=False, max_digits=14, decimal_places=2, min_value=Decimal(0))
    awards = forms.IntegerField(label=_("How many are awarded"), min_value=1, max_value=100, initial=1)
    call_offs = forms.ChoiceField(
        label=_("How it is called off"),
        help_text=_("Chosen by the owner is the rule; competing and turns need several suppliers."),
    )
    grades = forms.CharField(
        label=_("Least grades"),
        required=False,
        max_length=600,
        help_text=_("One specialty in each line with its least grade, for example 市政公用工程施工总承包二级."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, PRICE_KINDS[kind]) for kind in profile.price_kinds]
        self.fields["price_kind"] = forms.ChoiceField(label=_("Kind of price"), choices=kinds)
        self.fields["kind"].choices = [(one, SECTION_KINDS[one]) for one in kinds_of(profile.sector)]  # type: ignore[attr-defined]
        if not profile.has(Switch.BOND):
            del self.fields["bond"]
        if not profile.has(Switch.ALTERNATIVE_CEILINGS):
            del self.fields["alternatives"]
        if not profile.has(Switch.FRAMEWORK):
            del self.fields["awards"], self.fields["call_offs"]
        else:
            methods = [(method.value, gettext(words)) for method, words in CALL_OFF_METHODS.items()]
            self.fields["call_offs"].choices = methods  # type: ignore[attr-defined]

    def clean_alternatives(self) -> tuple[tuple[str, Decimal], ...]:
        """Label and ceiling of each solution."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["alternatives"].splitlines())):
            label, _space, ceiling = line.rpartition(" ")
            if not label.strip():
                raise forms.ValidationError(gettext("Write a name, a space and an amount: %(line)s") % {"line": line})
            found.append((label.strip(), self.fields["ceiling"].clean(ceiling)))
        return tuple(found)


class AwardMethodForm(forms.Form):
    """How the award is decided; the parameters of every formula on offer, empty for the profile's own value."""

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.formula, gettext(FORMULAS[one.formula])) for one in profile.formulas]
        self.fields["method"] = forms.ChoiceField(label=_("Award method"), choices=choices)
        names = sorted({name for one in profile.formulas for name in one.parameters})
        for name in names:
            self.fields[f"p_{name}"] = forms.CharField(
                label=PARAMETERS.get(name, name), required=False, max_length=120,
                help_text=_("Empty: the value of the procedure's profile."),
            )  # fmt: skip

    def parameters(self) -> dict[str, str]:
        """Name → value, where one was given."""
        return {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("p_") and value}


PARAMETERS: dict[str, Any] = {
    "full": _("Full score of the price"),
    "above": _("Points lost for each percent above the baseline"),
    "below": _("Points lost for each percent below the baseline"),
    "deltas": _("Floating points to draw from"),
    "weight": _("Share of the ceiling in the baseline"),
    "factor": _("Factor on the mean"),
    "discount": _("Deduction for small enterprises"),
    "discount_rate": _("Interest rate of a year, as a fraction"),
    "quality_greatest": _("How much quality weighs at most, as a fraction"),
}


class DocumentForm(forms.Form):
    """The clauses and the scoring table of a document, as one field each."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clauses: int, criteria: int, **kwargs: Any) -> None:
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
        criteria = [{name: data[f"s{n}_{name}"] for name in columns} for n in range(self.counts[1])]
        return [row for row in clauses if row["number"] or row["text"]], [row for row in criteria if row["code"]]


class BillForm(forms.Form):
    """A bill of quantities."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("xlsx or CSV with the columns 项目编码, 项目名称, 计量单位, 工程量; 项目特征 if you like."),
    )


class RosterForm(forms.Form):
    """The opening officers."""

    def __init__(self, *args: Any, rosters: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suite"] = forms.ChoiceField(
            label=_("Algorithms"),
            choices=suite_choices(),
            required=False,
            help_text=_(
                "Officers' keys, bidders' certificates and sealed bids are all of them. With the national ones a "
                "browser seals about 5 megabytes in a second, as it reckons them in script; for bids of hundreds "
                "of megabytes the offline command is much faster."
            ),
        )
        self.fields["roster"] = forms.ChoiceField(label=_("Opening officers"), choices=rosters)


class FilingForm(forms.Form):
    """A filing with an authority."""

    authority = forms.CharField(label=_("Authority"), max_length=80)
    number = forms.CharField(label=_("Number of the filing"), max_length=60)
    filed_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class InviteForm(forms.Form):
    """Whom to invite, by their unified social credit codes."""

    codes = forms.CharField(
        label=_("Unified social credit codes"),
        help_text=_("One in each line. Nobody but you learns whom you invite before the opening."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WordsForm(forms.Form):
    """One field for words: a question, an answer, an objection, a reason."""

    words = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["words"].label = label
        self.fields["words"].help_text = help_text


class DecisionForm(forms.Form):
    """Somebody's numbered decision with its document and the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    body = forms.CharField(label=_("Who decided"), max_length=80)
    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    file = forms.FileField(label=_("Its document"), help_text=_("PDF, at most 50 MB."))


class SectionDecisionForm(DecisionForm):
    """What was decided about a section."""

    act = forms.ChoiceField(label=_("What was decided"))
    field_order = ("act", "reason", "body", "number", "file")

    def __init__(self, *args: Any, suspended: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = ("resume", _("It goes on")) if suspended else ("suspend", _("It is suspended"))
        self.fields["act"].choices = [first, ("terminate", _("It is ended"))]  # type: ignore[attr-defined]


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
        self.fields["clause"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
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


class TenderCheckForm(forms.Form):
    """The completeness check: a tick for each item found, and a reason when something is missing."""

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_asked = items_for(profile)
        for item in self.items_asked:
            self.fields[item.code] = forms.BooleanField(label=gettext(item.question), required=False)
        self.fields["reason"] = forms.CharField(
            label=_("Reasons for a return"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
        )

    def found(self) -> dict[str, bool]:
        """Item code → ticked or not."""
        return {item.code: bool(self.cleaned_data.get(item.code)) for item in self.items_asked}


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
    """What the review found of an application."""

    qualified = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("yes", _("Prequalified")), ("no", _("Not prequalified"))],
        widget=forms.RadioSelect,
    )
    score = forms.RegexField(label=_("Score"), regex=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", required=False)
    reason = forms.CharField(label=_("Grounds"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, staged: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if staged:
            self.fields["qualified"].choices = [("yes", _("Taken on")), ("no", _("Not taken on"))]  # type: ignore[attr-defined]


def sectors() -> list[tuple[str, str]]:
    return [(sector.value, gettext(SECTOR_LABELS[sector])) for sector in Sector]


def procedure_name(profile: ProcedureProfile) -> str:
    """A procedure in the reader's language."""
    return in_language(profile.label, profile.label_zh)


def local(at: datetime | None) -> str:
    """An instant as the browser's field for local time wants it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") if at else ""
