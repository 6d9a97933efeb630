"""The public face of people: sessions, roles, accounts, keys for programs."""

from commons.people.services.accounts import (
    deactivate,
    open_account,
    register_account,
    set_assurance,
    set_new_password,
)
from commons.people.services.api_keys import end_api_key, make_api_key
from commons.people.services.counter import begin_centre, enter_organisation
from commons.people.services.enrolment import (
    enrol_natural_person,
    enrol_organisation,
    enrol_person,
    hold_organisation,
)
from commons.people.services.resetting import reset_sign_in
from commons.people.services.roles import end_role, grant_role
from commons.people.services.sessions import end_certificate_sessions, end_sessions

__all__ = [
    "begin_centre",
    "deactivate",
    "end_api_key",
    "end_certificate_sessions",
    "end_role",
    "end_sessions",
    "enrol_natural_person",
    "enrol_organisation",
    "enrol_person",
    "enter_organisation",
    "grant_role",
    "hold_organisation",
    "make_api_key",
    "open_account",
    "register_account",
    "reset_sign_in",
    "set_assurance",
    "set_new_password",
]
