"""From the confirmed deal to the transfer: both sides agree to the contract, the price is paid, the registry moves."""

from datetime import date, datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Money, Quantity, as_text, round_money
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.secrecy.fields import Party
from exchange.auctions.domain.terms import Terms, read_terms, source_of
from exchange.auctions.domain.timetable import END_OF_BUSINESS, at_time, local_day
from exchange.auctions.models import Registration
from exchange.auctions.policies import can_act_as_buyer, can_act_as_seller, can_run_procedure
from exchange.auctions.queries import confirmations_of
from exchange.auctions.services import papers
from exchange.auctions.services.limits import PAYMENT, working_limit
from exchange.auctions.services.releasing import is_retained, release_deposit, release_deposits
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import REACHED, STANDING, DealCommand, DealState
from exchange.contracts.models import Contract, Deal, Invoice
from exchange.contracts.services import move_deal
from exchange.deposits import queries as deposit_queries
from exchange.deposits import services as deposits
from exchange.permits import queries as permit_queries
from exchange.permits import services as permits
from exchange.permits.domain.permits import years_after
from exchange.projects.domain.states import LotCommand, LotState
from exchange.projects.domain.trades import TradeType
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot, move_lot
from signatures.documents import services as documents
from signatures.documents.domain.papers import GivenSignature


def draw_up_contract(*, actor: Actor, deal_id: int, at: datetime) -> int:
    """Make the contract of a confirmed deal as a PDF; gives its number in the house. Harmless to repeat."""
    deal = Deal.objects.select_related("lot__project__seller", "buyer").filter(pk=deal_id).first()
    if deal is None:
        raise NotFound()
    if found := Contract.objects.filter(deal=deal).first():
        return found.pk
    if deal.state != DealState.CONFIRMED:
        raise NotAllowedNow(command="DRAW_UP_CONTRACT", state=deal.state)
    number = f"{deal.lot.project.code}-{deal.lot.number:02d}-{deal.pk}"
    drafted = papers.contract(deal, number, actor=actor, at=at)
    record = papers.confirmation(deal, confirmations_given(deal), actor=actor, at=at)
    with transaction.atomic():
        locked_deal(deal_id)
        document = drafted.document
        values = {"number": number, "document_id": document.id, "sha256": document.sha256, "drawn_up_at": at}
        contract, made = Contract.objects.get_or_create(deal=deal, defaults=values)
        if made:
            for one in (record, drafted):
                documents.issue(one, actor=actor, at=at)
            payload: dict[str, JSON] = {"deal": f"deal:{deal.pk}", "contract": number, "sha256": document.sha256}
            append(stream=_stream(deal), type="ContractDrawnUp", actor=actor, payload=payload, decided_at=at)
            for organisation_id in (deal.buyer_id, deal.lot.project.seller_id):
                subject = gettext_noop("The contract for lot %(lot)s of %(project)s waits for your agreement")
                link = f"/deals/{deal.pk}/"
                tell(deal.lot, organisation_id, subject, at=at, key=f"contract:{deal.pk}", link=link)
    return contract.pk


def confirmations_given(deal: Deal) -> list[GivenSignature]:
    """What both sides signed to confirm the result, as the record carries it."""
    signed = confirmations_of(deal)
    found = ((side.lower(), signed[side]) for side in ("SELLER", "BUYER") if side in signed)
    return [GivenSignature(side, one.content, one.cms, one.certificate, one.signed_at) for side, one in found]


def contract_signed(*, actor: Actor, deal_id: int, side: str, sha256: str, document_id: int, at: datetime) -> None:
    """A side signed the contract; the file with its signature is the contract from now on. Inside that transaction.

    When both have, the price is due within its limit. Electronic Signature Law (电子签名法, 2019) art. 14: a reliable
    electronic signature has the force of one by hand.
    """
    deal = locked_deal(deal_id)
    contract = Contract.objects.select_for_update().filter(deal=deal).first()
    if contract is None or deal.state != DealState.CONFIRMED or side != side_of(actor, deal):
        raise NotAllowedNow(command="AGREE_CONTRACT", state=deal.state)
    name = f"{side}_agreed_at"
    Contract.objects.filter(pk=contract.pk).update(**{name: at}, sha256=sha256, document_id=document_id)
    setattr(contract, name, at)
    payload: dict[str, JSON] = {"deal": f"deal:{deal.pk}", "sha256": sha256, "side": side.upper()}
    append(stream=_stream(deal), type="ContractAgreed", actor=actor, payload=payload, decided_at=at)
    if contract.buyer_agreed_at and contract.seller_agreed_at:
        _contracted(deal, actor=actor, at=at)


def _contracted(deal: Deal, *, actor: Actor, at: datetime) -> None:
    terms = read_terms(deal.lot.project.parameters)
    region, days = deal.lot.project.region, terms.payment_working_days
    due_on = working_limit(kind=PAYMENT, refs=[deal.pk], start=at, add=days, region=region)
    move_deal(
        deal,
        DealCommand.CONTRACT,
        actor=actor,
        at=at,
        payload={"payment_due_on": due_on.isoformat(), "amount": as_text(deal.amount)},
        payment_due_on=due_on,
    )
    deposits.expect_payment(
        actor=actor,
        subject=payment_subject(deal),
        lot_id=deal.lot_id,
        organisation_id=deal.buyer_id,
        amount=Money(deal.amount),
        due_at=at_time(due_on, END_OF_BUSINESS),
        at=at,
        apply_deposit=terms.deposit_counts_towards_price and is_retained(deal.lot, deal.buyer_id),
    )
    _record_fees(deal, terms, at=at)
    subject = gettext_noop("The contract for lot %(lot)s of %(project)s stands. Pay %(amount)s yuan by %(due_on)s.")
    tell(
        deal.lot,
        deal.buyer_id,
        subject,
        at=at,
        key=f"pay:{deal.pk}",
        link=f"/deals/{deal.pk}/",
        amount=as_text(deal.amount),
        due_on=due_on.isoformat(),
    )
    advance_lot(deal.lot, actor=actor, at=at)


def _record_fees(deal: Deal, terms: Terms, *, at: datetime) -> None:
    """Fees, where the rules ask for any, as data for the invoice."""
    parameters = deal.lot.project.parameters
    shares = (
        (deal.buyer_id, "fee.share.buyer", terms.fee_share_buyer),
        (deal.lot.project.seller_id, "fee.share.seller", terms.fee_share_seller),
    )
    for payer_id, key, share in shares:
        if share > 0:
            Invoice.objects.create(
                deal=deal,
                payer_id=payer_id,
                item="SERVICE_FEE",
                rate=share,
                amount=round_money(deal.amount * share),
                source=source_of(parameters, key),
                recorded_at=at,
            )


@transaction.atomic
def take_payment(*, actor: Actor, deal_id: int, at: datetime) -> bool:
    """Mark a deal paid once the bank's entry and the treasury's voucher are both there. True when it moved."""
    deal = locked_deal(deal_id)
    payment = deposit_queries.payment_of(payment_subject(deal))
    if deal.state != DealState.CONTRACTED or payment is None or not payment.paid:
        return False
    move_deal(
        deal,
        DealCommand.PAY,
        actor=actor,
        at=at,
        payload={"voucher_no": payment.voucher_no, "amount": as_text(deal.amount)},
        paid_at=payment.voucher_at or at,
        voucher_no=payment.voucher_no,
        voucher_id=payment.voucher_document_id,
    )
    release_deposit(deal.lot, deal.buyer_id, reason="price paid in full", actor=actor, at=at)
    advance_lot(deal.lot, actor=actor, at=at)
    return True


@transaction.atomic
def transfer_rights(*, actor: Actor, deal_id: int, at: datetime) -> None:
    """Staff file contract and payment with the registry, which moves the quantity to the buyer (Foshan 2018).

    Refuses, with the registry's reason, a buyer who may not have the rights any more: a permit that ended, an area that
    misses its target since. The deal is then ended by a decision. The rights run from now for the term of the notice.
    """
    can_run_procedure(actor).require()
    deal = locked_deal(deal_id)
    contract = Contract.objects.filter(deal=deal).first()
    if deal.state != DealState.PAID or contract is None:
        raise NotAllowedNow(command="TRANSFER", state=deal.state)
    _require_still_eligible(deal, at=at)
    first, last = _term(deal.lot, at)
    movement = permits.transfer(
        actor=actor,
        lot_id=deal.lot_id,
        buyer_id=deal.buyer_id,
        quantity=Quantity(deal.quantity),
        document_id=contract.document_id,
        document_ref=contract.number,
        idempotency_key=f"deal:{deal.pk}",
        at=at,
        valid_from=first,
        valid_until=last,
    )
    payload: dict[str, JSON] = {"movement": f"movement:{movement.id}", "quantity": as_text(deal.quantity)}
    move_deal(deal, DealCommand.TRANSFER, actor=actor, at=at, payload=payload, transferred_at=at)


def _require_still_eligible(deal: Deal, *, at: datetime) -> None:
    lot = deal.lot
    registration = Registration.objects.filter(party=Party(lot.pk, deal.buyer_id)).first()
    verdict = permit_queries.eligibility(
        organisation_id=deal.buyer_id,
        instrument=lot.instrument,
        quantity=Quantity(deal.quantity),
        region=lot.project.region,
        seller_id=lot.project.seller_id,
        on=local_day(at),
        permit_no=registration.permit_no if registration else "",
        lot_id=lot.pk,
    )
    verdict.require()


def _term(lot: Lot, at: datetime) -> tuple[date | None, date | None]:
    """First and last day of what is bought; allowances of a year are not for a term."""
    if TradeType(lot.project.trade_type) is not TradeType.EMISSION_RIGHTS:
        return None, None
    first = local_day(at)
    return first, years_after(first, lot.term_years) - timedelta(days=1)


def locked_deal(deal_id: int) -> Deal:
    """The deal, with its lot locked first: always in this order. Refuses (`NotFound`)."""
    lot_id = Deal.objects.filter(pk=deal_id).values_list("lot_id", flat=True).first()
    if lot_id is None:
        raise NotFound()
    lot = locked_lot(lot_id)
    deal = Deal.objects.select_for_update(of=("self",)).select_related("buyer").get(pk=deal_id)
    deal.lot = lot
    return deal


def side_of(actor: Actor, deal: Deal) -> str:
    """`buyer` or `seller`: for which side the actor may act. Refuses (`NotPermitted`)."""
    if can_act_as_buyer(actor, deal):
        return "buyer"
    if can_act_as_seller(actor, deal.lot.project):
        return "seller"
    raise NotPermitted()


def payment_subject(deal: Deal) -> str:
    """The name under which the price of a deal is expected from the bank."""
    return f"deal:{deal.pk}"


LOT_STEPS = (
    (LotState.NOTICED, DealState.CONTRACTED, LotCommand.CONTRACT),
    (LotState.CONTRACTED, DealState.PAID, LotCommand.PAY),
    (LotState.PAID, DealState.CERTIFIED, LotCommand.REGISTER),
)


def advance_lot(lot: Lot, *, actor: Actor, at: datetime) -> None:
    """Move the lot as far as the slowest of its standing deals has come; with the last certificate it is closed."""
    states = [DealState(state) for state in Deal.objects.filter(lot=lot).values_list("state", flat=True)]
    standing = [state for state in states if state in STANDING]
    for source, needed, command in LOT_STEPS:
        if lot.state == source and standing and all(REACHED[state] >= REACHED[needed] for state in standing):
            move_lot(lot, command, actor=actor, at=at)
    if lot.state == LotState.REGISTERED:
        buyers = set(Deal.objects.filter(lot=lot).values_list("buyer_id", flat=True))
        permits.release_supply(actor=actor, lot_id=lot.pk, document_ref=f"{lot.project.code}/{lot.number}", at=at)
        release_deposits(lot, keep=buyers, reason="lot closed", actor=actor, at=at)
        move_lot(lot, LotCommand.CLOSE, actor=actor, at=at)


def _stream(deal: Deal) -> str:
    return f"lot:{deal.lot_id}"
