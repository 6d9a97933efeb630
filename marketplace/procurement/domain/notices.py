"""What is published under a procurement. Pure."""

from enum import StrEnum


class ProcurementNoticeKind(StrEnum):
    NEED = "NEED"
    AMENDMENT = "AMENDMENT"
    FAILURE = "FAILURE"
    VOID = "VOID"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    SELECTION = "SELECTION"
    """Who was selected, and how 选取结果公告."""
    CONTRACT = "CONTRACT"
    """The contract, where its disclosure is allowed."""
    COMPLETION = "COMPLETION"
    """The service is accepted, or it was ended."""
