"""What people fill in in a hall."""

import base64
import binascii
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_CAMERA = {"accept": "image/jpeg,image/png", "capture": "user"}
_FACES = ("matched", "proof", "device", "reason", "picture", "consent", "declined")


class SignInForm(forms.Form):
    """Signing in; where the procedure asks for faces, the device's result or a photo with a reason."""

    matched = forms.BooleanField(required=False, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    device = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False, max_length=300, label=_("Reason for the emergency way"), widget=forms.Textarea({"rows": 2})
    )
    picture = forms.FileField(required=False, label=_("Photo"), widget=forms.FileInput(_CAMERA))
    consent = forms.BooleanField(
        required=False, label=_("I agree that my face is compared on this device, or that my photo is kept as stated")
    )

    declined = forms.BooleanField(
        required=False, label=_("I show no face: a host looks at my identity document instead")
    )

    def __init__(self, data: Any, files: Any, *, faces: bool, challenge: str = "") -> None:
        super().__init__(data, files, initial={"proof": challenge})
        self.faces = faces
        for name in () if faces else _FACES:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.faces and not data.get("consent") and not data.get("declined"):
            self.add_error("consent", _("Agree, or show no face: the face is never the only way."))
        return data


class WordsForm(forms.Form):
    """A few lines, with which something is said, disputed, answered or resumed."""

    text = forms.CharField(max_length=1000, label=_("Words"), widget=forms.Textarea({"rows": 3}))


def nonce_of(text: str) -> bytes | None:
    """32 bytes out of base64; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if len(data) == 32 else None
