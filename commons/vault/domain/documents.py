"""Documents as values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document without its content."""

    id: int
    sha256: str
    size: int
    name: str
    media_type: str
    subject: str
    sensitive: bool
    stored_by: int | None
    organisation_id: int | None
    stored_at: datetime

    @property
    def pk(self) -> int:
        return self.id
