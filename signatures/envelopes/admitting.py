"""Who may hand in for what: each procedure registers its own question for the subjects of its intakes."""

from collections.abc import Callable
from datetime import datetime

from commons.domain.actor import Actor

Admission = Callable[[Actor, str, datetime], None]
"""Called with actor, subject and time; raises the refusal of whoever may not."""
_ADMISSIONS: dict[str, Admission] = {}


def register_admission(kind: str, admission: Admission) -> None:
    """Ask `admission` before anybody may upload for a subject `kind:…`. Registering again is harmless."""
    _ADMISSIONS[kind] = admission


def has_procedure(subject: str) -> bool:
    """Whether a procedure answers for the subject: it also begins the opening, when its own rules say so."""
    return subject.partition(":")[0] in _ADMISSIONS


def require_admission(actor: Actor, subject: str, at: datetime) -> None:
    """Raises what the procedure refuses; subjects without a procedure (rehearsals) admit every bidder."""
    admission = _ADMISSIONS.get(subject.partition(":")[0])
    if admission is not None:
        admission(actor, subject, at)
