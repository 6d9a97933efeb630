"""What the owner fixes before the notice: sections, award method, officers, filing, whom it invites."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import FORMULAS, Switch
from bidding.tenders.domain.additions import Original
from bidding.tenders.domain.rights import LONGEST, UNIT_LABELS, USE_LABELS, Right
from bidding.tenders.domain.sections import CALL_OFF_METHODS, kinds_of
from bidding.tenders.domain.single_source import (
    GROUND_LABELS,
    GROUND_SOURCES,
    Expert,
    Ground,
    Office,
    SingleSource,
)
from bidding.tenders.forms.fields import amount
from bidding.tenders.labels import PRICE_KINDS, SECTION_KINDS
from bidding.tenders.originals import OriginalContract
from commons.domain.money import as_text, normal_text
from commons.domain.text import gettext_noop
from commons.forms import DecimalField, offer
from commons.texts import PHONE_INVALID
from signatures.envelopes.labels import suite_choices


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

    right_use = forms.ChoiceField(label=_("What the land is for"))
    right_area = DecimalField(
        label=_("Area that is granted"), max_digits=16, decimal_places=4, min_value=Decimal("0.0001")
    )
    right_unit = forms.ChoiceField(label=_("Unit of the area"))
    right_years = forms.IntegerField(label=_("Term of the right in years"), min_value=1, max_value=999)
    start_price = amount(_("Start price"), help_text=_("Yuan. No bid below it counts; the bond follows from it."))

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_for_right(profile)
        kinds = [(kind, PRICE_KINDS[kind]) for kind in profile.price_kinds]
        self.fields["price_kind"] = forms.ChoiceField(label=_("Kind of price"), choices=kinds)
        offer(self, "kind", [(one, SECTION_KINDS[one]) for one in kinds_of(profile.sector)])
        if not profile.has(Switch.BOND):
            del self.fields["bond"]
        if not profile.has(Switch.ALTERNATIVE_CEILINGS):
            del self.fields["alternatives"]
        if not profile.has(Switch.FRAMEWORK):
            del self.fields["awards"], self.fields["call_offs"]
        else:
            methods = [(method.value, gettext(words)) for method, words in CALL_OFF_METHODS.items()]
            offer(self, "call_offs", methods)

    def _ask_for_right(self, profile: ProcedureProfile) -> None:
        """A right has an area, a term and a start price in the place of grades."""
        if kinds_of(profile.sector) != ("RIGHTS",):
            for name in ("right_use", "right_area", "right_unit", "right_years", "start_price"):
                del self.fields[name]
            return
        del self.fields["grades"]
        offer(self, "right_use", [(one.value, gettext(words)) for one, words in USE_LABELS.items()])
        offer(self, "right_unit", [(one.value, gettext(words)) for one, words in UNIT_LABELS.items()])
        longest = ", ".join(
            f"{gettext(USE_LABELS[use])} {normal_text(found)}"
            for use, name in LONGEST.items()
            if (found := profile.threshold(name)) is not None
        )
        self.fields["right_years"].help_text = gettext("At most: %(longest)s.") % {"longest": longest}
        self.fields["estimate"].label = gettext("Assessed price")
        measures = ["right_use", "right_area", "right_unit", "right_years"]
        self.order_fields(["title", "scope", "kind", *measures, "estimate", "start_price"])

    def right(self) -> Right | None:
        """What is granted; nothing where the section buys or builds."""
        given = self.cleaned_data
        if "right_use" not in given:
            return None
        return Right(
            given["right_use"], given["right_area"], given["right_unit"], given["right_years"], given["start_price"]
        )

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


FEWEST_EXPERTS, MOST_EXPERTS = 3, 9


class SingleSourceForm(forms.Form):
    """The one supplier that is asked, and what is published of it (财政部令第74号 第38条)."""

    code = forms.CharField(label=_("Unified social credit code of the supplier"), max_length=18)
    supplier_address = forms.CharField(label=_("Address of the supplier"), max_length=120)
    ground = forms.ChoiceField(label=_("Case of the law"))
    original_chosen = forms.ChoiceField(label=_("Contract that is added to"), required=False)
    original_number = forms.CharField(
        label=_("Number of the original contract"),
        max_length=60,
        required=False,
        help_text=_("For an addition to a contract that is not in the list above."),
    )
    original_amount = amount(_("Amount of the original contract"), required=False)
    original_before = amount(
        _("Added to it before"), required=False, help_text=_("Yuan, outside this platform; additions here are counted.")
    )
    reason = forms.CharField(
        label=_("Why one supplier alone is asked"),
        max_length=4000,
        help_text=_("Published with the notice, with what is bought, the supplier's name and its address."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner_address = forms.CharField(
        label=_("Where objections reach you"),
        max_length=120,
        help_text=_("Your address; contact and telephone are those of the tender."),
    )
    authority_body = forms.CharField(label=_("Finance department"), max_length=80)
    authority_address = forms.CharField(label=_("Its address"), max_length=120)
    authority_contact = forms.CharField(label=_("Its contact"), max_length=40)
    authority_phone = forms.RegexField(
        label=_("Its telephone"), regex=r"^[0-9+() -]{5,30}$", error_messages=PHONE_INVALID
    )

    def __init__(
        self, *args: Any, profile: ProcedureProfile, experts: int, contracts: Sequence[OriginalContract] = (),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.rows = 0
        self.contracts = {one.number: one for one in contracts}
        if not profile.has(Switch.EXPERT_OPINIONS):
            for name in ("ground", *ORIGINAL, *(f"authority_{one}" for one in ("body", "address", "contact", "phone"))):
                del self.fields[name]
            return
        offer(self, "original_chosen", [("", gettext("none of these")), *map(_contract_choice, contracts)])
        grounds = [(one.value, f"{gettext(words)} ({GROUND_SOURCES[one]})") for one, words in GROUND_LABELS.items()]
        offer(self, "ground", grounds)
        self.rows = min(max(FEWEST_EXPERTS, experts + 1), MOST_EXPERTS)
        for row in range(self.rows):
            for name, words, longest in EXPERT_COLUMNS:
                label = gettext("Expert %(number)s: %(what)s") % {"number": row + 1, "what": gettext(words)}
                widget = forms.Textarea(attrs={"rows": 3}) if name == "opinion" else forms.TextInput()
                self.fields[f"e{row}_{name}"] = forms.CharField(
                    label=label, required=False, max_length=longest, widget=widget
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("ground") == Ground.ADDITION and not given.get("original_chosen"):
            for name in ("original_number", "original_amount"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(
                        name, gettext("Choose the contract that is added to, or enter its number and amount.")
                    )
        return given

    def _original(self) -> Original:
        given = self.cleaned_data
        if given.get("ground") != Ground.ADDITION:
            return Original()
        before = as_text(given["original_before"]) if given["original_before"] else ""
        if known := self.contracts.get(given["original_chosen"]):
            return Original(known.number, as_text(known.amount), before)
        return Original(given["original_number"], as_text(given["original_amount"]), before)

    def said(self) -> SingleSource:
        """What was filled in; rows of experts that are empty are left out."""
        data = self.cleaned_data
        rows = [[data[f"e{row}_{name}"] for name, _words, _longest in EXPERT_COLUMNS] for row in range(self.rows)]
        office = Office(*(data.get(f"authority_{name}", "") for name in ("body", "address", "contact", "phone")))
        return SingleSource(
            reason=data["reason"],
            ground=data.get("ground", ""),
            supplier_address=data["supplier_address"],
            experts=tuple(Expert(*row) for row in rows if any(row)),
            owner_address=data["owner_address"],
            original=self._original(),
            authority=office,
        )


ORIGINAL = ("original_chosen", "original_number", "original_amount", "original_before")


def _contract_choice(one: OriginalContract) -> tuple[str, str]:
    return one.number, f"{one.number} · {one.supplier} · {one.title} · {one.amount:,}"


def single_source_fields(said: SingleSource) -> dict[str, str]:
    """What `SingleSourceForm` begins with."""
    found = {"reason": said.reason, "ground": said.ground, "supplier_address": said.supplier_address}
    found |= {"owner_address": said.owner_address, "original_chosen": said.original.number}
    found |= {f"original_{name}": text for name, text in asdict(said.original).items()}
    found |= {f"authority_{name}": text for name, text in asdict(said.authority).items()}
    for row, expert in enumerate(said.experts):
        found |= {f"e{row}_{name}": text for name, text in asdict(expert).items()}
    return found


EXPERT_COLUMNS = (
    ("name", gettext_noop("name"), 40),
    ("employer", gettext_noop("employer"), 80),
    ("title", gettext_noop("professional title"), 40),
    ("opinion", gettext_noop("opinion"), 1000),
)
"""What is published of an expert, in the order of `Expert`."""
