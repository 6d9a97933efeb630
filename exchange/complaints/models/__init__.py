from exchange.complaints.models.complaint import Complaint, ComplaintDocument
from exchange.complaints.models.objection import Objection

__all__ = ["Complaint", "ComplaintDocument", "Objection"]
