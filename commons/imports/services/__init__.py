"""What can be done with imports."""

from commons.imports.services.running import carry_out, import_file

__all__ = ["carry_out", "import_file"]
