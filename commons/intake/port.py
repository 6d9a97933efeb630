"""What Luochui tells the intake, one method per message. What comes in arrives through `services.receive_case`."""

from typing import Protocol

from commons import hooks
from commons.intake.domain import CaseResult


class IntakePort(Protocol):
    """Intake 统一收件."""

    def send_result(self, *, result: CaseResult, key: str) -> None:
        """Hand a result back; the same key is the same message, however often it is sent."""
        ...

    def confirm_cancellation(self, *, case_number: str, key: str) -> None:
        """Say that the work on a cancelled case has stopped."""
        ...


def intake() -> IntakePort:
    """The intake of this installation."""
    found: IntakePort = hooks.adapter("intake", IntakePort, embedded="commons.intake.embedded.EmbeddedIntake")
    return found
