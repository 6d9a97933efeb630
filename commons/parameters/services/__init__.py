"""What can be done to the rule parameters."""

from commons.parameters.services.back_dating import ask_legality, ask_value, carry_out
from commons.parameters.services.editing import enter_legality, enter_value
from commons.parameters.services.seeding import seed

__all__ = ["ask_legality", "ask_value", "carry_out", "enter_legality", "enter_value", "seed"]
