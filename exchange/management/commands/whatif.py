from typing import Any

import msgspec
from django.utils.translation import gettext

from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop
from commons.json_command import JsonCommand
from exchange.rooms.domain.log import from_json
from exchange.rooms.domain.whatif import under_other_clearing, under_other_rules


class WhatIfRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A room's log with what should have been otherwise: `rules` of the room, or the `clearing` at its hammer."""

    log: dict[str, Any]
    rules: dict[str, Any] | None = None
    clearing: dict[str, Any] | None = None


class Command(JsonCommand):
    help = "Plays a recorded room again under another rule or clearing, beside what happened (docs/commands.md)."
    request = WhatIfRequest

    def answer(self, request: WhatIfRequest) -> tuple[dict[str, Any], bool]:
        if (request.rules is None) == (request.clearing is None):
            raise Malformed(field="rules", reason=gettext_noop("give either “rules” or “clearing”"))
        events = from_json(request.log)
        if request.rules is not None:
            replay = under_other_rules(events, request.rules)
        else:
            replay = under_other_clearing(events, request.clearing or {}, gettext)
        return {"same_result": replay.same, "recorded": replay.recorded, "other": replay.other}, True
