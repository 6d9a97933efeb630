"""How a case lives that another system handed in. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commons.domain.machines import Machine, Row


class CaseState(StrEnum):
    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    CONCLUDED = "CONCLUDED"
    CANCELLED = "CANCELLED"


class CaseCommand(StrEnum):
    TAKE = "TAKE"
    CONCLUDE = "CONCLUDE"
    CANCEL = "CANCEL"


MACHINE = Machine(
    "intake_case",
    states=CaseState,
    commands=CaseCommand,
    initial=CaseState.RECEIVED,
    rows=[
        Row(CaseCommand.TAKE, CaseState.RECEIVED, CaseState.IN_PROGRESS, "IntakeCaseTaken"),
        Row(CaseCommand.CONCLUDE, CaseState.IN_PROGRESS, CaseState.CONCLUDED, "IntakeCaseConcluded"),
        Row(CaseCommand.CANCEL, CaseState.RECEIVED, CaseState.CANCELLED, "IntakeCaseCancelled"),
        Row(CaseCommand.CANCEL, CaseState.IN_PROGRESS, CaseState.CANCELLED, "IntakeCaseCancelled"),
    ],
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the intake hands it in (docs/hooks.md): its number, the matter, who applies, by when it is due."""

    number: str
    item: str
    applicant: str
    applicant_uscc: str
    """The unified social credit code; of a natural person the identity number, which is not kept."""
    due_on: date | None = None
    natural_person: bool = False
    """Whether a natural person applies."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What goes back: who was chosen, under which contract, with which result."""

    case_number: str
    agency: str
    contract: str
    result: str
