"""Telling a crowd: our hub under Daphne against the bare `broadcast()` of the `websockets` library.

Both servers send the same frame of 1 kB to every socket, again and again as fast as they can; the same readers count
what arrives.
"""

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.figures import Line, Rounds, at_least, spread  # noqa: E402

PAYLOAD = b'{"type":"state","x":"' + b"x" * 1_000 + b'"}'


def fanout(rounds: Rounds) -> Iterator[Line]:
    """deliveries a second to 1,000 and 5,000 watchers, against a bare websockets broadcast()"""
    for watchers in (1_000, 5_000):
        ours, theirs = [], []
        for _ in range(rounds.count):
            theirs.append(_deliveries("websockets", watchers, rounds.seconds))
            ours.append(_deliveries("hub", watchers, rounds.seconds))
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        detail = f"{spread(ours, '/s')} against {spread(theirs, '/s')}"
        yield at_least(f"{watchers:,} watchers", ratios, 1.0, detail)


def _deliveries(kind: str, watchers: int, seconds: float) -> float:
    from benchmarks.stage import _wait_for, free_port

    port = free_port()
    server = subprocess.Popen([sys.executable, __file__, kind, str(port), str(watchers)], cwd=ROOT, env=os.environ)
    try:
        _wait_for(port, server)
        reader = subprocess.run(
            [sys.executable, __file__, "read", str(port), str(watchers), "--seconds", str(seconds)],
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
        )
        return float(reader.stdout)
    finally:
        server.kill()
        server.wait()


async def read(port: int, watchers: int, seconds: float) -> float:
    """Open the sockets, wait until all are told, and count for a while."""
    from benchmarks.wire import Wire, connect

    wires: list[Wire] = []
    for start in range(0, watchers, 100):
        size = min(100, watchers - start)
        wires += await asyncio.gather(*(connect("/ws/", port, b"hello") for _ in range(size)))
    await asyncio.sleep(1.0)
    before, began = sum(wire.frames for wire in wires), time.perf_counter()
    await asyncio.sleep(seconds)
    return (sum(wire.frames for wire in wires) - before) / (time.perf_counter() - began)


def serve_hub(port: int, watchers: int) -> None:
    """Our outlets and our hub's slices under Daphne."""
    import django

    django.setup()
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server

    from exchange.rooms.broadcast.hub import Hub
    from exchange.rooms.broadcast.outlets import outlet_for, text_frame
    from exchange.rooms.broadcast.peers import Peer, Viewer

    hub = Hub(lambda scene, viewer, full: PAYLOAD)
    peers: list[Peer] = []
    frame = text_frame(PAYLOAD)

    async def tell() -> None:
        loop = asyncio.get_running_loop()
        size = hub.cadence.slice_sockets
        while True:
            skipped = hub.skipped
            for start in range(0, len(peers), size):
                hub.deliver(frame, peers[start : start + size], loop.time())
                await asyncio.sleep(0)
            if hub.skipped > skipped:
                await asyncio.sleep(0.005)  # the readers lag: spinning would only take the core from them

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        peer = Peer(outlet_for(send), 1, Viewer.WATCHER)
        peer.write(frame)
        peers.append(peer)
        if len(peers) == watchers:
            application.task = asyncio.create_task(tell())  # type: ignore[attr-defined]
        while (await receive())["type"] != "websocket.disconnect":
            pass
        peers.remove(peer)

    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=port)
    Server(application=application, endpoints=endpoints, websocket_timeout=-1, verbosity=0).run()


async def serve_websockets(port: int, watchers: int) -> None:
    """The library alone."""
    import websockets

    connections: set[Any] = set()
    message = PAYLOAD.decode()

    async def tell() -> None:
        while True:
            websockets.broadcast(connections, message)
            # As our hub does for readers that lag: wait for those whose buffers are full.
            while any(connection.transport.get_write_buffer_size() > 64 * 1024 for connection in connections):
                await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def handler(connection: Any) -> None:
        await connection.send(message)
        connections.add(connection)
        if len(connections) == watchers:
            handler.task = asyncio.create_task(tell())  # type: ignore[attr-defined]
        with contextlib.suppress(websockets.ConnectionClosed):
            async for _ in connection:
                pass
        connections.discard(connection)

    async with websockets.serve(handler, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.Future()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("hub", "websockets", "read"))
    parser.add_argument("port", type=int)
    parser.add_argument("watchers", type=int)
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    if arguments.kind == "hub":
        serve_hub(arguments.port, arguments.watchers)
    elif arguments.kind == "websockets":
        asyncio.run(serve_websockets(arguments.port, arguments.watchers))
    else:
        import uvloop

        print(uvloop.run(read(arguments.port, arguments.watchers, arguments.seconds)))


BENCHMARKS: dict[str, Callable[[Rounds], Iterator[Line]]] = {"fanout": fanout}

if __name__ == "__main__":
    main()
