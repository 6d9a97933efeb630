from exchange.projects.models.attachment import Attachment
from exchange.projects.models.project import CodeCounter, CompletenessCheck, Lot, Project

__all__ = ["Attachment", "CodeCounter", "CompletenessCheck", "Lot", "Project"]
