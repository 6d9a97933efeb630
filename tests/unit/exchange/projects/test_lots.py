"""What a lot must be, what the completeness check looks for, and where a lot stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exchange.projects.domain.completeness import (
    CODES,
    CheckIncomplete,
    ReasonMissing,
    missing,
    require_complete,
    require_reason,
)
from exchange.projects.domain.lots import (
    BiddingStartsInThePast,
    InstrumentOfAnotherTrade,
    LotNumberInvalid,
    LotTerms,
    StepTooLarge,
    check_terms,
)
from exchange.projects.domain.states import LotState
from exchange.projects.domain.timeline import LotTimes, next_step, timeline
from exchange.projects.domain.trades import INSTRUMENTS, Instrument, TradeType, instruments_of

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TERMS = LotTerms(
    instrument=Instrument.NH3_N,
    quantity=Decimal("1.680"),
    start_price=Decimal("20000.00"),
    step=Decimal("100.00"),
    profile="FOSHAN_2018",
    opens_at=NOW + timedelta(days=20),
)


def test_the_foshan_lot_of_2018_can_be_offered() -> None:
    check_terms(TERMS, trade_type=TradeType.EMISSION_RIGHTS, at=NOW)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"quantity": Decimal("0.000")}, LotNumberInvalid),
        ({"start_price": Decimal("0.00")}, LotNumberInvalid),
        ({"step": Decimal("-1.00")}, LotNumberInvalid),
        ({"step": Decimal("20000.01")}, StepTooLarge),
        ({"instrument": Instrument.CARBON}, InstrumentOfAnotherTrade),
        ({"opens_at": NOW}, BiddingStartsInThePast),
    ],
)
def test_terms_that_no_lot_may_have_are_refused(change: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_terms(replace(TERMS, **change), trade_type=TradeType.EMISSION_RIGHTS, at=NOW)


def test_every_instrument_belongs_to_exactly_one_kind_of_trade() -> None:
    offered = [instrument for kind in TradeType for instrument in instruments_of(kind)]

    assert sorted(offered) == sorted(INSTRUMENTS)


def test_a_check_passes_only_when_every_item_is_found() -> None:
    require_complete(dict.fromkeys(CODES, True))

    with pytest.raises(CheckIncomplete) as refused:
        require_complete({code: code != "DOCUMENT" for code in CODES})
    assert refused.value.fields == {"missing": "DOCUMENT"}
    assert set(missing({})) == CODES


@pytest.mark.parametrize("reason", ["", "   ", "no", " ab  "])
def test_a_return_needs_a_reason_in_words(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        require_reason(reason)


TIMES = LotTimes(
    state=LotState.REGISTERING,
    published_at=NOW,
    registration_starts_at=NOW,
    registration_ends_at=NOW + timedelta(days=7),
    qualification_ends_at=NOW + timedelta(days=8),
    negotiation_ends_at=None,
    opens_at=NOW + timedelta(days=10),
    hammered_at=None,
)


@pytest.mark.parametrize("state", [state for state in LotState if state not in (LotState.SUSPENDED, LotState.DRAFT)])
def test_a_lot_that_goes_on_has_exactly_one_next_step(state: LotState) -> None:
    steps = timeline(replace(TIMES, state=state, method="ROOM", hammered_at=NOW, ended_at=NOW))

    wanted = 0 if state in (LotState.CLOSED, LotState.FAILED, LotState.TERMINATED) else 1
    assert [step.state for step in steps].count("next") == wanted


def test_the_next_thing_while_registering_is_its_end() -> None:
    step = next_step(TIMES)

    assert step is not None
    assert (step.title, step.at) == ("Registration ends", TIMES.registration_ends_at)


def test_a_negotiated_lot_names_the_end_of_the_negotiation_instead_of_bidding() -> None:
    ends_at = NOW + timedelta(days=15)
    steps = timeline(replace(TIMES, state=LotState.METHOD_DECIDED, method="NEGOTIATION", negotiation_ends_at=ends_at))

    assert [(step.title, step.at) for step in steps if step.state == "next"] == [("Negotiation ends", ends_at)]


def test_a_suspended_lot_says_so_and_keeps_what_was_done() -> None:
    steps = timeline(replace(TIMES, state=LotState.SUSPENDED, suspended_in=LotState.REGISTERING))

    assert [step.title for step in steps if step.state == "next"] == ["The lot is suspended by a decision"]
    assert [step.title for step in steps if step.state == "done"] == ["Notice published", "Registration begins"]
