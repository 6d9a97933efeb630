"""Who may seal, open, witness and read. Default deny."""

from commons.domain.actor import ALLOWED, CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role
from commons.vault.domain.documents import StoredDocument
from commons.vault.policies import guards
from signatures.envelopes.domain.rules import WitnessNeeded
from signatures.envelopes.models import OfficerRoster, RosterSeat, SealedEnvelope


def can_draft_roster(actor: Actor) -> Decision:
    """The centre's operations desk names officers; it opens nothing itself."""
    return require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)


def can_see_rosters(actor: Actor) -> Decision:
    return require_role(actor, *CENTRE_ROLES, Role.REGULATOR, Role.AUDITOR)


def can_hold_seat(actor: Actor, seat: RosterSeat) -> Decision:
    """The officer in person, known by real name, while the seat is the officer's."""
    if actor.person_id is None or actor.person_id != seat.person_id or seat.until is not None:
        return deny()
    return require_role(actor, Role.HOST, assurance=Assurance.REAL_NAME)


def can_witness(actor: Actor, *parties: int | None) -> Decision:
    """Somebody of the centre or its overseers who is none of `parties`."""
    decision = require_role(actor, *CENTRE_ROLES, Role.REGULATOR, Role.AUDITOR, assurance=Assurance.REAL_NAME)
    if decision and actor.person_id in parties:
        return deny(WitnessNeeded())
    return decision


def can_open_intake(actor: Actor) -> Decision:
    """The procedure that owns the intake, as the platform itself, and the centre's hosts for rehearsals."""
    return ALLOWED if actor.system else require_role(actor, Role.HOST, assurance=Assurance.REAL_NAME)


def can_seal(actor: Actor) -> Decision:
    """Bidders, for the organisation that they act for."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME)


def can_begin_opening(actor: Actor) -> Decision:
    return ALLOWED if actor.system else require_role(actor, Role.HOST, assurance=Assurance.REAL_NAME)


def can_unlock_as_bidder(actor: Actor, envelope: SealedEnvelope) -> Decision:
    """Whoever acts for the bidder now."""
    if actor.organisation_id is None or actor.organisation_id != envelope.organisation_id:
        return deny()
    return can_seal(actor)


def can_watch_opening(actor: Actor) -> Decision:
    """Everybody who takes part in openings: hosts, officers, overseers; bidders see their own row (`queries`)."""
    if actor.system:
        return ALLOWED
    return require_role(actor, Role.HOST, Role.STAFF, Role.REGULATOR, Role.AUDITOR)


def can_supervise(actor: Actor) -> Decision:
    """A supervisor signs for each failure: 电子招标投标办法 art. 46."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def is_officer(actor: Actor, roster: OfficerRoster) -> bool:
    if actor.person_id is None:
        return False
    return roster.seats.filter(person_id=actor.person_id, until__isnull=True).exists()


@guards("envelope")
def can_read_opened(actor: Actor, document: StoredDocument) -> Decision:
    """What came out of an envelope: its bidder, and the centre's hosts and overseers. Tenders decide further."""
    if actor.organisation_id is not None and actor.organisation_id == document.organisation_id:
        return ALLOWED
    return require_role(actor, Role.HOST, Role.REGULATOR, Role.AUDITOR)
