"""Deals that come to nothing: a buyer defaults and the next is asked or the lot fails; or a decision ends the deal."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from exchange.auctions.domain.timetable import local_day
from exchange.auctions.policies import can_run_procedure
from exchange.auctions.services.awarding import Award, hammer
from exchange.auctions.services.deciding import fail_lot
from exchange.auctions.services.guaranteeing import claim_guarantee
from exchange.auctions.services.releasing import answers_for_default, release_deposit
from exchange.auctions.services.settling import advance_lot, locked_deal, payment_subject
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import STANDING, DealCommand, DealState
from exchange.contracts.models import Contract, Deal, DealOrigin
from exchange.contracts.services import move_deal
from exchange.deposits import queries as deposit_queries
from exchange.deposits import services as deposits
from exchange.notices.services import NumberedDecision
from exchange.projects.domain.completeness import require_reason
from exchange.projects.domain.states import LotState
from exchange.rooms import queries as rooms
from exchange.rooms.queries.loading import load


class LimitNotPassed(Refusal):
    code = "LIMIT_NOT_PASSED"
    message = gettext_noop("The buyer still has time until %(due_on)s. A default can be recorded after that day.")


class BuyerNotInArrears(Refusal):
    """Whoever did its part cannot lose its deposit because somebody else did not."""

    code = "BUYER_NOT_IN_ARREARS"
    message = gettext_noop(
        "The buyer has done what it could do; what is missing is not its part: %(reason)s. A decision can end the deal "
        "without its fault."
    )


class NotAnnounced(Refusal):
    code = "RESULT_NOT_ANNOUNCED"
    message = gettext_noop("The result is being published. Record the decision when the notice is out.")
    retryable = True


OTHERS_PART = {
    DealState.AWARDED: gettext_noop("the seller has not confirmed the result"),
    DealState.CONFIRMED: gettext_noop("the contract waits for the exchange or for the seller's signature"),
    DealState.CONTRACTED: gettext_noop("the price has arrived and waits for the treasury's voucher"),
}
"""What is missing of a deal once its buyer has done its part."""


class NobodyIsNext(Refusal):
    code = "NOBODY_IS_NEXT"
    message = gettext_noop("No other bidder of this lot can take the place. Let the lot fail and announce it again.")


@transaction.atomic
def record_default(
    *, actor: Actor, deal_id: int, decision: NumberedDecision, reason: str, take_next: bool, at: datetime
) -> None:
    """Record the seller's decision that the buyer defaulted.

    Refuses (`LimitNotPassed`) before the limit is over, (`BuyerNotInArrears`) where the buyer has done its part,
    (`DecisionMissing`) without the numbered decision, and (`NobodyIsNext`) where the next bidder is wanted and there
    is none.
    """
    can_run_procedure(actor).require()
    decision.require()
    words = require_reason(reason)
    deal = locked_deal(deal_id)
    _require_overdue(deal, at)
    _require_arrears(deal)
    payload: dict[str, JSON] = {"decision_no": decision.number.strip(), "document": f"document:{decision.document_id}"}
    move_deal(
        deal,
        DealCommand.DEFAULT,
        actor=actor,
        at=at,
        payload=payload,
        ended_at=at,
        decision_body=decision.body.strip(),
        decision_no=decision.number.strip(),
    )
    deposits.give_up_price(actor=actor, subject=payment_subject(deal), reason=words, at=at)
    if answers_for_default(deal.lot, deal.buyer_id):
        deposits.forfeit(
            actor=actor,
            lot_id=deal.lot_id,
            organisation_id=deal.buyer_id,
            decision_no=decision.number.strip(),
            document_id=decision.document_id,
            reason=words,
            at=at,
        )
    number = decision.number.strip()
    claim_guarantee(deal.lot, deal.buyer_id, decision_no=number, reason=words, actor=actor, at=at)
    subject = gettext_noop(
        "Your purchase in lot %(lot)s of %(project)s was ended and the deposit forfeited: %(decision)s"
    )
    tell(deal.lot, deal.buyer_id, subject, at=at, key=f"default:{deal.pk}", decision=decision.number.strip())
    _go_on(deal, take_next=take_next, actor=actor, at=at)


@transaction.atomic
def end_deal(*, actor: Actor, deal_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """End a deal without the buyer's fault, by a numbered decision; deposit and price go back to it in full."""
    can_run_procedure(actor).require()
    decision.require()
    words = require_reason(reason)
    deal = locked_deal(deal_id)
    if deal.notified_at is None:
        raise NotAnnounced()
    payload: dict[str, JSON] = {"decision_no": decision.number.strip(), "document": f"document:{decision.document_id}"}
    move_deal(
        deal,
        DealCommand.TERMINATE,
        actor=actor,
        at=at,
        payload=payload,
        ended_at=at,
        decision_body=decision.body.strip(),
        decision_no=decision.number.strip(),
    )
    release_deposit(deal.lot, deal.buyer_id, reason=words, actor=actor, at=at)
    deposits.release_payment(actor=actor, subject=payment_subject(deal), reason=words, at=at)
    subject = gettext_noop("Your purchase in lot %(lot)s of %(project)s was ended by a decision: %(decision)s")
    tell(deal.lot, deal.buyer_id, subject, at=at, key=f"ended:{deal.pk}", decision=decision.number.strip())
    _go_on(deal, take_next=False, actor=actor, at=at)


def _require_overdue(deal: Deal, at: datetime) -> None:
    contracted = deal.state == DealState.CONTRACTED
    due_on = deal.payment_due_on if contracted else deal.contract_due_on
    if due_on is None or local_day(at) <= due_on:
        raise LimitNotPassed(due_on=due_on.isoformat() if due_on else "—")


def _require_arrears(deal: Deal) -> None:
    state = DealState(deal.state)
    if state in OTHERS_PART and _has_done_its_part(deal, state):
        raise BuyerNotInArrears(reason=OTHERS_PART[state])


def _has_done_its_part(deal: Deal, state: DealState) -> bool:
    """Whether the deal waits for somebody else than its buyer."""
    if state is DealState.AWARDED:
        return deal.buyer_confirmed_at is not None
    if state is DealState.CONFIRMED:
        contract = Contract.objects.filter(deal=deal).first()
        return contract is None or contract.buyer_agreed_at is not None
    payment = deposit_queries.payment_of(payment_subject(deal))
    return payment is not None and payment.covered


def _go_on(deal: Deal, *, take_next: bool, actor: Actor, at: datetime) -> None:
    lot = deal.lot
    if take_next:
        hammer(lot, [next_award(deal)], origin=DealOrigin.NEXT_BIDDER, actor=actor, at=at)
        return
    standing = Deal.objects.filter(lot=lot, state__in=[state.value for state in STANDING]).exists()
    if standing:
        advance_lot(lot, actor=actor, at=at)
    elif lot.state in (LotState.NOTICED, LotState.CONTRACTED, LotState.PAID):
        fail_lot(lot, reason=gettext_noop("The sale did not come about."), actor=actor, at=at)


def next_award(deal: Deal) -> Award:
    """What the next bidder of the room takes, at its own last price. Refuses (`NobodyIsNext`)."""
    lot = deal.lot
    had = set(Deal.objects.filter(lot=lot).values_list("buyer_id", flat=True))
    loaded = load(lot.room_id) if lot.room_id is not None else None
    if loaded is None or lot.room_id is None:
        raise NobodyIsNext()
    organisations = {bidder.alias: bidder.organisation_id for bidder in rooms.participants(lot.room_id)}
    for offer in loaded.state.book.ranking:
        # Who was suspended at the end has no deposit behind its offer.
        if offer.alias in loaded.state.suspended:
            continue
        if organisations[offer.alias] not in had:
            return Award(organisations[offer.alias], offer.alias, min(deal.quantity, offer.quantity), offer.price)
    raise NobodyIsNext()
