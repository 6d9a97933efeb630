"""Every state of money with every command: what the table allows, and nothing else."""

import itertools
from typing import Any

import pytest

from commons.domain.refusals import NotAllowedNow
from exchange.deposits.domain.entries import ENTRY, EntryCommand, EntryState
from exchange.deposits.domain.payouts import BATCH, LEG, BatchCommand, LegCommand, LegState
from exchange.deposits.domain.states import COVERING, MACHINE, MoneyCommand, MoneyState
from exchange.permits.domain.permits import MACHINE as PERMIT
from exchange.permits.domain.permits import PermitCommand

S, C = MoneyState, MoneyCommand

ALLOWED = {
    S.EXPECTED: {C.RECEIVE_PART, C.RECEIVE_LATE, C.COVER, C.CANCEL},
    S.PART_RECEIVED: {C.RECEIVE_PART, C.RECEIVE_LATE, C.COVER, C.TAKE_BACK, C.RELEASE, C.CANCEL, C.FORFEIT},
    S.LATE: {C.TAKE_BACK, C.RELEASE},
    S.COVERED: {C.TAKE_BACK, C.ASK_MORE, C.RETAIN, C.RELEASE, C.FORFEIT},
    S.RETAINED: {C.TAKE_BACK, C.APPLY, C.RELEASE, C.FORFEIT},
    S.APPLIED: {C.UNAPPLY},
    S.RELEASED: {C.CONFIRM_REFUND, C.TAKE_BACK},
    S.REFUNDED: {C.BOUNCE},
    S.FORFEITED: set(),
    S.CANCELLED: set(),
}


@pytest.mark.parametrize(("state", "command"), list(itertools.product(MoneyState, MoneyCommand)))
def test_money_moves_as_the_table_says(state: MoneyState, command: MoneyCommand) -> None:
    if command in ALLOWED[state]:
        assert MACHINE.fire(state, command).source is state
    else:
        with pytest.raises(NotAllowedNow):
            MACHINE.fire(state, command)


def test_money_that_does_not_stand_behind_its_lot_is_never_forfeited() -> None:
    """What the bank left of a deposit that stood there stands there too (the service asks for that)."""
    sources = {row.source for row in MACHINE.rows if row.command is MoneyCommand.FORFEIT}

    assert sources == (COVERING | {MoneyState.PART_RECEIVED}) - {MoneyState.APPLIED}


def test_nothing_is_ordered_that_was_not_batched_and_nothing_paid_that_was_not_ordered() -> None:
    assert [row.source for row in LEG.rows if row.command is LegCommand.ORDER] == [LegState.BATCHED]
    # What was called refused was ordered before, too: the bank may have carried it out after all.
    assert {row.source for row in LEG.rows if row.command is LegCommand.CONFIRM} == {LegState.ORDERED, LegState.DUE}


def test_an_unclear_entry_is_booked_only_as_matched_or_after_a_claim() -> None:
    sources = {row.source for row in ENTRY.rows if row.command is EntryCommand.BOOK}

    assert sources == {EntryState.WAITING, EntryState.CLAIMING}


@pytest.mark.parametrize(
    ("machine", "commands"),
    [(LEG, LegCommand), (BATCH, BatchCommand), (ENTRY, EntryCommand), (PERMIT, PermitCommand)],
    ids=["leg", "batch", "entry", "permit"],
)
def test_every_command_is_used_and_every_other_step_refused(machine: Any, commands: Any) -> None:
    assert {row.command for row in machine.rows} == set(commands)
    for state, command in itertools.product(machine.states, commands):
        if not machine.allows(state, command):
            with pytest.raises(NotAllowedNow):
                machine.fire(state, command)
