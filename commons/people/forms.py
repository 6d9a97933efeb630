"""What an administrator types about people."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Role
from commons.people.domain.roles import ROLES_BY_KIND
from commons.people.domain.scopes import Scope
from commons.people.labels import SCOPES, role_label

USERNAME = RegexValidator(
    r"\A[a-z][a-z0-9._-]{2,31}\Z", _("Use 3 to 32 small letters, digits, dots and hyphens, a letter first.")
)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password. A lost password is set anew by those who know the person, not by a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey or security key, under a name that its owner knows it by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What do you call it?")


class RoleForm(forms.Form):
    """A role for somebody who has an account already."""

    username = forms.CharField(label=_("Sign-in name"), max_length=64)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        roles = sorted(ROLES_BY_KIND.get(kind, ()))
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", _("Choose a role")), *((one.value, role_label(one)) for one in roles)]

    @property
    def chosen(self) -> Role:
        return Role(self.cleaned_data["role"])


class OpenAccountForm(RoleForm):
    """An account for a colleague, with its first role."""

    username = forms.CharField(
        label=_("Sign-in name"), max_length=32, validators=[USERNAME], help_text=_("The name the person signs in with.")
    )
    name = forms.CharField(label=_("Name"), max_length=64, help_text=_("As on the identity card."))
    seen = forms.BooleanField(label=_("I have checked the person's identity card."))

    field_order = ("name", "username", "role", "seen")


class EndRoleForm(forms.Form):
    """Why a role ends."""

    reason = forms.CharField(label=_("Reason"), max_length=120)


class ApiKeyForm(forms.Form):
    """What a new key is for, what it opens and for how long."""

    label = forms.CharField(
        label=_("What is it for?"), max_length=64, help_text=_("For example the accounting system.")
    )
    opens = forms.MultipleChoiceField(
        label=_("Besides reading, it may be used for"),
        required=False,
        choices=[(scope.value, SCOPES[scope]) for scope in Scope if scope is not Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself."),
    )
    days = forms.TypedChoiceField(
        label=_("How long"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        coerce=int,
        initial=90,
    )

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset(Scope(name) for name in self.cleaned_data["opens"])

    @property
    def life(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
