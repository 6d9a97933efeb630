"""Django looks here for the tables of the package; each subject keeps its own."""

from signatures.draws.models import Draw, DrawHolder

__all__ = ["Draw", "DrawHolder"]
