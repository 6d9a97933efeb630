"""The embedded intake: keeps what it is told in a table of its own, as the other system would."""

from dataclasses import asdict

from commons.intake.domain import CaseResult
from commons.intake.models import IntakeReturn


class EmbeddedIntake:
    """Takes every message once."""

    def send_result(self, *, result: CaseResult, key: str) -> None:
        _keep(key, result.case_number, {"kind": "result", **asdict(result)})

    def confirm_cancellation(self, *, case_number: str, key: str) -> None:
        _keep(key, case_number, {"kind": "cancelled"})


def _keep(key: str, case_number: str, message: dict[str, str]) -> None:
    IntakeReturn.objects.get_or_create(key=key, defaults={"case_number": case_number, "message": message})
