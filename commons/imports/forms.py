"""The form of an import."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """A file to look at first; nothing is brought in before the dry run was seen."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("xlsx or CSV (UTF-8 or GB 18030), headings in the first row, at most 20 MB and 5,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    correction_reason = forms.CharField(
        label=_("Reason, if the file corrects an earlier import"),
        max_length=200,
        required=False,
        help_text=_("Without a reason, rows that say something else than before are refused."),
    )
