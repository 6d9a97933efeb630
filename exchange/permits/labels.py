"""Words and tones of the registry, for the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.permits.domain.permits import STATE_WORDS, Industry, PermitState
from exchange.permits.domain.rights import HELD_LABELS, MOVEMENT_LABELS
from exchange.projects.domain.trades import INSTRUMENTS

Label = tuple[str | Promise, str]

STATES: dict[str, Label] = {
    PermitState.IN_FORCE: (_(STATE_WORDS[PermitState.IN_FORCE]), "done"),
    PermitState.SUSPENDED: (_(STATE_WORDS[PermitState.SUSPENDED]), "waiting"),
    PermitState.REVOKED: (_(STATE_WORDS[PermitState.REVOKED]), "stop"),
    PermitState.SURRENDERED: (_(STATE_WORDS[PermitState.SURRENDERED]), "neutral"),
}
EXPIRED: Label = (_("Expired"), "stop")

INDUSTRIES: dict[str, str | Promise] = {Industry.THERMAL_POWER: _("Thermal power"), Industry.OTHER: _("Other")}

MOVEMENTS = {kind.value: _(label) for kind, label in MOVEMENT_LABELS.items()}

HELD = {kind.value: _(label) for kind, label in HELD_LABELS.items()}

INSTRUMENT_LABELS = {instrument.value: _(facts.label) for instrument, facts in INSTRUMENTS.items()}
