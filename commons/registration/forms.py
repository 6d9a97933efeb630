"""What people type to open an account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Role
from commons.people.domain.roles import ROLES_BY_KIND
from commons.people.forms import USERNAME
from commons.people.labels import role_label


class _Passwords(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, and no common password."),
    )
    again = forms.CharField(
        label=_("Password, once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password and password != cleaned.get("again"):
            self.add_error("again", _("The two passwords differ."))
        elif password:
            try:
                validate_password(password)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class RegisterForm(_Passwords):
    """A person who wants an account."""

    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_("As on the identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"), max_length=120, help_text=_("A code of six digits goes there.")
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=32,
        validators=[USERNAME],
        help_text=_("3 to 32 small letters, digits, dots and hyphens, a letter first."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    agreed = forms.BooleanField(label=_("I have read what this platform keeps of me and what an account binds me to."))

    field_order = ("name", "contact", "username", "password", "again", "agreed")


_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}


class CodeForm(forms.Form):
    """The six digits that came by message."""

    code = forms.RegexField(r"\A\s*[0-9]{6}\s*\Z", label=_("Code of six digits"), widget=forms.TextInput(attrs=_CODE))


class LostPasswordForm(forms.Form):
    """Whose password is lost."""

    username = forms.CharField(
        label=_("Sign-in name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    contact = forms.CharField(label=_("Mobile number or e-mail address of the account"), max_length=120)


class NewPasswordForm(_Passwords):
    """The code, and the new password."""

    code = forms.RegexField(r"\A\s*[0-9]{6}\s*\Z", label=_("Code of six digits"), widget=forms.TextInput(attrs=_CODE))

    field_order = ("code", "password", "again")


_NUMBER = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class IdentityForm(forms.Form):
    """Name and number of the identity card; asked about and forgotten."""

    name = forms.CharField(label=_("Name"), max_length=64, help_text=_("As on the identity card."))
    number = forms.CharField(
        label=_("Identity number"),
        max_length=32,
        help_text=_("18 characters. It is compared with the identity system and not stored."),
        widget=forms.TextInput(attrs=_NUMBER),
    )


class OrganisationForm(forms.Form):
    """An organisation by its code, and who says to act for it."""

    code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, on the business licence."),
        widget=forms.TextInput(attrs=_NUMBER),
    )
    number = forms.CharField(
        label=_("Your identity number"),
        max_length=32,
        help_text=_("Compared with the organisation's legal representative and agents, and not stored."),
        widget=forms.TextInput(attrs=_NUMBER),
    )


class PersonForm(forms.Form):
    """The identity number of a person who buys for themself; kept sealed."""

    number = forms.CharField(
        label=_("Your identity number"),
        max_length=32,
        help_text=_("18 characters (GB 11643). Kept sealed and shown to nobody: a register is asked by it every year."),
        widget=forms.TextInput(attrs=_NUMBER),
    )


class InviteForm(forms.Form):
    """A colleague and the role that waits."""

    contact = forms.CharField(label=_("Mobile number or e-mail address"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(one.value, role_label(one)) for one in sorted(ROLES_BY_KIND.get(kind, ()))]

    @property
    def chosen(self) -> Role:
        return Role(self.cleaned_data["role"])


class SuspendForm(forms.Form):
    """By whose decision, why, and until when nobody may act for an organisation."""

    decision_body = forms.CharField(label=_("Whose decision it is"), max_length=80)
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    last_day = forms.DateField(
        label=_("Last day of the suspension"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class LiftForm(forms.Form):
    """By which decision a suspension ends before its last day."""

    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)
