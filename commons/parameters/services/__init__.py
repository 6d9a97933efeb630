"""What can be done to the rule parameters."""

from commons.parameters.services.editing import enter_legality, enter_value
from commons.parameters.services.seeding import seed

__all__ = ["enter_legality", "enter_value", "seed"]
