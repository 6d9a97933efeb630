"""Forms of a need, of its amendments and of decisions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.domain.refusals import Refusal
from commons.forms import DecimalField, offer
from commons.texts import PHONE_INVALID, REGION_INVALID, refusal_text
from marketplace.catalogue.domain.requirements import parse, text_of
from marketplace.procurement.domain.methods import LABELS, FundSource, Method, QuoteKind
from marketplace.procurement.domain.needs import Criterion, NeedFacts
from marketplace.procurement.domain.scope import Exemption
from marketplace.procurement.labels import EXEMPTIONS, FUNDS, QUOTES

PHONE = r"^[0-9+() -]{5,30}$"
PRICE: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal("0.01"), "required": False}


def _words(label: Any, length: int, *, rows: int = 0, needed: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=length, required=needed, widget=widget, help_text=help_text)


class NeedForm(forms.Form):
    """A need in one page; a draft may leave most of it open."""

    title = _words(_("Title"), 160, needed=True)
    item = forms.ChoiceField(label=_("Service item"))
    region = forms.RegexField(
        label=_("Region"),
        regex=r"^[1-9][0-9]{5}$",
        help_text=_("Six digits (GB/T 2260)."),
        error_messages=REGION_INVALID,
    )
    fund = forms.ChoiceField(
        label=_("Where the money comes from"), choices=[(key.value, FUNDS[key]) for key in FundSource]
    )
    exemption = forms.ChoiceField(
        label=_("Ground of exemption"), choices=[(key.value, EXEMPTIONS[key]) for key in Exemption]
    )
    investment_approval = forms.BooleanField(label=_("For an investment approval"), required=False)
    case_number = _words(_("Number of the case"), 64)
    scale = _words(_("Scale of the project"), 200)
    content = _words(_("What is to be done"), 4000, rows=4)
    service_time = _words(_("Time for the service"), 120)
    amount_defined = forms.BooleanField(label=_("The amount is defined"), required=False, initial=True)
    ceiling_price = DecimalField(label=_("Highest price, yuan"), **PRICE)
    floor_price = DecimalField(label=_("Lowest price, yuan"), **PRICE)
    method = forms.ChoiceField(label=_("Method of selection"))
    quote_kind = forms.ChoiceField(label=_("Kind of quote"), choices=[(key.value, QUOTES[key]) for key in QuoteKind])
    bid_step = DecimalField(label=_("Step of the live bidding, yuan"), **PRICE)
    big_list = forms.IntegerField(label=_("Length of the long list"), min_value=1, max_value=100, required=False)
    small_list = forms.IntegerField(label=_("Length of the short list"), min_value=1, max_value=100, required=False)
    criteria = _words(
        _("Criteria of proposals"),
        2000,
        rows=3,
        help_text=_("One a line, its points at the end: Method of work 40. Together 100."),
    )
    named_agency = forms.IntegerField(
        label=_("Number of the agency"),
        min_value=1,
        required=False,
        help_text=_("Choose from the agencies that could sign up; they are listed beside the form."),
        widget=forms.NumberInput(attrs={"list": "nameable"}),
    )
    direct_reason = _words(_("Why this agency"), 1000, rows=2)
    requirement = _words(
        _("Required qualifications"),
        400,
        help_text=_("Taken from the item; & for all, | for any, @2 for grade 2 or better."),
    )
    avoided = _words(
        _("Excluded organisations"),
        400,
        help_text=_("Their codes, separated by blanks: who drafted the need or wrote what is reviewed."),
    )
    avoidance_reason = _words(_("Why they are excluded"), 400)
    sign_up_days = forms.IntegerField(
        label=_("Working days for signing up"),
        min_value=1,
        max_value=60,
        required=False,
        help_text=_("Empty: the least that the rule allows."),
    )
    urgent = forms.BooleanField(label=_("Urgent procedure"), required=False)
    urgent_reason = _words(_("Why it is urgent"), 400)
    contact_name = _words(_("Contact"), 64)
    contact_phone = forms.RegexField(label=_("Telephone"), regex=PHONE, required=False, error_messages=PHONE_INVALID)
    complaint_phone = forms.RegexField(
        label=_("Telephone for complaints"), regex=PHONE, required=False, error_messages=PHONE_INVALID
    )
    disclose_price = forms.BooleanField(label=_("Publish the price"), required=False, initial=True)
    disclose_contract = forms.BooleanField(label=_("Publish the contract"), required=False, initial=True)

    def __init__(self, *arguments: Any, items: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "item", items)
        offer(self, "method", [(key.value, _(LABELS[key])) for key in Method])

    def parts(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """The fields in groups: heading, fields, and whether the group is folded away until something stands in it."""
        return [
            (heading, [self[name] for name in names if name in self.fields], folded and not self._holds(names))
            for heading, names, folded in PARTS
        ]

    def _holds(self, names: tuple[str, ...]) -> bool:
        return any(self[name].value() or self[name].errors for name in names if name in self.fields)

    def clean_requirement(self) -> str:
        try:
            return text_of(parse(self.cleaned_data["requirement"]))
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None

    def clean_criteria(self) -> tuple[Criterion, ...]:
        lines = [line.strip() for line in self.cleaned_data["criteria"].splitlines() if line.strip()]
        found = []
        for line in lines:
            label, _blank, points = line.rpartition(" ")
            if not (label and points.isascii() and points.isdigit() and len(points) < 4):
                raise forms.ValidationError(_("Each line ends with a blank and its points."))
            found.append(Criterion(label.strip(), int(points)))
        return tuple(found)

    def need(self) -> NeedFacts:
        """What was filled in, as a need."""
        said = dict(self.cleaned_data)
        return NeedFacts(
            item_id=int(said.pop("item")),
            fund=FundSource(said.pop("fund")),
            method=Method(said.pop("method")),
            quote_kind=QuoteKind(said.pop("quote_kind")),
            exemption=Exemption(said.pop("exemption")),
            requirement=parse(said.pop("requirement")),
            avoided=tuple(said.pop("avoided").split()),
            named_agency_id=said.pop("named_agency"),
            sign_up_days=said.pop("sign_up_days") or 0,
            **{name: value for name, value in said.items() if name != "reason"},
        )


class StepForm(NeedForm):
    """One step of the way: a few fields; what the others say stays as it is."""

    def __init__(self, *arguments: Any, keep: tuple[str, ...], **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in [name for name in self.fields if name not in keep]:
            del self.fields[name]
        self.order_fields(keep)

    def need_after(self, before: NeedFacts) -> NeedFacts:
        """The need as it was, with what this step says."""
        self.cleaned_data = {**initial_of(before), "criteria": before.criteria, **self.cleaned_data}
        return self.need()


PARTS: tuple[tuple[Any, tuple[str, ...], bool], ...] = (
    ("", ("reason",), False),
    (_("What is needed"), ("title", "item", "region", "scale", "content", "service_time"), False),
    (_("Money"), ("fund", "amount_defined", "ceiling_price", "floor_price"), False),
    (_("Selection"), ("method", "quote_kind"), False),
    (_("For live bidding"), ("bid_step",), True),
    (_("For merit by credit"), ("big_list", "small_list"), True),
    (_("For merit by proposal"), ("criteria",), True),
    (_("For direct selection"), ("named_agency", "direct_reason"), True),
    (_("Agencies"), ("requirement",), False),
    (_("Excluded organisations"), ("avoided", "avoidance_reason"), True),
    (_("Time"), ("sign_up_days",), False),
    (_("Urgent procedure"), ("urgent", "urgent_reason"), True),
    (_("Case and exemption"), ("case_number", "investment_approval", "exemption"), False),
    (_("Contacts and disclosure"), (
        "contact_name", "contact_phone", "complaint_phone", "disclose_price", "disclose_contract",
    ), False),
)  # fmt: skip
"""How the page groups the fields."""


class AmendForm(NeedForm):
    """The same, with the reason of the amendment."""

    reason = _words(_("Reason of the amendment"), 400, rows=2, needed=True)


def initial_of(need: NeedFacts) -> dict[str, Any]:
    """A need as the form shows it."""
    plain = (
        "title", "region", "investment_approval", "case_number", "scale", "content", "service_time", "amount_defined",
        "ceiling_price", "floor_price", "bid_step", "big_list", "small_list", "direct_reason", "avoidance_reason",
        "urgent", "urgent_reason", "contact_name", "contact_phone", "complaint_phone", "disclose_price",
        "disclose_contract",
    )  # fmt: skip
    return {name: getattr(need, name) for name in plain} | {
        "item": str(need.item_id),
        "fund": need.fund.value,
        "method": need.method.value,
        "quote_kind": need.quote_kind.value,
        "exemption": need.exemption.value,
        "requirement": text_of(need.requirement),
        "avoided": " ".join(need.avoided),
        "named_agency": need.named_agency_id,
        "sign_up_days": need.sign_up_days or None,
        "criteria": "\n".join(f"{one.label} {one.points}" for one in need.criteria),
    }


class ReturnForm(forms.Form):
    """Why a need goes back."""

    reason = forms.CharField(label=_("What is to be mended"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class BulkForm(forms.Form):
    """A file with many needs."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("xlsx or CSV, headings in the first row, at most 500 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class DecisionForm(forms.Form):
    """A numbered decision of the regulator."""

    step = forms.ChoiceField(
        label=_("Decision"), choices=[("suspend", _("Suspend")), ("resume", _("Resume the procedure"))]
    )
    body = forms.CharField(label=_("Deciding authority"), max_length=80)
    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    document = forms.FileField(label=_("The decision (PDF)"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
