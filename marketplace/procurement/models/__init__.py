from marketplace.procurement.models.chain import ChainStep, StepDecision
from marketplace.procurement.models.notice import ProcurementNotice, Question
from marketplace.procurement.models.procurement import Procurement

__all__ = ["ChainStep", "Procurement", "ProcurementNotice", "Question", "StepDecision"]
