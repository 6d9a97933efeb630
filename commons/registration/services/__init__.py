"""What can be done: open an account, name an organisation, invite, set a lost password anew."""

from commons.registration.services.accounts import begin_registration, finish_registration
from commons.registration.services.checking import forget_old, tell
from commons.registration.services.inviting import accept, invite, tell_invited, withdraw
from commons.registration.services.organisations import register_organisation
from commons.registration.services.persons import register_natural_person
from commons.registration.services.resetting import begin_reset, finish_reset

__all__ = [
    "accept",
    "begin_registration",
    "begin_reset",
    "finish_registration",
    "finish_reset",
    "forget_old",
    "invite",
    "register_natural_person",
    "register_organisation",
    "tell",
    "tell_invited",
    "withdraw",
]
