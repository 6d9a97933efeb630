"""Deciding a recorded room again: holds for what was decided, and says where a forged log leaves the rules."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commons.domain.refusals import Malformed
from exchange.rooms.domain import log
from exchange.rooms.domain.commands import Pause, Resume, Void, WithdrawBid
from exchange.rooms.domain.events import BidRefused
from exchange.rooms.domain.evolve import evolve
from exchange.rooms.domain.whatif import under_other_clearing, under_other_rules
from exchange.verify import main, verify
from tests.unit.exchange.rooms.story import Story, foshan, guangdong, ningxia, second

ROOT = Path(__file__).resolve().parents[4]


def whole_story() -> Story:
    """A room with everything in it: refusals, extensions, a pause for an outage, a late bid."""
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20050, 2)
    room.bid("02", "abc", 3)
    room.bid("02", 20100, 4)
    room.bid("03", 20200, 2100)
    room.does(Pause("outage", "O-1", second(2150)), 2500)
    room.does(Resume("repaired", "A-2", second(3000)), 2600)
    room.bid("01", 20300, 3010)
    room.bid("02", 20400, 3240, decided=3255)
    room.finish()
    room.does(Void("complaint", "regulator", "7"), 9000)
    return room


def log_of(room: Story) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(log.to_json(room.events)))
    return loaded


def test_recorded_room_with_everything_in_it_holds() -> None:
    found = verify(log.from_json(log_of(whole_story())))

    assert found.holds, found.difference
    assert (found.accepted, found.refused) == (4, 3)


def test_withdrawals_are_decided_again() -> None:
    room = Story(guangdong(amendable=True))
    first = room.bid("01", "17.00", 1, quantity="1000")
    room.bid("01", "17.50", 2, quantity="1000", replaces=first.bid_id)
    room.does(WithdrawBid("bid-00002", "01", second(3)), 3)
    room.finish()

    assert verify(log.from_json(log_of(room))).holds


def test_refusals_of_the_edge_are_counted_and_not_judged() -> None:
    room = Story(foshan())
    first = room.bid("01", 20000, 1)
    forged = BidRefused(room.state.seq + 1, second(2), first.bid, "ROOM_SIGNATURE_WRONG")
    room.state = evolve(room.state, forged)
    room.events.append(forged)
    room.finish()

    found = verify(log.from_json(log_of(room)))

    assert (found.holds, found.judged_elsewhere) == (True, 1)


def entry(data: dict[str, Any], type_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in data["events"] if entry["type"] == type_)
    return found


def refuse_a_good_bid(data: dict[str, Any]) -> None:
    good = entry(data, "BidAccepted")
    good["type"] = "BidRefused"
    good["payload"] |= {"code": "ROOM_BELOW_STEP", "fields": {}}


def accept_a_bad_bid(data: dict[str, Any]) -> None:
    bad = entry(data, "BidRefused")
    bad["type"] = "BidAccepted"
    bad["payload"] |= {"takes": "1.680", "counts_at": "20050.00"}


def raise_a_price(data: dict[str, Any]) -> None:
    entry(data, "HammerFell")["payload"]["price"] = "20300.01"


def another_winner(data: dict[str, Any]) -> None:
    entry(data, "HammerFell")["payload"]["awards"][0]["alias"] = "02"


def close_earlier(data: dict[str, Any]) -> None:
    entry(data, "CloseExtended")["payload"]["closes_at"] = "2026-01-05T02:38:30.000Z"


def drop_the_extension(data: dict[str, Any]) -> None:
    data["events"].remove(entry(data, "CloseExtended"))
    for number, kept in enumerate(data["events"], start=1):
        kept["seq"] = str(number)


def hammer_too_early(data: dict[str, Any]) -> None:
    entry(data, "HammerFell")["at"] = "2026-01-05T02:50:00.000Z"


def give_back_less(data: dict[str, Any]) -> None:
    entry(data, "RoomPaused")["payload"]["remaining_ms"] = "1"


def blame_the_bidder(data: dict[str, Any]) -> None:
    late = next(e for e in data["events"] if e["payload"].get("platform_fault"))
    del late["payload"]["platform_fault"]


def receive_later(data: dict[str, Any]) -> None:
    accepted = [e for e in data["events"] if e["type"] == "BidAccepted"]
    accepted[2]["payload"]["received_at"] = "2026-01-05T02:33:59.000Z"


FORGERIES: list[Callable[[dict[str, Any]], None]] = [
    refuse_a_good_bid,
    accept_a_bad_bid,
    raise_a_price,
    another_winner,
    close_earlier,
    drop_the_extension,
    hammer_too_early,
    give_back_less,
    blame_the_bidder,
    receive_later,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_log_does_not_hold_and_the_place_is_named(forge: Callable[[dict[str, Any]], None]) -> None:
    honest = log_of(whole_story())
    forged = copy.deepcopy(honest)
    forge(forged)
    changed = next(
        number
        for number, (one, other) in enumerate(zip(honest["events"], forged["events"], strict=False), start=1)
        if one != other
    )

    found = verify(log.from_json(forged))

    assert found.difference is not None
    assert abs(found.difference.seq - changed) <= 1
    assert str(found.difference.seq) in found.difference.sentence()


def test_log_cut_off_in_the_middle_of_a_decision_does_not_hold() -> None:
    data = log_of(whole_story())
    cut = next(n for n, event in enumerate(data["events"]) if event["type"] == "CloseExtended")
    data["events"] = data["events"][:cut]

    found = verify(log.from_json(data))

    assert found.difference is not None
    assert found.difference.sentence().startswith(f"seq {cut + 1}: nothing is recorded")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"events": []},
        {"events": [1]},
        {"events": [{"seq": "1", "at": "2026-01-05T02:00:00Z", "type": "Nonsense", "payload": {}}]},
        {"events": [{"seq": "1", "at": "now", "type": "RoomScheduled", "payload": {}}]},
        {"events": [{"seq": "1", "at": "2026-01-05T02:00:00Z", "type": "RoomScheduled", "payload": {"opens_at": 1}}]},
        {"events": log_of(Story(foshan()))["events"] * 2},
        {"events": whole_story().events and log_of(whole_story())["events"][1:]},
    ],
)
def test_what_is_no_log_is_malformed(data: object) -> None:
    with pytest.raises(Malformed):
        log.from_json(data)


def test_command_line_answers_with_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest, forged = log_of(whole_story()), log_of(whole_story())
    raise_a_price(forged)
    (tmp_path / "honest").write_text(json.dumps(honest))
    (tmp_path / "forged").write_text(json.dumps(forged))
    (tmp_path / "broken").write_text("{")

    assert main([str(tmp_path / "honest")]) == 0
    assert json.loads(capsys.readouterr().out)["holds"] is True
    assert main([str(tmp_path / "forged")]) == 1
    assert json.loads(capsys.readouterr().out)["differs_at"] == str(len(forged["events"]) - 2)
    assert main([str(tmp_path / "broken")]) == 2
    assert main([str(tmp_path / "missing")]) == 2
    assert main([]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def exported(*rooms: Story) -> str:
    """The form of `luochui-log/v1`, as far as the rules look at it."""
    lines: list[dict[str, Any]] = [{"format": "luochui-log/v1", "checkpoint": None, "streams": []}]
    for number, room in enumerate(rooms, start=1):
        for entry in log_of(room)["events"]:
            lines.append({"stream": f"room:{number}", "ts": entry.pop("at"), "actor": "alias:01", **entry})
    lines.append({"entries": str(len(lines) - 1), "note": "…"})
    return "\n".join(json.dumps(line) for line in lines) + "\n"


def test_exported_log_is_read_as_it_is() -> None:
    assert verify(log.from_text(exported(whole_story()))).holds


@pytest.mark.parametrize("text", ["", "{", "[]", "\n", "{}\n{}", exported(), exported(whole_story(), whole_story())])
def test_other_text_is_no_log(text: str) -> None:
    with pytest.raises(Malformed):
        log.from_text(text)


def test_verifying_needs_neither_django_nor_msgspec() -> None:
    code = "import sys, exchange.verify; assert not {'django', 'msgspec', 'redis'} & set(sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


# --- what if ----------------------------------------------------------------------------------------------------------


def test_same_rules_give_the_same_result() -> None:
    room = whole_story()

    assert under_other_rules(room.events, {}).same


def test_larger_step_changes_who_is_accepted() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.bid("03", 20600, 3)
    room.finish()

    replay = under_other_rules(room.events, {"step": "500"})

    assert (replay.recorded["accepted"], replay.other["accepted"]) == ("3", "2")
    assert replay.same


def test_without_extension_the_room_would_have_closed_earlier() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.bid("01", 20200, 2270)
    room.bid("02", 20300, 2500)
    room.finish()

    replay = under_other_rules(room.events, {"extension_ms": "0"})

    assert replay.recorded["result"]["price"] == "20300"
    assert replay.other["result"]["price"] == "20200"
    assert not replay.same


def test_uniform_price_instead_of_ones_own() -> None:
    room = Story(ningxia())
    room.bid("01", 30000, 1, quantity="6")
    room.bid("02", 22000, 2, quantity="6")
    room.finish()

    replay = under_other_clearing(room.events, {"price": "uniform"})

    assert replay.recorded["result"]["awards"][0] == {"bidder": "01", "quantity": "6", "price": "30000"}
    assert replay.other["result"]["awards"][0] == {"bidder": "01", "quantity": "6", "price": "22000"}


def test_descending_room_has_no_other_clearing() -> None:
    from exchange.rooms.domain.rules import RoomRules

    room = Story(RoomRules.from_json({**foshan().to_json(), "format": "DESCENDING"}))
    room.bid("01", 19000, 1)
    room.finish()

    with pytest.raises(Malformed):
        under_other_clearing(room.events, {"price": "uniform"})
