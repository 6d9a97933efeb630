"""What an administrator types about people."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Assurance, Role
from commons.people.domain.roles import ENTERED_BY_CENTRE, ROLES_BY_KIND
from commons.people.domain.scopes import Scope
from commons.people.labels import KINDS, LEVELS, SCOPES, role_label

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


class OwnPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """Another password than the present one, which somebody else may know."""

    def clean_password1(self) -> str:
        chosen = str(self.cleaned_data["password1"])
        if self.user.check_password(chosen):
            raise forms.ValidationError(_("Choose another password than the present one."))
        return chosen


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


class DeskForm(forms.Form):
    """What somebody at the counter says."""

    q = forms.CharField(
        label=_("Whom do you look for?"),
        max_length=120,
        required=False,
        help_text=_("A sign-in name, a name, a proved number or address; an organisation's name or code."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class EnterOrganisationForm(forms.Form):
    """An organisation by the paper that was shown."""

    code = forms.CharField(
        label=_("Unified social credit code"), max_length=40, help_text=_("18 characters, on the certificate.")
    )
    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(one, KINDS[one]) for one in ENTERED_BY_CENTRE])
    region = forms.RegexField(
        r"\A[1-9][0-9]{5}\Z",
        label=_("Region"),
        required=False,
        help_text=_("Six digits; empty: those of the code."),
    )
    source = forms.CharField(
        label=_("Paper"), max_length=200, help_text=_("The letter or certificate that was shown, with its number.")
    )


class LevelForm(forms.Form):
    """How surely a person is known, and by what."""

    level = forms.TypedChoiceField(
        label=_("Known by"),
        coerce=int,
        choices=[(one.value, LEVELS[one]) for one in Assurance if Assurance.NONE < one < Assurance.CERTIFICATE],
    )
    shown = forms.ChoiceField(
        label=_("What was shown"),
        choices=[
            ("identity-card", _("the identity card, compared with the person")),
            ("licence", _("the business licence, by its legal representative in person")),
            ("doubt", _("nothing: what was recorded before is in doubt")),
        ],
    )


class CloseAccountForm(forms.Form):
    """Why an account is closed."""

    reason = forms.CharField(label=_("Reason"), max_length=120)
