"""The log of a room as a file: its events from the first on.

Two forms are read: one JSON object `{"events": […]}` as `to_json` writes it, and the platform's exported log
(`luochui-log/v1`, one JSON object a line), of which the entries of one room are taken.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from commons.domain.refusals import Malformed, Refusal
from commons.domain.sealing import SealBroken
from commons.domain.time import from_text as instant
from exchange.rooms.domain import sealing
from exchange.rooms.domain.events import Event, RoomScheduled, event_of
from exchange.rooms.domain.instants import to_text

EXPORT = "luochui-log/v1"


def entry_json(event: Event) -> dict[str, Any]:
    return {"seq": str(event.seq), "at": to_text(event.at), "type": event.type, "payload": event.payload()}


def to_json(events: Iterable[Event]) -> dict[str, Any]:
    """`{"rules", "participants", "opens_at", "events"}`; the first event repeats the first three and is what counts."""
    all_events = list(events)
    head = all_events[0]
    assert isinstance(head, RoomScheduled), "a room begins with being scheduled"
    return {**head.payload(), "events": [entry_json(event) for event in all_events]}


def from_text(text: str) -> list[Event]:
    """The events of a room in either form; those of a sealed call are opened with the key that the log publishes.

    Refuses (`Malformed`) what is neither, or an export of several rooms.
    """
    try:
        lines = [json.loads(line) for line in text.splitlines()] if text.startswith("{") and _is_export(text) else None
        return from_json(json.loads(text) if lines is None else {"events": _of_one_room(lines)})
    except (json.JSONDecodeError, RecursionError) as error:
        raise Malformed(field="log", reason=f"no JSON ({error})") from None


def _is_export(text: str) -> bool:
    try:
        header = json.loads(text.partition("\n")[0])
    except (json.JSONDecodeError, RecursionError):
        return False
    return isinstance(header, Mapping) and header.get("format") == EXPORT


def _of_one_room(lines: list[Any]) -> list[Any]:
    entries = [line for line in lines if isinstance(line, Mapping) and str(line.get("stream", "")).startswith("room:")]
    rooms = {entry["stream"] for entry in entries}
    if len(rooms) != 1:
        raise Malformed(field="log", reason=f"it holds {len(rooms)} rooms; export one, such as room:7")
    (room,) = rooms
    reveal = sealing.reveal_stream(room.removeprefix("room:"))
    keys = [line["payload"]["key"] for line in lines if isinstance(line, Mapping) and line.get("stream") == reveal]
    return [_opened(entry, keys) for entry in entries]


def _opened(entry: Mapping[str, Any], keys: list[str]) -> Mapping[str, Any]:
    """The entry as it was before it was sealed. Refuses `Malformed` where key or commitment do not fit."""
    if entry.get("type") != sealing.TYPE:
        return entry
    if not keys:
        raise Malformed(field="log", reason="a sealed call, and the stream that publishes its key is missing")
    try:
        seal = sealing.Seal(int(str(entry["stream"]).removeprefix("room:")), bytes.fromhex(keys[0]))
        type_, payload = seal.open(entry["payload"], int(entry["seq"]))
    except (SealBroken, KeyError, TypeError, ValueError) as error:
        raise Malformed(field=f"entry {entry.get('seq')}", reason=f"does not open: {error}") from None
    return {**entry, "type": type_, "payload": payload}


def from_json(data: object) -> list[Event]:
    """The events of a log, in their order. Refuses (`Malformed`) what is no log, and names the place."""
    entries = data.get("events") if isinstance(data, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise Malformed(field="events", reason="not a list of events")
    events = [_event(entry, f"events[{index}]") for index, entry in enumerate(entries)]
    if not isinstance(events[0], RoomScheduled):
        raise Malformed(field="events[0]", reason="a room begins with RoomScheduled")
    for index, event in enumerate(events):
        if event.seq != index + 1:
            raise Malformed(field=f"events[{index}].seq", reason=f"not {index + 1}: the order has a gap")
    return events


def _event(entry: object, place: str) -> Event:
    if not isinstance(entry, Mapping):
        raise Malformed(field=place, reason="not a JSON object")
    try:
        at = instant(entry["at"] if "at" in entry else entry["ts"])
        return event_of(entry["type"], seq=int(entry["seq"]), at=at, payload=entry["payload"])
    except Refusal:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Malformed(field=place, reason=f"no event of a room ({type(error).__name__}: {error})") from None
