"""docs/protocol.md against the typed frames: what is written there is what is spoken, field by field."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from exchange.rooms import protocol
from exchange.rooms.protocol import EventView, OrderView, RoomView, ServerFrame, StandingView

PAGE = Path(__file__).resolve().parents[4] / "docs" / "protocol.md"
SHORTENED = "…"
"""A field of this name says that others are left out; as a value it stands for something longer."""
SAMPLES = {"signature": "A" * 86 + "==", "key": "9f" * 16, "bid_id": "b-7Qx00001", "order": "b-7Qx00002"}


def examples() -> list[dict[str, Any]]:
    """Every frame that the page shows, in its blocks and in its tables."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = list(re.findall(r"```json\n(.*?)```", text, re.DOTALL))
    inline = re.findall(r"`(\{\"type\".*?\})`", text)
    found = [
        json.loads(piece.replace("[...]", "[]").replace("[receipt or unknown, …]", "[]"))
        for piece in (*blocks, *inline)
    ]
    return [frame for frame in found if "type" in frame]


def server_frames() -> dict[str, type[ServerFrame]]:
    return {str(kind.__struct_config__.tag): kind for kind in ServerFrame.__subclasses__()}


def client_frames() -> dict[str, type[protocol.ClientFrame]]:
    return {str(kind.__struct_config__.tag): kind for kind in get_args(protocol.AnyClientFrame)}


def sample(name: str, value: Any) -> Any:
    if name in SAMPLES:
        return SAMPLES[name]
    if isinstance(value, list):
        return [SAMPLES["bid_id"]] if name in ("bid_ids", "pending") else value
    return value


def check_fields(shown: dict[str, Any], kind: type[msgspec.Struct], where: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    names = set(shown) - {SHORTENED, "type"} | ({"type"} & set(fields))
    assert names <= set(fields), f"{where} shows {sorted(names - set(fields))}, which are never sent"
    if SHORTENED not in shown and kind.__struct_config__.omit_defaults is False:
        required = {name for name, field in fields.items() if field.required}
        assert required <= names, f"{where} leaves out {sorted(required - names)}"


@pytest.mark.parametrize("frame", examples(), ids=lambda frame: str(frame["type"]))
def test_every_frame_on_the_page_is_spoken(frame: dict[str, Any]) -> None:
    kind = frame["type"]
    is_answer = kind in server_frames() and not (kind == "history" and "after" in frame)
    if not is_answer:
        sent = {name: sample(name, value) for name, value in frame.items()}
        assert type(protocol.decode(json.dumps(sent))) is client_frames()[kind]
        return
    check_fields(frame, server_frames()[kind], kind)
    state = frame.get("state")
    if isinstance(state, dict):
        check_fields(state, RoomView, "state.state")
        for offer in state["standing"]:
            check_fields(offer, StandingView, "standing")
    for event in frame.get("events", []):
        check_fields(event, EventView, "events")


def test_every_frame_that_is_spoken_is_on_the_page() -> None:
    shown = {str(frame["type"]) for frame in examples()} | {"unknown"}

    assert set(client_frames()) | set(server_frames()) <= shown


def test_orders_of_a_sealed_call_are_shown_as_they_are_sent() -> None:
    (shown,) = re.findall(r"`\[(\{\"bid_id\".*?\})\]`", PAGE.read_text(encoding="utf-8"))

    check_fields(json.loads(shown), OrderView, "orders")
