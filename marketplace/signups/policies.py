"""Who signs up, who sees what of it and when."""

from collections.abc import Callable

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument
from marketplace.signups.models import SignUp

OVERSEERS = (Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR)


def can_sign_up(actor: Actor) -> Decision:
    """The people of an agency, known by face or business licence; the platform, when it replays a year."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.FACE_OR_LICENCE)


def can_withdraw(actor: Actor, sign_up: SignUp) -> Decision:
    """The agency's own people."""
    return can_sign_up(actor) if owns(actor, sign_up) else deny()


def owns(actor: Actor, sign_up: SignUp) -> bool:
    return actor.organisation_id is not None and actor.organisation_id == sign_up.party.organisation_id


@guards("sign-up")
def can_download_proposal(actor: Actor, document: StoredDocument) -> Decision:
    """A proposal is its agency's alone until the quotes are opened; then also the owner's, the centre's, and of
    whoever has to score it."""
    number = int(document.subject.partition(":")[2] or 0)
    rows = SignUp.objects.select_related("procurement__owner").filter(procurement_id=number, proposal_id=document.id)
    sign_up = rows.first()
    if sign_up is None:
        return deny()
    if owns(actor, sign_up):
        return ALLOWED
    if sign_up.opened_at is None:
        return deny()
    of_owner = actor.organisation_id == sign_up.procurement.owner.organisation_id
    if actor.has(*OVERSEERS) or (of_owner and actor.organisation_id is not None):
        return ALLOWED
    return ALLOWED if any(reads(actor, number) for reads in _READERS) else deny()


Reader = Callable[[Actor, int], bool]
_READERS: list[Reader] = []


def register_reader(reads: Reader) -> Reader:
    """Let a subject above say who else reads the opened proposals of a procurement: `reads(actor, procurement_id)`."""
    _READERS.append(reads)
    return reads
