"""Cases of the intake go back when their need is over: its clock stood still meanwhile."""

from datetime import datetime

from commons.domain.actor import system_actor
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import CaseResult, CaseState
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement

PLATFORM = system_actor("procurement")
WITHOUT_RESULT = {
    ProcurementState.VOID: "采购需求已废置，未产生中介服务成果",
    ProcurementState.EXPIRED: "选取失败后逾期未重新公告，未产生中介服务成果",
    ProcurementState.TERMINATED: "中介服务提前终止",
}
"""What the intake is told of a need that ended without an accepted service."""


def hand_back_case(row: Procurement, *, result: str, at: datetime, agency: str = "", contract: str = "") -> None:
    """Conclude the case from which the need came, if it is with us and the owner's own.

    A number that somebody only typed is no case of ours, and nobody ends the case of another applicant.
    """
    found = cases.case(row.case_number) if row.case_number else None
    if found is None or found.state is not CaseState.IN_PROGRESS:
        return
    if found.case.applicant_uscc == row.owner.organisation.uscc:
        told = CaseResult(case_number=row.case_number, agency=agency, contract=contract, result=result)
        intake.conclude_case(actor=PLATFORM, result=told, at=at)
