"""Words and tones of reports and awards."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bidding.awards.domain.states import AwardState, ReportState

Label = str | Promise

REPORT_STATES: dict[str, tuple[Label, str]] = {
    ReportState.ENTERED: (_("To be confirmed by a second person"), "waiting"),
    ReportState.CONFIRMED: (_("Confirmed"), "done"),
    ReportState.REJECTED: (_("Rejected"), "stop"),
    ReportState.SUPERSEDED: (_("Reviewed again"), "neutral"),
}

AWARD_STATES: dict[str, tuple[Label, str]] = {
    AwardState.AWARDED: (_("Award letter to be signed"), "waiting"),
    AwardState.NOTIFIED: (_("Contract to be signed"), "waiting"),
    AwardState.CONTRACTED: (_("Contract signed"), "done"),
    AwardState.GIVEN_UP: (_("Given up"), "stop"),
}
