"""Questions about money. Pages hand in their viewer; the flow of the exchange asks plainly."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, Q, When

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.secrecy.fields import Party
from exchange.deposits.domain.entries import EntryState
from exchange.deposits.domain.facts import NOTHING, DepositView, PaymentView
from exchange.deposits.domain.payouts import LegState, PayoutKind
from exchange.deposits.domain.states import MoneyState, Purpose
from exchange.deposits.models import (
    BankEntry,
    BankFile,
    MoneyExpectation,
    PayeeAccount,
    PayoutBatch,
    PayoutLeg,
)
from exchange.deposits.policies import (
    OPEN_TO_OVERSEERS,
    can_handle_money,
    can_record_voucher,
    can_see_books,
    can_see_deposits_of_lot,
    can_see_money_afterwards,
    can_see_money_of,
)
from exchange.deposits.queries.account import NEWEST
from exchange.deposits.queries.rows import (
    account_line,
    batch_line,
    deposit_view,
    entry_lines,
    expected_rows,
    file_line,
    leg_lines,
    money_line,
    money_lines,
    payment_view,
)
from exchange.deposits.queries.shapes import AccountLine, BatchLine, CashBook, EntryLine, FileLine, LegLine, MoneyLine
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book

PAGE = 200


SEARCHED = 2_000
"""How many of the newest expectations a search looks at."""


def deposit_of(lot_id: int, organisation_id: int) -> DepositView | None:
    """The deposit of one organisation for one lot, for the flow of the exchange itself; pages ask with their viewer."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.DEPOSIT.value, party=Party(lot_id, organisation_id))
    row = rows.order_by("-expected_at", "-id").first()
    return None if row is None else deposit_view(row)


def payment_of(subject: str) -> PaymentView | None:
    """The purchase price expected under `subject` (for example `deal:7`)."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.PRICE.value, subject=subject)
    row = rows.select_related("voucher").annotate(account=NEWEST).order_by("-expected_at", "-id").first()
    return None if row is None else payment_view(row)


def lots_with_deposits_taken_back() -> list[int]:
    """The lots of which the bank took a deposit back; for the flow of the exchange, which looks what follows."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.DEPOSIT.value, taken_back_at__isnull=False)
    return list(rows.order_by("lot_id").values_list("lot_id", flat=True).distinct())


def deposits_of_lot(viewer: Actor, lot_id: int) -> tuple[MoneyLine, ...]:
    """Who paid a deposit for a lot. Before the room is over for finance only; refuses everybody else."""
    rows = list(expected_rows().filter(purpose=Purpose.DEPOSIT.value, lot_id=lot_id).select_related("lot"))
    state = rows[0].lot.state if rows and rows[0].lot else ""
    can_see_deposits_of_lot(viewer, state).require()
    return money_lines(rows)


def money_of(viewer: Actor, organisation_id: int) -> tuple[MoneyLine, ...]:
    """What an organisation has to pay and has paid, the newest first. For itself and finance."""
    can_see_money_of(viewer, organisation_id).require()
    # No column tells whose a security is: each of their references is opened and looked at.
    sealed = Case(When(lot__isnull=True, then=F("party")))
    found = list(MoneyExpectation.objects.order_by().values_list("lot_id", sealed).distinct())
    of_lots = [Party(lot_id, organisation_id) for lot_id, _ in found if lot_id is not None]
    own = [party for _, party in found if party is not None and party.organisation_id == organisation_id]
    mine = Q(party__in=of_lots, lot__isnull=False) | Q(party__in=own, lot__isnull=True)
    rows = expected_rows().filter(mine).order_by("-expected_at", "-id")
    return money_lines(rows[:PAGE], own=viewer.organisation_id == organisation_id)


def money(viewer: Actor, expectation_id: int) -> MoneyLine:
    """One expectation. Refuses (`NotFound`) also those who may not know of it."""
    row = expected_rows().filter(pk=expectation_id).first()
    if row is None or not can_see_money_of(viewer, row.organisation_id):
        raise NotFound()
    return money_line(row, own=viewer.organisation_id == row.organisation_id)


def desk(viewer: Actor, *, search: str = "", state: str = "", purpose: str = "") -> tuple[MoneyLine, ...]:
    """Everything that is expected or held, the last due first; overseers see the lots whose room is over."""
    rows = expected_rows()
    if not can_see_books(viewer):
        can_see_money_afterwards(viewer).require()
        over = Q(lot__state__in=[state.value for state in OPEN_TO_OVERSEERS])
        rows = rows.filter(over | Q(opened_at__isnull=False))
    if state:
        rows = rows.filter(state=state)
    if purpose:
        rows = rows.filter(purpose=purpose)
    rows = rows.order_by("-due_at", "-id")
    if not search:
        return money_lines(rows[:PAGE])
    # Who pays stands sealed, so names are compared here and not in the database.
    return tuple(line for line in money_lines(rows[:SEARCHED]) if _fits(line, search))[:PAGE]


def claimable(viewer: Actor) -> tuple[MoneyLine, ...]:
    """What an unclear payment may be claimed for. Finance only."""
    can_see_books(viewer).require()
    bookable = [MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.LATE, MoneyState.COVERED, MoneyState.RETAINED]
    rows = expected_rows().filter(state__in=[state.value for state in bookable])
    rows = rows.exclude(payouts__kind=PayoutKind.PROCEEDS.value)
    return money_lines(rows.order_by("-due_at", "-id")[:PAGE])


def entries(
    viewer: Actor, *, states: Iterable[EntryState] = (EntryState.WAITING, EntryState.CLAIMING)
) -> tuple[EntryLine, ...]:
    """The bank's entries in these states, the oldest first: the queue. Finance only."""
    can_see_books(viewer).require()
    rows = BankEntry.objects.filter(state__in=[state.value for state in states]).select_related("file")
    return entry_lines(list(rows.order_by("id")[:PAGE]))


def entry(viewer: Actor, entry_id: int) -> EntryLine:
    """One entry of the bank. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    found = entry_lines(list(BankEntry.objects.filter(pk=entry_id).select_related("file")))
    if not found:
        raise NotFound()
    return found[0]


def entries_of_file(viewer: Actor, file_id: int) -> tuple[EntryLine, ...]:
    """What a file brought. Finance only."""
    can_see_books(viewer).require()
    return entry_lines(list(BankEntry.objects.filter(file_id=file_id).select_related("file").order_by("id")[:PAGE]))


def files(viewer: Actor) -> tuple[FileLine, ...]:
    """The bank files, the newest first, refused ones included. Finance only."""
    can_see_books(viewer).require()
    return tuple(map(file_line, BankFile.objects.order_by("-id")[:PAGE]))


def file(viewer: Actor, file_id: int) -> FileLine:
    """One bank file. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = BankFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound()
    return file_line(row)


def legs(viewer: Actor, *, states: Iterable[LegState] = (LegState.DUE,)) -> tuple[LegLine, ...]:
    """Payments out in these states, the soonest due first. Finance only."""
    can_see_books(viewer).require()
    rows = PayoutLeg.objects.filter(state__in=[state.value for state in states])
    return leg_lines(rows.select_related("expectation").order_by("due_on", "made_at", "id")[:PAGE])


def to_remit(viewer: Actor) -> tuple[MoneyLine, ...]:
    """The prices that arrived and are not on their way to the treasury yet. Finance only."""
    can_see_books(viewer).require()
    rows = expected_rows().filter(purpose=Purpose.PRICE.value, state=MoneyState.COVERED.value)
    rows = rows.exclude(payouts__kind=PayoutKind.PROCEEDS.value)
    return money_lines(rows.order_by("expected_at", "id")[:PAGE])


def batches(viewer: Actor) -> tuple[BatchLine, ...]:
    """The payment orders, the newest first. Finance only."""
    can_see_books(viewer).require()
    return tuple(batch_line(row) for row in PayoutBatch.objects.order_by("-id")[:PAGE])


def batch(viewer: Actor, batch_id: int) -> BatchLine:
    """One payment order with its payments. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = PayoutBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NotFound()
    found = PayoutLeg.objects.filter(batch=row).select_related("expectation").order_by("made_at", "id")
    return batch_line(row, leg_lines(found))


def accounts(viewer: Actor, *, organisation_id: int | None = None) -> tuple[AccountLine, ...]:
    """The allow-list with what waits for it: of one organisation, or all of it for finance."""
    if organisation_id is None:
        can_see_books(viewer).require()
    else:
        can_see_money_of(viewer, organisation_id).require()
    rows = PayeeAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return tuple(map(account_line, rows.order_by("-id")[:PAGE]))


def prices_for_treasury(viewer: Actor, *, only: int | None = None) -> tuple[MoneyLine, ...]:
    """The purchase prices, those without a voucher first, or the one of that number. For the treasury and finance."""
    if not can_handle_money(viewer):
        can_record_voucher(viewer).require()
    rows = expected_rows().filter(purpose=Purpose.PRICE.value).exclude(state=MoneyState.CANCELLED.value)
    if only is not None:
        rows = rows.filter(pk=only)
    # Those that wait come first also when there are more prices than one list holds.
    return money_lines(rows.order_by(F("voucher__pk").asc(nulls_first=True), "-expected_at", "-id")[:PAGE])


def cash_book(viewer: Actor) -> CashBook:
    """What lies at the bank, and for whom. Finance only."""
    can_see_books(viewer).require()
    sums: dict[str, Decimal] = {}
    for item in ledger.balances(Book.MONEY):
        kind = item.account.kind
        sums[kind] = sums.get(kind, NOTHING) + item.amount
    held = sum((sums.get(purpose.value, NOTHING) for purpose in Purpose), NOTHING)
    return CashBook(
        cash=-sums.get("CASH", NOTHING),
        held=held,
        unclear=sums.get("SUSPENSE", NOTHING),
        payable=sums.get("PAYABLE", NOTHING),
        interest=-sums.get("INTEREST", NOTHING),
        unexplained=-sums.get("UNEXPLAINED", NOTHING),
    )


def overdue_refunds(on: date) -> int:
    """How many refunds were due before `on` and are not paid: a card of the supervision console."""
    return (
        PayoutLeg.objects.filter(due_on__lt=on)
        .exclude(state__in=[LegState.PAID.value, LegState.CANCELLED.value])
        .count()
    )


def _fits(line: MoneyLine, search: str) -> bool:
    wanted = search.casefold()
    return wanted in line.organisation_name.casefold() or wanted in (line.sub_account_no, line.reference.casefold())
