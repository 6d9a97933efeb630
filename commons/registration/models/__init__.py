from commons.registration.models.checks import AddressCheck
from commons.registration.models.invitations import Invitation

__all__ = ["AddressCheck", "Invitation"]
