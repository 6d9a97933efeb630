"""Questions about money. Pages hand in their viewer; the flow of the exchange asks plainly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from django.db.models import Case, F, Q, QuerySet, When

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.paging import Part, numbered, sliced
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
"""Lines on one page of a list."""
MOST_FOUND = 200
"""How many lines a search by name shows; the page says when there are more."""
AT_ONCE = 2_000
"""Of how many expectations a search opens the names at once."""

FILES = 50
"""Files and batches on one page, beside the lists that wait."""

Number = int | str | None
"""The number of a page; `None`: the whole list."""


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


def money_of(viewer: Actor, organisation_id: int, *, page: Number = 1) -> Part[MoneyLine]:
    """What an organisation has to pay and has paid, the newest first. For itself and finance."""
    can_see_money_of(viewer, organisation_id).require()
    # No column tells whose a security is: each of their references is opened and looked at.
    sealed = Case(When(lot__isnull=True, then=F("party")))
    found = list(MoneyExpectation.objects.order_by().values_list("lot_id", sealed).distinct())
    of_lots = [Party(lot_id, organisation_id) for lot_id, _ in found if lot_id is not None]
    own = [party for _, party in found if party is not None and party.organisation_id == organisation_id]
    mine = Q(party__in=of_lots, lot__isnull=False) | Q(party__in=own, lot__isnull=True)
    rows = expected_rows().filter(mine).order_by("-expected_at", "-id")
    return numbered(rows, partial(money_lines, own=viewer.organisation_id == organisation_id), number=page, size=PAGE)


def money(viewer: Actor, expectation_id: int) -> MoneyLine:
    """One expectation. Refuses (`NotFound`) also those who may not know of it."""
    row = expected_rows().filter(pk=expectation_id).first()
    if row is None or not can_see_money_of(viewer, row.organisation_id):
        raise NotFound()
    return money_line(row, own=viewer.organisation_id == row.organisation_id)


def desk(viewer: Actor, *, search: str = "", state: str = "", purpose: str = "", page: Number = 1) -> Part[MoneyLine]:
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
        return numbered(rows, money_lines, number=page, size=PAGE)
    return sliced(tuple(_searched(rows, search)), number=page, size=PAGE)


@dataclass(frozen=True, slots=True)
class Claimable:
    """What an unclear payment may be claimed for: so many as a choice can hold, and whether there are more."""

    lines: tuple[MoneyLine, ...]
    more: bool


def claimable(viewer: Actor, *, search: str = "") -> Claimable:
    """What an unclear payment may be claimed for, by payer, virtual account or reference. Finance only."""
    can_see_books(viewer).require()
    bookable = [MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.LATE, MoneyState.COVERED, MoneyState.RETAINED]
    rows = expected_rows().filter(state__in=[state.value for state in bookable])
    rows = rows.exclude(payouts__kind=PayoutKind.PROCEEDS.value).order_by("-due_at", "-id")
    found = islice(_searched(rows, search), MOST_FOUND + 1) if search else money_lines(rows[: MOST_FOUND + 1])
    lines = tuple(found)
    return Claimable(lines[:MOST_FOUND], len(lines) > MOST_FOUND)


def _searched(rows: QuerySet[MoneyExpectation], search: str) -> Iterator[MoneyLine]:
    """Who pays stands sealed, so names are compared here and not in the database, however many there are."""
    start = 0
    while found := list(rows[start : start + AT_ONCE]):
        yield from (line for line in money_lines(found) if _fits(line, search))
        start += AT_ONCE


def entries(
    viewer: Actor, *, states: Iterable[EntryState] = (EntryState.WAITING, EntryState.CLAIMING), page: Number = 1
) -> Part[EntryLine]:
    """The bank's entries in these states, the oldest first: the queue. Finance only."""
    can_see_books(viewer).require()
    rows = BankEntry.objects.filter(state__in=[state.value for state in states]).select_related("file")
    return numbered(rows.order_by("id"), entry_lines, number=page, size=PAGE)


def entry(viewer: Actor, entry_id: int) -> EntryLine:
    """One entry of the bank. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    found = entry_lines(list(BankEntry.objects.filter(pk=entry_id).select_related("file")))
    if not found:
        raise NotFound()
    return found[0]


def entries_of_file(viewer: Actor, file_id: int, *, page: Number = 1) -> Part[EntryLine]:
    """What a file brought. Finance only."""
    can_see_books(viewer).require()
    rows = BankEntry.objects.filter(file_id=file_id).select_related("file").order_by("id")
    return numbered(rows, entry_lines, number=page, size=PAGE)


def files(viewer: Actor, *, page: Number = 1) -> Part[FileLine]:
    """The bank files, the newest first, refused ones included. Finance only."""
    can_see_books(viewer).require()
    rows = BankFile.objects.order_by("-id")
    return numbered(rows, partial(map, file_line), number=page, size=FILES, name="files")


def file(viewer: Actor, file_id: int) -> FileLine:
    """One bank file. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = BankFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound()
    return file_line(row)


def legs(
    viewer: Actor, *, states: Iterable[LegState] = (LegState.DUE,), page: Number = 1, name: str = "page"
) -> Part[LegLine]:
    """Payments out in these states, the soonest due first. Finance only."""
    can_see_books(viewer).require()
    rows = PayoutLeg.objects.filter(state__in=[state.value for state in states])
    rows = rows.select_related("expectation").order_by("due_on", "made_at", "id")
    return numbered(rows, leg_lines, number=page, name=name, size=PAGE)


def to_remit(viewer: Actor, *, page: Number = 1) -> Part[MoneyLine]:
    """The prices that arrived and are not on their way to the treasury yet. Finance only."""
    can_see_books(viewer).require()
    rows = expected_rows().filter(purpose=Purpose.PRICE.value, state=MoneyState.COVERED.value)
    rows = rows.exclude(payouts__kind=PayoutKind.PROCEEDS.value)
    return numbered(rows.order_by("expected_at", "id"), money_lines, number=page, name="prices", size=PAGE)


def batches(viewer: Actor, *, page: Number = 1) -> Part[BatchLine]:
    """The payment orders, the newest first. Finance only."""
    can_see_books(viewer).require()
    rows = PayoutBatch.objects.order_by("-id")
    return numbered(rows, partial(map, batch_line), number=page, size=FILES, name="batches")


def batch(viewer: Actor, batch_id: int) -> BatchLine:
    """One payment order with its payments. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = PayoutBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NotFound()
    found = PayoutLeg.objects.filter(batch=row).select_related("expectation").order_by("made_at", "id")
    return batch_line(row, leg_lines(found))


def accounts(viewer: Actor, *, organisation_id: int | None = None, page: Number = 1) -> Part[AccountLine]:
    """The allow-list with what waits for it first: of one organisation, or all of it for finance."""
    if organisation_id is None:
        can_see_books(viewer).require()
    else:
        can_see_money_of(viewer, organisation_id).require()
    rows = PayeeAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    rows = rows.order_by(F("approved_at").asc(nulls_first=True), "-id")
    return numbered(rows, partial(map, account_line), number=page, size=PAGE)


def prices_for_treasury(viewer: Actor, *, only: int | None = None, page: Number = 1) -> Part[MoneyLine]:
    """The purchase prices, those without a voucher first, or the one of that number. For the treasury and finance."""
    if not can_handle_money(viewer):
        can_record_voucher(viewer).require()
    rows = expected_rows().filter(purpose=Purpose.PRICE.value).exclude(state=MoneyState.CANCELLED.value)
    if only is not None:
        rows = rows.filter(pk=only)
    rows = rows.order_by(F("voucher__pk").asc(nulls_first=True), "-expected_at", "-id")
    return numbered(rows, money_lines, number=page, size=PAGE)


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
