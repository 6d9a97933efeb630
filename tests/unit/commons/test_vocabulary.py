"""The words everything is said in: refusals, machines, periods, actors."""

import pickle
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commons.domain.actor import ANONYMOUS, Actor, Assurance, Role, require_role, system_actor
from commons.domain.machines import Machine, Row
from commons.domain.refusals import AssuranceTooLow, Malformed, NotAllowedNow, NotPermitted, Refusal
from commons.domain.time import SHANGHAI, Period, from_milliseconds, from_text, to_milliseconds, to_text

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"
    OFF = "OFF"


class Switch(StrEnum):
    GO = "GO"
    STOP = "STOP"
    BREAK = "BREAK"


@pytest.fixture
def light() -> Machine[Light, Switch]:
    rows = [
        Row(Switch.GO, Light.RED, Light.GREEN, "LightTurnedGreen", guard="road is free"),
        Row(Switch.STOP, Light.GREEN, Light.RED, "LightTurnedRed"),
        Row(Switch.BREAK, Light.RED, Light.OFF, "LightBroke"),
    ]
    machine = Machine("test light", states=Light, commands=Switch, initial=Light.RED, rows=rows)
    del Machine.registry["test light"]
    return machine


def test_a_machine_fires_only_its_rows(light: Machine[Light, Switch]) -> None:
    rows = {(row.source, row.command): row.target for row in light.rows}

    for state in Light:
        for command in Switch:
            if (state, command) in rows:
                assert light.fire(state, command).target == rows[state, command]
            else:
                with pytest.raises(NotAllowedNow):
                    light.fire(state, command)


def test_a_machine_knows_its_final_states_and_draws_itself(light: Machine[Light, Switch]) -> None:
    assert light.final_states() == {Light.OFF}
    assert "RED --> GREEN: GO [road is free]" in light.mermaid()
    assert "OFF --> [*]" in light.mermaid()


def test_two_rows_for_one_state_and_command_are_a_mistake() -> None:
    row = Row(Switch.GO, Light.RED, Light.GREEN, "LightTurnedGreen")

    with pytest.raises(AssertionError, match="two rows"):
        Machine("test twice", states=Light, commands=Switch, initial=Light.RED, rows=[row, row])


def test_a_refusal_fills_its_message() -> None:
    refusal = Malformed(field="price", reason="negative")

    assert refusal.fields == {"field": "price", "reason": "negative"}
    assert "“price” cannot be read: negative" in str(refusal)


def test_a_code_belongs_to_one_refusal() -> None:
    with pytest.raises(AssertionError, match="MALFORMED"):
        type("Impostor", (Refusal,), {"code": "MALFORMED"})


def test_every_refusal_says_something_and_has_a_client_status() -> None:
    for code, refusal in Refusal.registry.items():
        assert code.isupper()
        assert refusal.message
        assert 400 <= refusal.status < 600


def test_a_period_holds_its_start_and_not_its_end() -> None:
    period = Period(NOON, NOON + timedelta(hours=1))

    assert NOON in period
    assert NOON + timedelta(hours=1) not in period


def test_a_period_is_made_of_aware_instants_in_order() -> None:
    with pytest.raises(AssertionError):
        Period(NOON.replace(tzinfo=None), NOON)
    with pytest.raises(AssertionError):
        Period(NOON, NOON - timedelta(microseconds=1))


@given(st.integers(min_value=-62_000_000_000_000, max_value=4_102_444_800_000))
@example(-62_000_000_000_000)  # the year 5 has four digits as well
def test_instants_keep_their_milliseconds(milliseconds: int) -> None:
    at = from_milliseconds(milliseconds)

    assert to_milliseconds(at) == milliseconds
    assert from_text(to_text(at)) == at
    assert to_text(at.astimezone(SHANGHAI)) == to_text(at)


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        from_text("2026-01-05T12:00:00")


def test_roles_and_assurance_decide() -> None:
    bidder = Actor(person_id=7, organisation_id=3, roles=frozenset({Role.BIDDER}), assurance=Assurance.PHONE)

    assert require_role(bidder, Role.BIDDER, Role.SELLER)
    assert isinstance(require_role(bidder, Role.STAFF).refusal, NotPermitted)
    assert isinstance(require_role(bidder, Role.BIDDER, assurance=Assurance.CERTIFICATE).refusal, AssuranceTooLow)
    with pytest.raises(NotPermitted):
        require_role(ANONYMOUS, Role.BIDDER).require()


def test_references_in_evidence_name_nobody() -> None:
    assert Actor(person_id=7, organisation_id=3).ref == "person:7@3"
    assert system_actor("timekeeper").ref == "system:timekeeper"
    assert ANONYMOUS.ref == "anonymous"
    assert not system_actor("timekeeper").is_anonymous


def test_a_refusal_crosses_to_another_process_whole():
    refusal = pickle.loads(pickle.dumps(NotAllowedNow(command="CLOSE", state="DRAFT")))

    assert type(refusal) is NotAllowedNow
    assert refusal.fields == {"command": "CLOSE", "state": "DRAFT"}
