"""The front page shows what runs on the trading floor, asked of exchange."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from exchange.projects.queries import LotTitle
from exchange.rooms.queries import RoomView
from portal import board

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
TITLE = LotTitle(7, "Third sale of 2026", "P1", 1, "COD", "COD", "t", Decimal("200000.500"))


def room(number: int, phase: str, *, opens_in: timedelta = timedelta(0), lot_id: int | None = 7) -> RoomView:
    return RoomView(
        room_id=number,
        subject=f"lot:{lot_id}",
        lot_id=lot_id,
        rules={},
        phase=phase,
        seq=1,
        epoch="e",
        opens_at=NOW + opens_in,
        closes_at=NOW + opens_in + timedelta(minutes=4),
        ended_at=None,
    )


@pytest.fixture
def floor(monkeypatch: pytest.MonkeyPatch) -> list[RoomView]:
    shown: list[RoomView] = []
    monkeypatch.setattr("exchange.rooms.queries.live_rooms", lambda: shown)
    monkeypatch.setattr("exchange.projects.queries.lot_titles", lambda numbers: {7: TITLE} if 7 in numbers else {})
    return shown


def numbers(now: datetime = NOW) -> list[str]:
    return [shown.url for shown in board.live_rooms(now)]


def test_rooms_that_run_or_open_within_a_day_are_shown(floor: list[RoomView]) -> None:
    floor += [room(1, "FREE"), room(2, "SCHEDULED", opens_in=timedelta(hours=23))]
    floor += [room(3, "SCHEDULED", opens_in=timedelta(hours=25))]

    assert numbers() == ["/rooms/1/", "/rooms/2/"]


def test_rehearsals_and_rooms_of_unknown_lots_stay_off_the_front_page(floor: list[RoomView]) -> None:
    floor += [room(1, "FREE", lot_id=None), room(2, "FREE", lot_id=8)]

    assert numbers() == []


def test_quantities_are_grouped_and_have_their_unit(floor: list[RoomView]) -> None:
    floor.append(room(1, "TIMED"))

    with translation.override("en"):
        assert board.live_rooms(NOW)[0].quantity == "COD 200,000.5 t"


def test_every_phase_in_which_a_room_can_be_watched_has_words() -> None:
    from exchange.rooms.domain.phases import Phase

    ended = {"ENDED", "FAILED", "VOIDED"}
    assert set(board.PHASES) == {phase.value for phase in Phase} - ended


@pytest.mark.django_db
def test_an_empty_floor_says_when_to_come_back() -> None:
    text = Client(headers={"Accept-Language": "en"}).get("/").text

    assert "No room is open at this moment" in text
    assert "No notice is open for registration" in text
