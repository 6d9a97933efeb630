"""States, roles and violations in the reader's language."""

from django.utils.translation import gettext_lazy as _

from signatures.draws.domain.states import DrawState, HolderRole, Violation

STATES = {
    DrawState.GATHERING: ("waiting", _("Commitments are being gathered")),
    DrawState.ANNOUNCED: ("info", _("Announced")),
    DrawState.DRAWN: ("done", _("Drawn")),
    DrawState.VOID: ("stop", _("Void")),
}
ROLES = {HolderRole.CUSTODIAN: _("Custodian"), HolderRole.PARTY: _("Party")}
VIOLATIONS = {
    Violation.NOT_COMMITTED: _("did not commit in time"),
    Violation.NOT_ANCHORED: _("brought the announcement under no checkpoint in time"),
    Violation.NOT_REVEALED: _("did not reveal in time"),
    Violation.NO_BEACON: _("the beacon's value was not recorded in time"),
    Violation.ROSTER_CHANGED: _("the stored draw differs from what was announced"),
}
