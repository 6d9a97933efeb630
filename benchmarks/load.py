"""The load generator: a process of its own that bids and watches, and prints what it saw as JSON.

    load.py CONFIG.json

Bids are signed before the clock starts (a bidder's browser is not on this machine); bidders wait for the verdict before
they bid again, as pgbench's clients do. Frames are built and told apart by hand (`benchmarks.wire`).
"""

import asyncio
import gc
import json
import os
import random
import sys
import time
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.processes import children, cpu_s
from benchmarks.wire import Wire, client_frame, connect
from exchange.rooms.client import KeyPair, new_bid_id, signed_bid

Config = dict[str, Any]


class Bidder:
    """Bids again as soon as it has a verdict, until told to stop; or at a given pace."""

    def __init__(self, config: Config, bidder: Config) -> None:
        self.room_id, self.ticket = bidder["room"], bidder["ticket"]
        self.key = KeyPair.of(b64decode(bidder["private"]), b64decode(bidder["spki"]))
        self.frames = [client_frame(self._sign(price)) for price in bidder["prices"]]
        self.place = 0
        self.sent_at = 0.0
        self.latencies: list[float] = []
        self.accepted = self.refused = self.retried = 0
        self.running = False
        self.looped = config.get("pace_s") is None

    def _sign(self, price: str) -> bytes:
        return signed_bid(self.room_id, self.key, price=price, quantity=None, confirm="RETYPED", bid_id=new_bid_id())

    def on_frame(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"receipt"'):
            self.latencies.append(time.perf_counter() - self.sent_at)
            if b'"verdict":"ACCEPTED"' in payload[:120]:
                self.accepted += 1
            else:
                self.refused += 1
            if self.running and self.looped:
                self.bid()
        elif payload.startswith(b'{"type":"refusal"'):
            self.retried += 1
            print(payload, file=sys.stderr)

    def bid(self) -> None:
        if self.place >= len(self.frames):
            self.running = False
            return
        frame = self.frames[self.place]
        self.place += 1
        self.sent_at = time.perf_counter()
        self.wire.send(frame)

    async def connect(self, port: int) -> None:
        self.wire: Wire = await connect(f"/ws/rooms/{self.room_id}/?lang=en", port, hello(self.ticket), self.on_frame)


class Watcher:
    """Counts frames; one in twenty also looks at how old they are."""

    def __init__(self, room_id: int, ticket: str, *, looks: bool) -> None:
        self.room_id, self.ticket, self.looks = room_id, ticket, looks
        self.lags: list[float] = []
        self.measuring = False

    def on_frame(self, payload: bytes) -> None:
        if self.measuring and payload.startswith(b'{"type":"state"'):
            start = payload.index(b'"at":"') + 6
            at = datetime.fromisoformat(payload[start : start + 24].decode())
            self.lags.append(time.time() - at.timestamp())

    async def connect(self, port: int, host: str) -> None:
        on_frame = self.on_frame if self.looks else None
        self.wire = await connect(f"/ws/rooms/{self.room_id}/", port, hello(self.ticket), on_frame, host)


def hello(ticket: str) -> bytes:
    return json.dumps({"type": "hello", "ticket": ticket}).encode()


async def run(config: Config) -> Config:
    port = config["port"]
    bidders = [Bidder(config, bidder) for bidder in config["bidders"]]
    watchers = [
        Watcher(config["watch"], config["watch_ticket"], looks=number % 20 == 0) for number in range(config["watchers"])
    ]
    started = time.perf_counter()
    for start in range(0, len(watchers), 100):
        hosts = [f"127.0.0.{1 + (start + n) // 20_000}" for n in range(100)]
        chunk = watchers[start : start + 100]
        await asyncio.gather(*(w.connect(port, host) for w, host in zip(chunk, hosts, strict=False)))
    connected_s = time.perf_counter() - started
    await asyncio.gather(*(bidder.connect(port) for bidder in bidders))
    gc.collect()
    gc.freeze()
    await asyncio.sleep(config.get("settle_s", 0.5))
    pacer = asyncio.create_task(paced(bidders, config["pace_s"])) if config.get("pace_s") else None
    for bidder in bidders:
        bidder.running = True
        if bidder.looped:
            bidder.bid()
    await asyncio.sleep(config["warm_s"])
    for bidder in bidders:
        bidder.latencies.clear()
        bidder.accepted = bidder.refused = 0
    for watcher in watchers:
        watcher.measuring = True
    frames_before, began = sum(w.wire.frames for w in watchers), time.perf_counter()
    spent = cpu_of(config)
    await asyncio.sleep(config["seconds"])
    took = time.perf_counter() - began
    spent = {name: seconds - spent[name] for name, seconds in cpu_of(config).items()}
    accepted, refused = sum(b.accepted for b in bidders), sum(b.refused for b in bidders)
    latencies = sorted(value for bidder in bidders for value in bidder.latencies)
    lags = sorted(value for watcher in watchers for value in watcher.lags)
    exhausted = sum(bidder.place >= len(bidder.frames) for bidder in bidders)
    for bidder in bidders:
        bidder.running = False
    if pacer:
        pacer.cancel()
    await asyncio.sleep(0.3)
    return {
        "decisions_per_s": (accepted + refused) / took,
        "accepted_share": accepted / max(1, accepted + refused),
        "ack_ms": percentiles(latencies),
        "lag_ms": percentiles(lags),
        "deliveries_per_s": (sum(w.wire.frames for w in watchers) - frames_before) / took,
        "closed": sum(w.wire.closed for w in watchers) + sum(b.wire.closed for b in bidders),
        "connected_s": connected_s,
        "exhausted": exhausted,
        "cpu_s": spent,
        "retried": sum(b.retried for b in bidders),
    }


def cpu_of(config: Config) -> dict[str, float]:
    """CPU seconds that server, database and load generator have used so far."""
    return {
        "server": cpu_s(config["server"]),
        "checks": sum(map(cpu_s, children(config["server"]))),
        "database": sum(map(cpu_s, children(config["postmaster"]))),
        "load": cpu_s(os.getpid()),
    }


async def paced(bidders: list[Bidder], pace_s: float) -> None:
    """One bid every `pace_s`, bidders in turn, whatever the verdicts do."""
    due = time.perf_counter()
    while True:
        for bidder in bidders:
            bidder.bid()
            due += pace_s
            await asyncio.sleep(max(0, due - time.perf_counter()))


def percentiles(values: list[float]) -> Config:
    if not values:
        return {}
    return {
        "p50": _pick(values, 0.5),
        "p95": _pick(values, 0.95),
        "p99": _pick(values, 0.99),
        "max": round(values[-1] * 1000, 2),
    }


def _pick(values: list[float], share: float) -> float:
    return round(values[min(len(values) - 1, int(len(values) * share))] * 1000, 2)


if __name__ == "__main__":
    random.seed(7)
    print(json.dumps(uvloop.run(run(json.loads(Path(sys.argv[1]).read_text())))))
