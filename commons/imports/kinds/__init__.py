"""What commons itself can import."""

from commons.imports.importer import register
from commons.imports.kinds import calendar_days, companies, licences


def register_all() -> None:
    """Make the kinds of commons known."""
    register(companies.IMPORTER)
    register(calendar_days.IMPORTER)
    register(licences.IMPORTER)
