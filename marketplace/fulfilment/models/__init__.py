from marketplace.fulfilment.models.engagement import ContractProposal, Engagement, Milestone, Payment
from marketplace.fulfilment.models.grievance import Grievance, GrievanceDocument

__all__ = ["ContractProposal", "Engagement", "Grievance", "GrievanceDocument", "Milestone", "Payment"]
