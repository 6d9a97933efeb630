"""The answers of a check of a certificate: intact, registered, current, each by itself, nothing lumped together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked. None: it cannot be said yet."""

    document_intact: bool
    """The stored file has the SHA-256 under which it was issued."""
    facts_intact: bool
    """What the page states is what was issued."""
    registered: bool
    """The evidence log holds the issue, with both hashes, and its entry has the hash that its content gives."""
    in_public_log: bool | None
    """The entry leads to the root of a signed checkpoint; None until the next checkpoint gathers it."""
    current: bool
    """Neither revoked nor superseded."""
    entry_hash: str = ""
    checkpoint_size: int | None = None

    @property
    def intact(self) -> bool:
        return self.document_intact and self.facts_intact

    @property
    def good(self) -> bool:
        """Whether nothing speaks against the certificate."""
        return self.intact and self.registered and self.in_public_log is not False and self.current
