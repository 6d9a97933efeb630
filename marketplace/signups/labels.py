"""Words and tones for sign-ups."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.signups.domain.signups import SignUpState

Label = str | Promise
Tagged = tuple[Label, str]
"""A word and its tone."""

SIGN_UP_STATES: dict[SignUpState, Tagged] = {
    SignUpState.ACTIVE: (_("Signed up"), "done"),
    SignUpState.WITHDRAWN: (_("Withdrawn"), "neutral"),
    SignUpState.OUTDATED: (_("The notice changed: sign up again"), "stop"),
    SignUpState.DISQUALIFIED: (_("Not eligible at the selection"), "stop"),
}
