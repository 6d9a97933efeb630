"""References to buyers that tell nothing until the salt is revealed."""

import hashlib


def blinded_ref(organisation_id: int, salt: str) -> str:
    """`buyer:` and the first 32 hex digits of SHA-256 over organisation and salt."""
    digest = hashlib.sha256(f"organisation:{organisation_id}|{salt}".encode()).hexdigest()
    return f"buyer:{digest[:32]}"
