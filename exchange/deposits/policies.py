"""Who may see and move money. Before the hammer only the payer and finance know of a deposit and its size."""

from datetime import timedelta

from commons.approvals.kinds import register_kind
from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.text import gettext_noop
from commons.vault.policies import guards
from commons.vault.queries import StoredDocument
from exchange.projects.domain.states import LotState

FINANCE = (Role.FINANCE,)
OVERSEERS = (Role.STAFF, Role.REGULATOR, Role.AUDITOR)

OPEN_TO_OVERSEERS = frozenset(
    {LotState.NOTICED, LotState.CONTRACTED, LotState.PAID, LotState.REGISTERED, LotState.CLOSED}
)
"""The states of a lot whose result has been announced: only then may names be known.

Who paid for a lot that failed or was ended stays with the payer and finance for good, as `exchange.auctions` keeps it.
"""


def _kind(name: str, label: str, *, days: int) -> str:
    """A decision of two people of finance, hidden from overseers: it may name who pays before the room opens."""
    valid_for = timedelta(days=days)
    kind = register_kind(name, request=FINANCE, approve=FINANCE, valid_for=valid_for, overseen=False, label=label)
    return kind.name


CLAIM = _kind("deposits.claim", gettext_noop("Say what an unclear payment is for"), days=7)
EXPLAIN = _kind("deposits.explain", gettext_noop("Say that an unclear payment pays for nothing"), days=7)
ACCOUNT = _kind("deposits.account", gettext_noop("Put an account on the list"), days=7)
PAYOUT = _kind("deposits.payout", gettext_noop("Order payments"), days=3)
COLLECTING = _kind("deposits.collecting", gettext_noop("Change the collecting account"), days=7)


def can_handle_money(actor: Actor) -> Decision:
    """Finance, for the desk: files, queue, batches, accounts."""
    return ALLOWED if actor.system else require_role(actor, *FINANCE, assurance=Assurance.REAL_NAME)


def can_order_for_lot(actor: Actor) -> Decision:
    """Whoever the calling procedure let act: expecting, retaining, releasing and forfeiting follow a lot's own steps.

    These verbs have no page of their own; `exchange.auctions` decides by the policy of each step.
    """
    return deny() if actor.is_anonymous else ALLOWED


def can_record_voucher(actor: Actor) -> Decision:
    """The treasury, whose voucher it is (财税〔2015〕61号)."""
    return require_role(actor, Role.TREASURY, assurance=Assurance.REAL_NAME)


def can_propose_account(actor: Actor, organisation_id: int) -> Decision:
    """An organisation names its own account; finance may do it for it."""
    if actor.person_id is not None and actor.organisation_id == organisation_id:
        return require_role(actor, *Role, assurance=Assurance.REAL_NAME)
    return can_handle_money(actor)


def can_see_money_of(actor: Actor, organisation_id: int) -> Decision:
    """The payer itself, and finance."""
    own = actor.person_id is not None and actor.organisation_id == organisation_id
    return ALLOWED if own else require_role(actor, *FINANCE)


def can_see_deposits_of_lot(actor: Actor, lot_state: str) -> Decision:
    """Finance always; staff, regulator and auditor once the room is over."""
    if actor.has(*FINANCE):
        return require_role(actor, *FINANCE)
    return require_role(actor, *OVERSEERS) if lot_state in OPEN_TO_OVERSEERS else deny()


def can_see_books(actor: Actor) -> Decision:
    """Payments out and bank files name payers of lots that are still open: finance only."""
    return require_role(actor, *FINANCE)


@guards("bank-file", sealed=True)
def can_download_bank_file(actor: Actor, _document: StoredDocument) -> Decision:
    """The file itself names payers as well: neither colleagues of the centre nor overseers have it."""
    return ALLOWED if actor.system else can_see_books(actor)


def can_see_money_afterwards(actor: Actor) -> Decision:
    """Staff, regulator and auditor look at deposits and payments once the room of their lot is over."""
    return require_role(actor, *OVERSEERS)
