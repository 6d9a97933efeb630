from exchange.complaints.models.objection import Objection

__all__ = ["Objection"]
