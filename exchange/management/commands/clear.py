from typing import Any

import msgspec
from django.utils.translation import gettext

from commons.json_command import JsonCommand
from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.json_form import call_of, result_json


class ClearRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A call for bids. What stands inside `rule`, `bids` and `limits` is read by the clearing itself."""

    supply: str
    rule: dict[str, Any]
    bids: list[dict[str, Any]]
    lot_size: str = "1"
    limits: dict[str, dict[str, Any]] = {}


class Command(JsonCommand):
    help = "Clears a call for bids: who wins how much at which price, and why (docs/commands.md)."
    request = ClearRequest

    def answer(self, request: ClearRequest) -> tuple[dict[str, Any], bool]:
        return result_json(clear(call_of(msgspec.structs.asdict(request))), gettext), True
