from typing import Any

import msgspec

from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import question_of, sheet_json
from bidding.scoring.texts import flag_json, sentence
from commons.json_command import JsonCommand


class ScoreRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Prices to be scored. What stands inside `parameters` and `bids` is read by the scoring itself."""

    formula: str
    bids: list[dict[str, Any]]
    parameters: dict[str, Any] = {}


class Command(JsonCommand):
    help = "Scores prices: baseline, deviations, points, order and every step in words (docs/commands.md)."
    request = ScoreRequest

    def answer(self, request: ScoreRequest) -> tuple[dict[str, Any], bool]:
        sheet = score(question_of(msgspec.structs.asdict(request)))
        words = {"flags": [flag_json(flag) for flag in sheet.flags], "steps": [sentence(step) for step in sheet.steps]}
        return sheet_json(sheet) | words, True
