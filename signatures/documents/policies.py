"""Who may sign and read a paper. Default deny: the kind's package decides, and the party's organisation must fit."""

from commons.domain.actor import ALLOWED, Actor, Decision, Role, deny
from signatures.documents.kinds import paper_kind
from signatures.documents.models import Paper, PaperParty


def can_sign(actor: Actor, party: PaperParty) -> Decision:
    """A person of the party, whom the kind's own rule lets sign."""
    if actor.person_id is None:
        return deny()
    if party.person_id is not None and party.person_id != actor.person_id:
        return deny()
    if party.organisation_id is not None and party.organisation_id != actor.organisation_id:
        return deny()
    return paper_kind(party.paper.kind).may_sign(actor, party.paper.subject, party.field)


def can_read(actor: Actor, paper: Paper) -> Decision:
    """Anybody a public paper; else its parties, the overseers, and whom the kind's own rule lets read."""
    if paper.public or actor.system or actor.has(Role.REGULATOR, Role.AUDITOR):
        return ALLOWED
    if any(can_sign(actor, party) for party in paper.parties.all()):
        return ALLOWED
    return paper_kind(paper.kind).may_read(actor, paper.subject)
