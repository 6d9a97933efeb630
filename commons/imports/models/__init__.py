from commons.imports.models.runs import ImportedRow, ImportRun, RefusedRow, RunState

__all__ = ["ImportRun", "ImportedRow", "RefusedRow", "RunState"]
