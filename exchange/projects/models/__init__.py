from exchange.projects.models.project import CodeCounter, CompletenessCheck, Lot, Project

__all__ = ["CodeCounter", "CompletenessCheck", "Lot", "Project"]
