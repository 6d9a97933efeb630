"""Words and tones for entries, checks and the reasons that keep an agency out."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commons.texts import render
from marketplace.catalogue.labels import requirement_words
from marketplace.entry.domain.eligibility import Bar, BarFound
from marketplace.entry.domain.entrants import CheckKind, EntrantKind, EntrantState, StatusKind

Label = str | Promise
Tagged = tuple[Label, str]
"""A word and its tone."""

ENTRANT_KINDS: dict[EntrantKind, Label] = {EntrantKind.OWNER: _("Project owner"), EntrantKind.AGENCY: _("Agency")}
ENTRANT_STATES: dict[EntrantState, Tagged] = {
    EntrantState.DRAFT: (_("Draft"), "neutral"),
    EntrantState.SUBMITTED: (_("Handed in"), "waiting"),
    EntrantState.CHECKING: (_("Being verified"), "info"),
    EntrantState.RETURNED: (_("Returned"), "stop"),
    EntrantState.PUBLISHED: (_("In force"), "done"),
    EntrantState.LAPSED: (_("Re-check overdue"), "stop"),
    EntrantState.SUSPENDED: (pgettext_lazy("supermarket", "Suspended"), "stop"),
    EntrantState.CANCELLED: (_("Cancelled"), "neutral"),
}
CHECKS: dict[CheckKind, Label] = {
    CheckKind.CODE: _("Unified social credit code"),
    CheckKind.IDENTITY: _("Identity of the person"),
    CheckKind.LICENCE: _("Business licence"),
    CheckKind.QUALIFICATIONS: _("Qualifications"),
    CheckKind.DISHONESTY: _("List of dishonesty"),
    CheckKind.ABNORMAL_OPERATION: _("List of abnormal operation"),
    CheckKind.COMMITMENT: _("Commitment letter"),
    CheckKind.RESTRICTION: _("Restriction in the province"),
}
STATUS_KINDS: dict[StatusKind, Tagged] = {
    StatusKind.ENTERED: (_("Entered the supermarket"), "done"),
    StatusKind.RECHECKED: (_("Re-checked"), "done"),
    StatusKind.LAPSED: (_("Re-check overdue"), "stop"),
    StatusKind.SUSPENDED: (pgettext_lazy("supermarket", "Suspended"), "stop"),
    StatusKind.RESTORED: (_("Restored"), "done"),
    StatusKind.RESTRICTED: (_("Restricted in the whole province"), "stop"),
    StatusKind.LIFTED: (_("Restriction lifted"), "done"),
    StatusKind.CANCELLED: (_("Left the supermarket"), "neutral"),
}
BARS: dict[Bar, Label] = {
    Bar.NOT_PUBLISHED: _("The entry is not in force"),
    Bar.RECHECK_OVERDUE: _("The yearly re-check is overdue"),
    Bar.LICENCE_EXPIRED: _("The business licence is over"),
    Bar.RESTRICTED: _("Restricted in the whole province"),
    Bar.NOT_OFFERED: _("You do not offer this service"),
    Bar.QUALIFICATION_EXPIRED: _("A qualification is over or was taken back"),
    Bar.QUALIFICATION_MISSING: _("A qualification is missing"),
    Bar.RELATED: _("Related to the owner"),
    Bar.AVOIDED: _("Excluded by the notice"),
}


def bar_words(bars: Iterable[BarFound]) -> list[tuple[Label, str]]:
    """Each reason with what was found; a missing qualification by its name."""
    found = list(bars)
    missing = [one.value for one in found if one.bar is Bar.QUALIFICATION_MISSING]
    words = requirement_words(missing)
    return [(BARS[one.bar], words.get(one.value, one.value)) for one in found]


def check_words(check: Mapping[str, Any]) -> tuple[Label, bool, str]:
    """A stored check: its name, whether it passed, and what was found."""
    return CHECKS[CheckKind(check["kind"])], bool(check["passed"]), render(check["message"], {"value": check["value"]})
