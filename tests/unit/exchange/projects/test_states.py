"""The tables of projects, lots, registrations and deals, walked through state by state and command by command."""

import pytest

from commons.domain.machines import Machine
from commons.domain.refusals import NotAllowedNow
from exchange.auctions.domain.registrations import REGISTRATION
from exchange.contracts.domain.deals import DEAL, REACHED, STANDING, DealState
from exchange.projects.domain.states import (
    BEFORE_HAMMER,
    ENDED,
    LOT,
    PROJECT,
    RESUME,
    LotCommand,
    LotState,
    ProjectCommand,
    ProjectState,
)

MACHINES = [PROJECT, LOT, REGISTRATION, DEAL]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_step_without_a_row_is_refused(machine: Machine) -> None:  # type: ignore[type-arg]  # of any states
    rows = {(row.source, row.command): row for row in machine.rows}

    for state in machine.states:
        for command in machine.commands:
            if (state, command) in rows:
                assert machine.fire(state, command).target == rows[state, command].target
            else:
                with pytest.raises(NotAllowedNow):
                    machine.fire(state, command)


def test_a_lot_follows_the_order_of_the_rules() -> None:
    commands = [
        LotCommand.ANNOUNCE,
        LotCommand.OPEN_REGISTRATION,
        LotCommand.END_REGISTRATION,
        LotCommand.DECIDE_METHOD,
        LotCommand.HAMMER,
        LotCommand.NOTIFY,
        LotCommand.CONTRACT,
        LotCommand.PAY,
        LotCommand.REGISTER,
        LotCommand.CLOSE,
    ]
    state = LotState.DRAFT

    for command in commands:
        state = LOT.fire(state, command).target

    assert state is LotState.CLOSED


def test_a_lot_can_be_suspended_and_ended_only_before_the_hammer() -> None:
    suspendable = {row.source for row in LOT.rows if row.command is LotCommand.SUSPEND}
    endable = {row.source for row in LOT.rows if row.command is LotCommand.TERMINATE}

    assert suspendable == set(BEFORE_HAMMER)
    assert endable == {*BEFORE_HAMMER, LotState.SUSPENDED}


@pytest.mark.parametrize("state", BEFORE_HAMMER)
def test_a_suspended_lot_resumes_where_it_stood(state: LotState) -> None:
    assert LOT.fire(LOT.fire(state, LotCommand.SUSPEND).target, RESUME[state]).target is state


def test_nothing_leads_out_of_an_ended_lot() -> None:
    assert LOT.final_states() == ENDED


def test_a_project_is_published_only_after_its_check() -> None:
    assert {row.source for row in PROJECT.rows if row.command is ProjectCommand.PUBLISH} == {ProjectState.CHECKED}


def test_every_standing_deal_knows_how_far_it_has_come() -> None:
    assert set(REACHED) == STANDING
    for row in DEAL.rows:
        if row.source in STANDING and row.target in STANDING:
            assert REACHED[row.target] == REACHED[row.source] + 1
    assert DealState.DEFAULTED not in STANDING
