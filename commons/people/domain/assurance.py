"""How surely the person behind a session is known.

a person      L1 phone, L2 real name, L3 face or legal person's licence, L4 certificate
a session     the person's level, but no more than its way of signing in can carry:
              password alone          `password_cap` (L2; the embedded demo city allows L3)
              with TOTP or a passkey  L3
              with a certificate      L4, whatever the person's own level: the authority knew the person
"""

from commons.domain.actor import Assurance

SECOND_FACTOR_CAP = Assurance.FACE_OR_LICENCE
"""A phone's code or a passkey proves that the registered person is here, not a signature under the law."""


def session_assurance(
    *, person: Assurance, second_factor: bool, password_cap: Assurance, certificate: bool = False
) -> Assurance:
    """The level of a session: what the sign-in proves, and without a certificate no more than the person's own."""
    if certificate:
        return Assurance.CERTIFICATE
    return min(person, max(SECOND_FACTOR_CAP, password_cap) if second_factor else password_cap)
