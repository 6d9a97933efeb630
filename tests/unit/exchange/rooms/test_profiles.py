"""The profiles of real notices, and the small things that everything rests on."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain import time
from commons.domain.refusals import Refusal
from exchange.rooms.domain import instants
from exchange.rooms.domain.decide import schedule
from exchange.rooms.domain.events import Participant
from exchange.rooms.domain.profiles import PROFILES, UnknownProfile, rules_of
from exchange.rooms.domain.rules import UnsoundRules
from tests.unit.exchange.rooms.story import BEFORE, OPENS, foshan


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_makes_sound_rules(name: str) -> None:
    assert rules_of(name, supply=Decimal("1000"), start_price=Decimal("100.00"))


@pytest.mark.parametrize(
    ("name", "free", "waiting", "timed"),
    [("foshan-2018", 1800, 240, 240), ("foshan-2018-demo", 180, 20, 30), ("ningxia-2025", 1800, 240, 240)],
)
def test_durations_of_the_english_profiles(name: str, free: int, waiting: int, timed: int) -> None:
    rules = rules_of(name, supply=Decimal("1.68"), start_price=Decimal("20000"))

    assert (rules.free_ms, rules.waiting_ms, rules.timed_ms) == (free * 1000, waiting * 1000, timed * 1000)
    assert rules.extension_ms == rules.timed_ms


def test_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownProfile, match="foshan-2018"):
        rules_of("atlantis-1", supply=Decimal(1), start_price=Decimal(1))


@pytest.mark.parametrize(
    ("name", "supply", "changes", "reason"),
    [
        ("guangdong-2017", "999", {}, "the smallest order is more than there is"),
        ("foshan-2018", "1.680", {"max_steps": 0}, "a raise of no step at all"),
    ],
)
def test_rules_under_which_nobody_could_bid_are_refused(
    name: str, supply: str, changes: dict[str, int], reason: str
) -> None:
    with pytest.raises(UnsoundRules) as refused:
        rules_of(name, supply=Decimal(supply), start_price=Decimal("100.00"), **changes)
    assert refused.value.fields == {"reason": reason}


def test_two_participants_cannot_share_an_alias() -> None:
    with pytest.raises(UnsoundRules):
        schedule(foshan(), [Participant("01"), Participant("01")], opens_at=OPENS, at=BEFORE)


@given(st.datetimes(), st.integers(-12, 12))
def test_fast_spelling_of_instants_is_the_one_of_the_house(at: datetime, offset: int) -> None:
    aware = at.replace(year=1970 + at.year % 200, day=1, tzinfo=timezone(timedelta(hours=offset)))

    assert instants.to_text(aware) == time.to_text(aware)
    assert time.from_text(instants.to_text(aware)) == instants.floor(aware.astimezone(UTC))


def test_refusals_of_the_room_are_named_and_worded_alike() -> None:
    ours = [kind for kind in Refusal.registry.values() if kind.__module__.startswith("exchange.rooms.domain")]

    assert len(ours) > 25
    assert all(kind.code.startswith("ROOM_") for kind in ours)
    assert all(kind.message.endswith(".") for kind in ours)
