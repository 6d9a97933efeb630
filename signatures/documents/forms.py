"""What visitors hand in for checking."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DocumentForm(forms.Form):
    """A document to be checked. It is not kept."""

    file = forms.FileField(
        label=_("The document (PDF), or drop it here"), widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
