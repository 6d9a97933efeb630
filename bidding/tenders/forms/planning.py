"""What the owner fills in first: plan, project, the facts of a tender."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch, ThresholdName
from bidding.tenders.forms.fields import REGION, amount, moment
from bidding.tenders.labels import sectors
from commons.domain.money import normal_text
from commons.texts import PHONE_INVALID, REGION_INVALID


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
    """The facts of a tender: what its procedure asks, or what any procedure does that can still be chosen."""

    title = forms.CharField(label=_("Title of the notice"), max_length=120)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    applications_end_at = moment(_("Applications end"))
    qualified_maximum = forms.IntegerField(
        label=_("How many applicants are invited at most"), min_value=1, max_value=999, required=False
    )
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
        self, *args: Any, profiles: Sequence[tuple[str, ProcedureProfile]] | None = None,
        profile: ProcedureProfile | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if profiles is not None:
            choices = [(one.code, name) for name, one in profiles]
            self.fields["profile_code"] = forms.ChoiceField(label=_("Procedure"), choices=choices)
            self.order_fields(["profile_code"])
        least = profile.thresholds.get(ThresholdName.QUALIFIED_MAXIMUM) if profile and profile.limits_number else None
        if least is None:
            del self.fields["qualified_maximum"]
        else:
            text = gettext("At least %(least)s (%(source)s); empty: so many.")
            facts = {"least": normal_text(least.value), "source": least.source}
            self.fields["qualified_maximum"].help_text = text % facts
        known = [profile] if profile else [one for _name, one in profiles or ()]
        asked = {"consortium_allowed": Switch.CONSORTIUM, "sme_reserved": Switch.SME_RESERVATION}
        for name, switch in asked.items():
            if not any(one.has(switch) for one in known):
                del self.fields[name]
        if not any(one.applies_first for one in known):
            del self.fields["applications_end_at"]
