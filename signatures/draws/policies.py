"""Who may prepare a draw, and whose secret enters it."""

from commons.approvals.kinds import register_kind
from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.text import gettext_noop
from signatures.draws.models import DrawHolder

REDRAW = register_kind(
    "draws.redraw",
    request=(Role.STAFF, Role.HOST),
    approve=(Role.STAFF, Role.HOST, Role.REGULATOR),
    label=gettext_noop("Draw anew"),
)


def can_announce(actor: Actor) -> Decision:
    """The platform by a rule of another package, those who run a procedure, and the centre's staff."""
    if actor.system:
        return ALLOWED
    roles = (Role.STAFF, Role.HOST, Role.OWNER, Role.TENDEREE, Role.AGENT)
    return require_role(actor, *roles, assurance=Assurance.REAL_NAME)


def can_use_desk(actor: Actor) -> Decision:
    """Those who prepare draws by hand: the centre's staff."""
    return require_role(actor, Role.STAFF, Role.HOST, assurance=Assurance.REAL_NAME)


def can_hold(actor: Actor, holder: DrawHolder | None) -> Decision:
    """Commit and reveal: only the one who was named, as surely known as somebody who signs in by name."""
    if holder is None or actor.person_id is None or holder.person_id != actor.person_id:
        return deny()
    return ALLOWED if actor.assurance >= Assurance.REAL_NAME else deny()


def can_record_beacon(actor: Actor) -> Decision:
    """The platform from its beacon file, or the centre's staff by hand: anybody can compare it with the source."""
    return ALLOWED if actor.system else can_use_desk(actor)
