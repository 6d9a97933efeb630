"""Who may download a document: the guard of its subject decides; without one, who handed it in, and the overseers."""

from collections.abc import Callable

from commons.domain.actor import ALLOWED, Actor, Decision, Role, deny
from commons.vault.domain.documents import StoredDocument

Guard = Callable[[Actor, StoredDocument], Decision]

_GUARDS: dict[str, Guard] = {}
_SEALED: set[str] = set()


def guards(kind: str, *, sealed: bool = False) -> Callable[[Guard], Guard]:
    """Register the decorated policy for subjects `<kind>:…`.

    What is `sealed` lies in the storage encrypted, under a key that is neither there nor in the database; it is for
    small files, which are sealed and opened in memory.
    """

    def register(guard: Guard) -> Guard:
        if sealed:
            _SEALED.add(kind)
        known = _GUARDS.setdefault(kind, guard)
        assert known.__qualname__ == guard.__qualname__, f"two guards for documents of {kind}"
        return guard

    return register


def lies_sealed(subject: str) -> bool:
    """Whether documents of this subject lie encrypted in the storage."""
    return subject.partition(":")[0] in _SEALED


def can_download(actor: Actor, document: StoredDocument) -> Decision:
    """Default deny."""
    guard = _GUARDS.get(document.subject.partition(":")[0])
    if guard is not None:
        return guard(actor, document)
    return ALLOWED if _handed_in(actor, document) or actor.has(Role.REGULATOR, Role.AUDITOR) or actor.system else deny()


def _handed_in(actor: Actor, document: StoredDocument) -> bool:
    if actor.is_anonymous:
        return False
    same_person = actor.person_id is not None and actor.person_id == document.stored_by
    same_organisation = actor.organisation_id is not None and actor.organisation_id == document.organisation_id
    return same_person or same_organisation
