"""Who may see, sign and decline what somebody is asked to sign. Default deny."""

from commons.domain.actor import ALLOWED, Actor, Decision, deny
from commons.domain.refusals import NotFound
from signatures.signing.domain.sessions import OtherOrganisation, SigningElsewhere
from signatures.signing.models import SigningSession


def can_sign(actor: Actor, session: SigningSession) -> Decision:
    """The signer alone, for the organisation that is to sign, in the browser that it is bound to or its phone.

    To everybody else there is no such session.
    """
    if actor.person_id is None or actor.person_id != session.signer_id:
        return deny(NotFound())
    if session.organisation_id is not None and actor.organisation_id != session.organisation_id:
        return deny(OtherOrganisation())
    if session.session_ref and actor.session_ref not in (session.session_ref, session.phone_session_ref):
        return deny(SigningElsewhere())
    return ALLOWED


def can_move_to_phone(actor: Actor, session: SigningSession) -> Decision:
    """Whoever may sign; a phone does not pass the session on."""
    decision = can_sign(actor, session)
    if decision and session.phone_session_ref and actor.session_ref == session.phone_session_ref:
        return deny(SigningElsewhere())
    return decision
