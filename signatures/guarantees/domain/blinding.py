"""References that tell nothing: the procedure as a commitment that is opened later."""

import hashlib

from commons.evidence.domain import canonical
from signatures.guarantees.domain.terms import Procedure

CONTEXT = b"luochui-procedure/v1\n"


def commitment(procedure: Procedure, salt: str) -> str:
    """SHA-256 over the procedure and a salt of 32 random bytes in hexadecimal.

    Two applications for one lot have unrelated commitments: an issuer cannot tell that two of its customers are rivals.
    """
    body = canonical.encode({"procedure": procedure.as_json(), "salt": salt})
    return hashlib.sha256(CONTEXT + body).hexdigest()
