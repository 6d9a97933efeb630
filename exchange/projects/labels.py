"""Words and tones for states and instruments, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from commons.domain.suites import Suite
from exchange.projects.domain.states import LotState, ProjectState

Label = str | Promise

SUITES: dict[str, Label] = {
    Suite.INTERNATIONAL: gettext_lazy("International: ECDSA or RSA with SHA-2"),
    Suite.SM: gettext_lazy("National 国密: SM2 with SM3"),
}

PROJECT_STATES: dict[str, tuple[Label, str]] = {
    ProjectState.DRAFT: (gettext_lazy("Draft"), "neutral"),
    ProjectState.SUBMITTED: (gettext_lazy("Being checked"), "info"),
    ProjectState.RETURNED: (gettext_lazy("Returned"), "stop"),
    ProjectState.CHECKED: (gettext_lazy("Checked, to be published"), "waiting"),
    ProjectState.PUBLISHED: (gettext_lazy("Published"), "done"),
    ProjectState.CLOSED: (gettext_lazy("Closed"), "neutral"),
    ProjectState.TERMINATED: (gettext_lazy("Ended by decision"), "stop"),
}

LOT_STATES: dict[str, tuple[Label, str]] = {
    LotState.DRAFT: (gettext_lazy("Draft"), "neutral"),
    LotState.ANNOUNCED: (gettext_lazy("Announced"), "info"),
    LotState.REGISTERING: (gettext_lazy("Registration open"), "done"),
    LotState.QUALIFYING: (gettext_lazy("Buyers being qualified"), "waiting"),
    LotState.METHOD_DECIDED: (gettext_lazy("Method announced"), "info"),
    LotState.HAMMERED: (gettext_lazy("Hammer fallen"), "waiting"),
    LotState.NOTICED: (gettext_lazy("Sold, contract due"), "waiting"),
    LotState.CONTRACTED: (gettext_lazy("Contract agreed"), "info"),
    LotState.PAID: (gettext_lazy("Paid"), "info"),
    LotState.REGISTERED: (gettext_lazy("Registered"), "done"),
    LotState.CLOSED: (gettext_lazy("Closed"), "neutral"),
    LotState.FAILED: (gettext_lazy("Failed"), "stop"),
    LotState.SUSPENDED: (gettext_lazy("Suspended"), "stop"),
    LotState.TERMINATED: (gettext_lazy("Ended by decision"), "stop"),
}


def project_state(state: str) -> tuple[Label, str]:
    """Label and tone of a project's state."""
    return PROJECT_STATES[state]


def lot_state(state: str) -> tuple[Label, str]:
    """Label and tone of a lot's state."""
    return LOT_STATES[state]
