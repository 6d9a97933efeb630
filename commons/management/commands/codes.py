from typing import Any, Literal

import msgspec
from django.utils import timezone
from django.utils.translation import gettext

from commons.domain.codes import KINDS
from commons.domain.deadlines import local_day
from commons.json_command import JsonCommand


class CodeRequest(msgspec.Struct, forbid_unknown_fields=True):
    """One code to check."""

    kind: Literal["uscc", "citizen_id", "deal_code", "project_code", "tender_project_code", "section_code"]
    value: str


class Command(JsonCommand):
    help = (
        "Check a unified social credit code, identity number, transaction, project or section code (docs/commands.md)."
    )
    request = CodeRequest

    def answer(self, request: CodeRequest) -> tuple[dict[str, Any], bool]:
        verdict = KINDS[request.kind](request.value, local_day(timezone.now()))
        answer: dict[str, Any] = {
            "valid": verdict.valid,
            "expected_check": verdict.expected_check,
            "parts": dict(verdict.parts),
        }
        if verdict.reason:
            answer["reason"] = gettext(verdict.reason)
        return answer, verdict.valid
