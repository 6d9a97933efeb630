"""The form of a service item."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField
from commons.texts import REGION_INVALID
from marketplace.catalogue.domain.items import PriceUnit


class ItemForm(forms.Form):
    """Everything that the catalogue says of an item."""

    code = forms.CharField(label=_("Item code"), max_length=40)
    name = forms.CharField(label=_("Item name"), max_length=120)
    service_type = forms.CharField(label=_("Type of service"), max_length=60)
    matters = forms.CharField(
        label=_("Approval items"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: code, a blank, name, and after @ the authority."),
    )
    requirement = forms.CharField(
        label=_("Required qualifications"),
        required=False,
        max_length=400,
        help_text=_("Codes, & for all, | for any, @2 for grade 2 or better: SURVEY@2 & (COST | CONSULT)."),
    )
    price_low = DecimalField(label=_("Guidance price from"), required=False, max_digits=14, decimal_places=2)
    price_high = DecimalField(label=_("Guidance price to"), required=False, max_digits=14, decimal_places=2)
    price_unit = forms.ChoiceField(
        label=_("Price unit"),
        choices=[(PriceUnit.TOTAL.value, _("yuan")), (PriceUnit.PERCENT.value, _("percent of the investment"))],
    )
    price_basis = forms.CharField(label=_("Price list"), required=False, max_length=200)
    legal_basis = forms.CharField(label=_("Legal basis"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
    region = forms.RegexField(
        label=_("Region"), regex=r"^[1-9][0-9]{5}$", required=False, error_messages=REGION_INVALID
    )
    in_central_catalogue = forms.BooleanField(label=_("In the catalogue of centralised procurement"), required=False)


class ReviseForm(ItemForm):
    """The same, with the reason of the change."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
